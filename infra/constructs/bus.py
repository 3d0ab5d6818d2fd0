"""The event bus, and the way from it into the queue: everything that apps and journeys say, nothing that is told."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.naming import machine_name
from infra.constructs.policies import arn
from infra.constructs.queues import Queues
from infra.settings import Settings

INBOUND = {
    "source": [{"anything-but": ["sojourn.ledger"]}],
    "detail-type": [{"anything-but": {"prefix": "sojourn."}}],
}
"""What `export` puts on the bus of what happened must not come back in: it would be told of again."""


class Bus(Construct):
    """A bus of our own, a rule that fills the queue, and an archive to replay from.

    Args (of the constructor):
        queues: the rule's target, and where it leaves what it cannot deliver.
    """

    def __init__(self, scope: Construct, id_: str, settings: Settings, queues: Queues) -> None:
        super().__init__(scope, id_)
        self.bus = events.EventBus(
            self,
            "Resource",
            event_bus_name=settings.name(),
            description=f"Sojourn ({settings.stage}): what customers do comes in, what journeys say goes out",
        )
        name = settings.name("inbound")
        events.CfnRule(
            self,
            "Inbound",
            name=name,
            description="Everything but what Sojourn tells of itself goes into the queue of events",
            event_bus_name=self.bus.event_bus_name,
            event_pattern=INBOUND,
            targets=[
                events.CfnRule.TargetProperty(
                    id="events",
                    arn=queues.events.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=queues.events_dead.queue_arn
                    ),
                )
            ],
        )
        rule_arn = arn("events", f"rule/{settings.name()}/{name}")
        queues.filled_by(queues.events, rule_arn)
        queues.filled_by(queues.events_dead, rule_arn)
        if not settings.local:  # the embedded AWS has no archives
            events.CfnArchive(
                self,
                "Archive",
                archive_name=settings.name("inbound"),
                description="For a replay after a mistake of ours: an event that was stored before changes nothing",
                source_arn=self.bus.event_bus_arn,
                event_pattern=INBOUND,
                retention_days=settings.archive_days,
            )


def states_pattern(settings: Settings) -> dict[str, object]:
    """Return the pattern of executions that ended otherwise than by completing."""
    machines = (
        f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:stateMachine:{machine_name(settings, '')}"
    )
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
            "stateMachineArn": [{"prefix": machines}],
        },
    }

"""The daily sweep: a schedule puts a message on the queue that begins it, and `sweep` works on that queue."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.nag import accept
from infra.constructs.queues import Queues
from infra.constructs.timed_message import Timing, timed_message
from infra.settings import Settings

BEGIN = '{"begin": "<aws.scheduler.scheduled-time>"}'
"""The message: Scheduler fills in the instant it was due, so that one which it delivers twice begins one sweep."""


class DailySweep(Construct):
    """The schedule, its role, and the source of `sweep`.

    Args:
        group: the schedule group.
        key: the ARN of the key that the queues are encrypted with.
        zone: the clock that `sweep_at` is read on.
    """

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, sweep: EngineFunction, queues: Queues, *,
        group: scheduler.CfnScheduleGroup, key: str, zone: str,
    ) -> None:  # fmt: skip
        super().__init__(scope, id_)
        hour, minute = settings.sweep_at.split(":")
        timed_message(
            self, settings, "sweep", "Segments that time alone can change are asked again", BEGIN,
            Timing(f"cron({int(minute)} {int(hour)} * * ? *)", oldest=12 * 3600, retries=185, zone=zone),
            allowed_to="A schedule begins the daily sweep",
            queue=queues.sweeps.queue_arn, dead=queues.schedules_dead.queue_arn, group=group, key=key,
        )  # fmt: skip
        mapping = lambda_.EventSourceMapping(
            self,
            "Source",
            target=sweep.function,
            event_source_arn=queues.sweeps.queue_arn,
            batch_size=1,
            report_batch_item_failures=True,
            max_concurrency=settings.sweep_concurrency,
        )
        accept(
            mapping,
            "Serverless-LambdaEventSourceMappingDestination",
            "a queue keeps what failed and moves it to its own dead letters",
        )

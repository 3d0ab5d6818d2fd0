"""The daily sweep: a schedule puts a message on the queue that begins it, and `sweep` works on that queue."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.nag import accept
from infra.constructs.policies import Allow, OwnRole, arn, service
from infra.constructs.queues import Queues
from infra.settings import Settings

BEGIN = '{"begin": "<aws.scheduler.scheduled-time>"}'
"""The message: Scheduler fills in the instant it was due, so that one which it delivers twice begins one sweep."""


class DailySweep(Construct):
    """The schedule, its role, and the source of `sweep`.

    Args:
        group: the name of the schedule group.
        key: the ARN of the key that the queues are encrypted with.
        zone: the clock that `sweep_at` is read on.
    """

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, sweep: EngineFunction, queues: Queues, *,
        group: str, key: str, zone: str,
    ) -> None:  # fmt: skip
        super().__init__(scope, id_)
        role = OwnRole(
            self,
            "Role",
            trusted=service("scheduler.amazonaws.com", arn("scheduler", f"schedule-group/{group}")),
            description="A schedule begins the daily sweep",
            allowed=[
                Allow(("sqs:SendMessage",), [queues.sweeps.queue_arn, queues.schedules_dead.queue_arn]),
                Allow(("kms:Decrypt", "kms:GenerateDataKey"), [key]),
            ],
        )
        hour, minute = settings.sweep_at.split(":")
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=settings.name("sweep"),
            group_name=group,
            description="Segments that time alone can change are asked again",
            schedule_expression=f"cron({int(minute)} {int(hour)} * * ? *)",
            schedule_expression_timezone=zone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=queues.sweeps.queue_arn,
                role_arn=role.arn,
                input=BEGIN,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=12 * 3600, maximum_retry_attempts=185
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=queues.schedules_dead.queue_arn
                ),
            ),
        )
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

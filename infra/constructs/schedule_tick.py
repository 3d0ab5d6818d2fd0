"""What wakes `operate` every few minutes: which times of schedules begin next, at which operations does nobody work?"""

from __future__ import annotations

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.policies import Allow, OwnRole, arn, service
from infra.constructs.queues import Queues
from infra.settings import Settings

EVERY_MINUTES = 5
"""Less than is looked ahead (`sojourn.application.occurrences.AHEAD`), so that one that fails makes nothing late."""
MESSAGE = '{"schedules": "<aws.scheduler.scheduled-time>"}'


class ScheduleTick(Construct):
    """The schedule and its role.

    Args (of the constructor):
        group: the name of the schedule group.
        key: the ARN of the key that the queues are encrypted with.
    """

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, queues: Queues, *, group: str, key: str
    ) -> None:
        super().__init__(scope, id_)
        role = OwnRole(
            self,
            "Role",
            trusted=service("scheduler.amazonaws.com", arn("scheduler", f"schedule-group/{group}")),
            description="A schedule lets the schedules of journeys be looked through",
            allowed=[
                Allow(("sqs:SendMessage",), [queues.operations.queue_arn, queues.schedules_dead.queue_arn]),
                Allow(("kms:Decrypt", "kms:GenerateDataKey"), [key]),
            ],
        )
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=settings.name("schedules"),
            group_name=group,
            description="Times of journeys' schedules that are due begin",
            schedule_expression=f"rate({EVERY_MINUTES} minutes)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=queues.operations.queue_arn,
                role_arn=role.arn,
                input=MESSAGE,
                # The next one comes soon, and does what this one would have.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=300, maximum_retry_attempts=5
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=queues.schedules_dead.queue_arn
                ),
            ),
        )

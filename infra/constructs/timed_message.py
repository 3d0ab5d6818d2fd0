"""A schedule that puts a message on a queue, with the role that lets it."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.policies import Allow, OwnRole, arn, service
from infra.settings import Settings


@dataclass(frozen=True)
class Timing:
    """When a message comes.

    Args:
        expression: as EventBridge Scheduler has it: `rate(…)` or `cron(…)`.
        zone: the clock that a `cron` is read on; none for a `rate`.
        oldest: seconds after which one that could not be put is given up.
        retries: how often it is tried until then.
    """

    expression: str
    oldest: int
    retries: int
    zone: str | None = None


def timed_message(
    scope: Construct, settings: Settings, name: str, does: str, message: str, timing: Timing, *,
    allowed_to: str, queue: str, dead: str, group: scheduler.CfnScheduleGroup, key: str,
) -> None:  # fmt: skip
    """Put a message on a queue from time to time.

    Args:
        name: of the schedule, after the stage's.
        does: what it is for; `allowed_to`: what its role lets it.
        queue, dead: the ARNs of the queue, and of that for what could not be put there.
        group: the schedule group. It is made before the schedule, which Scheduler would refuse without it.
        key: the ARN of the key that the queues are encrypted with.
    """
    role = OwnRole(
        scope,
        "Role",
        trusted=service("scheduler.amazonaws.com", arn("scheduler", f"schedule-group/{group.name}")),
        description=allowed_to,
        allowed=[
            Allow(("sqs:SendMessage",), [queue, dead]),
            Allow(("kms:Decrypt", "kms:GenerateDataKey"), [key]),
        ],
    )
    scheduler.CfnSchedule(
        scope,
        "Schedule",
        name=settings.name(name),
        group_name=group.ref,
        description=does,
        schedule_expression=timing.expression,
        schedule_expression_timezone=timing.zone,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=scheduler.CfnSchedule.TargetProperty(
            arn=queue,
            role_arn=role.arn,
            input=message,
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=timing.oldest, maximum_retry_attempts=timing.retries
            ),
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=dead),
        ),
    )

"""What wakes `operate` every few minutes: which times of schedules begin next, at which operations does nobody work?"""

from __future__ import annotations

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.constructs.queues import Queues
from infra.constructs.timed_message import Timing, timed_message
from infra.settings import Settings

EVERY_MINUTES = 5
"""Less than is looked ahead (`sojourn.application.occurrences.AHEAD`), so that one that fails makes nothing late."""
MESSAGE = '{"schedules": "<aws.scheduler.scheduled-time>"}'


class ScheduleTick(Construct):
    """The schedule and its role.

    Args (of the constructor):
        group: the schedule group.
        key: the ARN of the key that the queues are encrypted with.
    """

    def __init__(
        self, scope: Construct, id_: str, settings: Settings, queues: Queues, *,
        group: scheduler.CfnScheduleGroup, key: str,
    ) -> None:  # fmt: skip
        super().__init__(scope, id_)
        timed_message(
            self, settings, "schedules", "Times of journeys' schedules that are due begin", MESSAGE,
            # The next one comes soon, and does what this one would have.
            Timing(f"rate({EVERY_MINUTES} minutes)", oldest=300, retries=5),
            allowed_to="A schedule lets the schedules of journeys be looked through",
            queue=queues.operations.queue_arn, dead=queues.schedules_dead.queue_arn, group=group, key=key,
        )  # fmt: skip

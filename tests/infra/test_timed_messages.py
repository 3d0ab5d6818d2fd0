"""The schedules that the stack makes itself, and what they need before them."""

from __future__ import annotations

from tests.infra.conftest import Assembly


def test_a_schedule_is_made_after_its_group(dev: Assembly) -> None:
    """By name alone CloudFormation would not know the order, and Scheduler refuses one in a group that is not there."""
    (group,) = dev.resources("engine", "AWS::Scheduler::ScheduleGroup")

    schedules = dev.resources("engine", "AWS::Scheduler::Schedule").values()

    assert [one["GroupName"] for one in schedules] == [{"Ref": group}] * 2

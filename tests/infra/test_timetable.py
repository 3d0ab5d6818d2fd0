"""When schedules come on the embedded AWS; that they do, and what they call, is what tests/cloud is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

WRITTEN = datetime(2026, 3, 2, 12, tzinfo=UTC)
SCALE = 0.001


@pytest.fixture(scope="module")
def timetable() -> ModuleType:
    """Give the module. It brings all of the emulator along, which no other test here wants."""
    from infra.local_cloud import timetable

    return timetable


def schedule(expression: str, zone: str = "UTC") -> dict[str, Any]:
    """Return a schedule as the emulator keeps it."""
    return {
        "ScheduleExpression": expression, "ScheduleExpressionTimezone": zone,
        "LastModificationDate": WRITTEN.timestamp(),
    }  # fmt: skip


def test_a_one_time_schedule_comes_as_soon_as_waits_are_short(timetable: ModuleType) -> None:
    """What is left until its instant is scaled, from when it was written; one in the past comes at once, and once."""
    tomorrow, yesterday = schedule("at(2026-03-03T12:00:00)"), schedule("at(2026-03-01T12:00:00)")

    assert timetable.due(tomorrow, None, SCALE) == WRITTEN + timedelta(seconds=86.4)
    assert timetable.due(yesterday, None, SCALE) == WRITTEN
    assert timetable.due(tomorrow, WRITTEN, SCALE) is None


@pytest.mark.parametrize(
    ("expression", "scale", "seconds"),
    [("rate(5 minutes)", SCALE, 15), ("rate(1 day)", SCALE, 86.4), ("rate(5 minutes)", 1.0, 300)],
)
def test_a_rate_is_as_short_but_leaves_time_to_breathe(
    timetable: ModuleType, expression: str, scale: float, seconds: float
) -> None:
    """It comes at once, as on AWS, and then so many seconds after it came last."""
    rate, came = schedule(expression), WRITTEN + timedelta(hours=1)

    assert timetable.due(rate, None, scale) == WRITTEN
    assert timetable.due(rate, came, scale) == came + timedelta(seconds=seconds)


def test_a_time_of_day_goes_by_the_clock_on_the_wall(timetable: ModuleType) -> None:
    """That of the schedule's zone, however short waits are."""
    nightly = schedule("cron(0 3 * * ? *)", "Europe/Berlin")

    first = timetable.due(nightly, None, SCALE)

    assert first == datetime(2026, 3, 3, 2, tzinfo=UTC)
    assert timetable.due(nightly, first, SCALE) == first + timedelta(days=1)


def test_what_nobody_can_read_never_comes(timetable: ModuleType) -> None:
    """AWS refuses such an expression; the emulator keeps it."""
    assert timetable.due(schedule("cron(0 3 * * * *)"), None, SCALE) is None

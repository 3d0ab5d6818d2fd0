from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import iso, parse_instant
from sojourn.domain.time.local_time import wall_clock
from sojourn.domain.time.recurrence import DailyAt, MonthlyAt, WeeklyAt
from sojourn.domain.time.schedules import Schedule, next_occurrence, parse_schedule


def occurrences(text: str, after: str, zone: str, count: int) -> list[datetime]:
    """Return the next *count* instants of a schedule."""
    found = [parse_instant(after, "UTC")]
    for _ in range(count):
        found.append(next_occurrence(parse_schedule(text), found[-1], zone))
    return found[1:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily 09:00", DailyAt(time(9))),
        ("Daily  9:30", DailyAt(time(9, 30))),
        ("weekly mon 09:00", WeeklyAt(0, time(9))),
        ("weekly Sunday 09:00", WeeklyAt(6, time(9))),
        ("monthly 1 09:00", MonthlyAt(1, time(9))),
        ("monthly 31 09:00", MonthlyAt(31, time(9))),
    ],
)
def test_a_schedule_says_how_often_on_which_day_and_when(text: str, expected: Schedule) -> None:
    """Daily, weekly and monthly schedules each name a time of day."""
    actual = parse_schedule(text)

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("", "empty", '"daily 09:00"'),
        ("daily", "is not a schedule", '"daily 09:00"'),
        ("dialy 09:00", "is not a schedule", 'did you mean "daily"?'),
        ("weekly 09:00", "is not a schedule", '"weekly mon 09:00"'),
        ("weekly moonday 09:00", '"moonday" is not a weekday', 'did you mean "monday"?'),
        ("monthly 0 09:00", '"0" in "monthly 0 09:00" is no day of the month', "1 to 31"),
        ("monthly 32 09:00", '"32" in "monthly 32 09:00" is no day of the month', "1 to 31"),
        ("monthly mon 09:00", '"mon" in "monthly mon 09:00" is no day of the month', "1 to 31"),
        ("daily 9", '"9" is not a time of day', '"09:00"'),
        ("every 6 hours", "is not a schedule", '"daily 09:00"'),
        ("0 9 * * 1", "is not a schedule", '"daily 09:00"'),
    ],
)
def test_what_is_no_schedule_is_refused_with_what_to_write(text: str, message: str, advice: str) -> None:
    """An error quotes the author and says what to write instead."""
    with pytest.raises(TimeError) as caught:
        parse_schedule(text)

    assert message in caught.value.message
    assert advice in caught.value.help


@pytest.mark.parametrize(
    ("text", "after", "zone", "expected"),
    [
        ("daily 09:00", "2026-03-06T07:59:59.999999Z", "Europe/Berlin", "2026-03-06T08:00:00Z"),
        ("daily 09:00", "2026-03-06T08:00:00Z", "Europe/Berlin", "2026-03-07T08:00:00Z"),
        ("weekly mon 09:00", "2026-03-09T08:00:00Z", "Europe/Berlin", "2026-03-16T08:00:00Z"),
        ("weekly mon 09:00", "2026-03-23T08:00:00Z", "Europe/Berlin", "2026-03-30T07:00:00Z"),
        ("monthly 1 09:00", "2026-03-01T08:00:00Z", "Europe/Berlin", "2026-04-01T07:00:00Z"),
        ("monthly 1 00:00", "2026-12-31T12:00:00Z", "Asia/Tokyo", "2026-12-31T15:00:00Z"),
        ("monthly 30 09:00", "2011-12-20T00:00:00Z", "Pacific/Apia", "2011-12-30T10:00:00Z"),
    ],
)
def test_a_schedule_runs_strictly_after(text: str, after: str, zone: str, expected: str) -> None:
    """What has run does not run again at the same instant, and hours follow the zone's clocks."""
    actual = iso(next_occurrence(parse_schedule(text), parse_instant(after, "UTC"), zone))

    assert expected == actual


def test_a_month_that_is_too_short_runs_on_its_last_day() -> None:
    """The 31st is the last day of every month, leap years included."""
    actual = [f"{at:%m-%d}" for at in occurrences("monthly 31 09:00", "2028-01-01T00:00Z", "UTC", 5)]

    assert actual == ["01-31", "02-29", "03-31", "04-30", "05-31"]


@pytest.mark.parametrize(
    ("text", "after", "zone"),
    [
        ("daily 02:30", "2026-10-20T00:00Z", "Europe/Berlin"),
        ("daily 02:30", "2026-03-20T00:00Z", "Europe/Berlin"),
        ("daily 01:45", "2026-04-01T00:00Z", "Australia/Lord_Howe"),
        ("daily 23:30", "2026-04-01T00:00Z", "America/Santiago"),
        ("daily 00:30", "2026-09-01T00:00Z", "America/Santiago"),
    ],
)
def test_a_daily_schedule_runs_once_a_day_however_the_clocks_jump(text: str, after: str, zone: str) -> None:
    """Ten days around a jump have ten runs, one on each date."""
    actual = [wall_clock(at, zone).date() for at in occurrences(text, after, zone, 10)]

    assert actual == [actual[0] + timedelta(days=n) for n in range(10)]

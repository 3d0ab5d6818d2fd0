"""Reads when a journey takes in its segment: "daily 09:00", "weekly mon 09:00", "monthly 1 09:00".

Its days and times are those of the zone it is asked for. This module knows no segments and starts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sojourn.domain.findings import did_you_mean
from sojourn.domain.time.clock_words import parse_time_of_day, parse_weekday
from sojourn.domain.time.errors import TimeError, checked, quoted
from sojourn.domain.time.local_time import instant_of
from sojourn.domain.time.recurrence import DailyAt, MonthlyAt, Recurrence, WeeklyAt, next_instant

__all__ = [
    "CUSTOMER",
    "FIRST_ZONE",
    "Occurrence",
    "Schedule",
    "next_occurrence",
    "occurrences",
    "parse_schedule",
]

Schedule = Recurrence

CUSTOMER = "customer"
"""The zone that stands for each customer's own."""
FIRST_ZONE = timedelta(hours=14)
"""So far ahead of UTC the first clocks on earth are (IANA: Pacific/Kiritimati)."""
_HELP = 'write "daily 09:00", "weekly mon 09:00" or "monthly 1 09:00"'
_MONTH_DAY = re.compile(r"[0-9]{1,2}")
_RESOLUTION = timedelta(microseconds=1)


def parse_schedule(text: str) -> Schedule:
    """Return the schedule *text* says.

    A day of the month that a month does not have is its last: "monthly 31 09:00" runs on 28 February too.
    Intervals ("every 6 hours") are refused: they have no wall clock to hold on to.

    Raises:
        TimeError: *text* is no schedule.
    """
    words = checked(text, TimeError, _HELP).split()
    match words:
        case [kind, at] if kind.lower() == "daily":
            return DailyAt(parse_time_of_day(at))
        case [kind, weekday, at] if kind.lower() == "weekly":
            return WeeklyAt(parse_weekday(weekday), parse_time_of_day(at))
        case [kind, day, at] if kind.lower() == "monthly":
            if not _MONTH_DAY.fullmatch(day) or not 1 <= int(day) <= 31:
                raise TimeError(f"{quoted(day)} in {quoted(text)} is no day of the month", "write 1 to 31")
            return MonthlyAt(int(day), parse_time_of_day(at))
    kinds = ("daily", "weekly", "monthly")
    near = "" if words[0].lower() in kinds else did_you_mean(words[0].lower(), kinds)
    raise TimeError(f"{quoted(text)} is not a schedule", near if near.startswith("did you") else _HELP)


def next_occurrence(schedule: Schedule, after: datetime, zone: str) -> datetime:
    """Return the first instant later than *after* at which *schedule* runs in *zone*."""
    return next_instant(schedule, after + _RESOLUTION, zone)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a schedule runs.

    Args:
        at: when it begins: for each customer's own clock, once the first clocks on earth show that time.
        wall: what the clocks show then; None where everybody enters at once.
    """

    at: datetime
    wall: datetime | None = None

    @property
    def id(self) -> str:
        """What tells it from the schedule's others: the instant, or what the clocks show."""
        return (self.wall or self.at.astimezone(UTC).replace(tzinfo=None)).isoformat() + (
            "" if self.wall else "Z"
        )

    def instant(self, zone: str) -> datetime:
        """Return when it is that time for somebody in a zone."""
        return self.at if self.wall is None else instant_of(self.wall, zone)


def occurrences(schedule: Schedule, after: datetime, until: datetime, zone: str) -> Iterator[Occurrence]:
    """Yield what begins later than *after* and not later than *until*.

    Args:
        zone: whose clock the schedule is read on: IANA, or `CUSTOMER`.
    """
    if zone != CUSTOMER:
        at = next_occurrence(schedule, after, zone)
        while at <= until:
            yield Occurrence(at)
            at = next_occurrence(schedule, at, zone)
        return
    # Clocks that show what UTC does, moved to where the first ones are: they know no summer time.
    at = next_occurrence(schedule, after + FIRST_ZONE, "UTC")
    while at - FIRST_ZONE <= until:
        yield Occurrence(at - FIRST_ZONE, at.replace(tzinfo=None))
        at = next_occurrence(schedule, at, "UTC")

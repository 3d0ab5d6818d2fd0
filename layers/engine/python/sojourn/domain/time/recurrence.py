"""Finds when a wall clock comes round again: every day, on a weekday, on a day of the month.

Waits and schedules share it. On each day it falls on, a recurrence has one instant: a skipped time gives the
first instant after the gap, a time that comes twice the first of the two, so that nothing runs twice in the
night the clocks go back. A day that never existed in a zone is passed over, except by months, which would
otherwise lose their only day. This module knows no texts.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sojourn.domain.time.local_time import day_exists, instant_of, wall_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DailyAt", "MonthlyAt", "Recurrence", "WeeklyAt", "next_instant"]

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DailyAt:
    """Every day at a time of day."""

    at: time


@dataclass(frozen=True, slots=True)
class WeeklyAt:
    """Every week on a weekday, Monday being 0, at a time of day."""

    weekday: int
    at: time


@dataclass(frozen=True, slots=True)
class MonthlyAt:
    """Every month on a day, 1 to 31, or its last day where the month is shorter, at a time of day."""

    day: int
    at: time


Recurrence = DailyAt | WeeklyAt | MonthlyAt


def next_instant(rule: Recurrence, now: datetime, zone: str) -> datetime:
    """Return the first instant not before *now* at which *rule* comes round in *zone*."""
    # From the day before, since a gap over midnight moves that day's time into today.
    for day in _days(rule, wall_clock(now, zone).date() - _DAY):
        found = instant_of(datetime.combine(day, rule.at), zone)
        if found >= now and (isinstance(rule, MonthlyAt) or _falls_on(day, found, zone)):
            return found
    raise AssertionError("days do not end")


def _falls_on(day: date, found: datetime, zone: str) -> bool:
    """Say whether *found* is on *day*, or follows a gap that left some of it."""
    return wall_clock(found, zone).date() == day or day_exists(day, zone)


def _days(rule: Recurrence, first: date) -> Iterator[date]:
    """Yield the days *rule* falls on, from *first* on; by months from the first of that month."""
    if isinstance(rule, MonthlyAt):
        yield from _month_days(rule.day, first)
    step = _DAY
    if isinstance(rule, WeeklyAt):
        first += timedelta(days=(rule.weekday - first.weekday()) % 7)
        step = _WEEK
    while True:
        yield first
        first += step


def _month_days(wanted: int, first: date) -> Iterator[date]:
    """Yield the day *wanted* of each month from that of *first* on."""
    year, month = first.year, first.month
    while True:
        yield date(year, month, min(wanted, monthrange(year, month)[1]))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)

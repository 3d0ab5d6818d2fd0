"""Reads what a wait is until, and resolves it to an instant on the customer's clock.

`wait: {until: …}` takes a time of day, a weekday with one, a date, an instant, or a time found in the
customer, the entry or an earlier step, moved by a duration. This module does not know where those values are
kept.
"""

from __future__ import annotations

import re
import reprlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.time.clock_words import parse_time_of_day, parse_weekday
from sojourn.domain.time.durations import parse_duration
from sojourn.domain.time.errors import DurationError, MissingTime, TimeError, checked, quoted
from sojourn.domain.time.instants import EARLIEST, LATEST, parse_date_time, parse_instant
from sojourn.domain.time.local_time import instant_of, wall_clock
from sojourn.domain.time.recurrence import DailyAt, WeeklyAt, next_instant
from sojourn.domain.time.windows import Window, can_open, next_opening, parse_window

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "DailyAt",
    "Instant",
    "LocalDateTime",
    "MissingTime",
    "Relative",
    "TimeError",
    "Until",
    "WeeklyAt",
    "Window",
    "can_open",
    "next_opening",
    "parse_until",
    "parse_window",
    "resolve",
]

_HELP = (
    'write a time of day ("09:00"), a weekday and time ("monday 09:00"), a date ("2026-12-24T18:00") '
    'or a time that is known by then ("entry.departure - 1 day")'
)
_ROOTS = ("customer", "entry", "steps")
_DAY = timedelta(days=1)

_TIME_OF_DAY = re.compile(r"[0-9]{1,2}:[0-9:]*")
_DATE = re.compile(r"[0-9]{4}-.*")
_WEEKDAY = re.compile(r"([A-Za-z]+)\s+([0-9]\S*)")
_RELATIVE = re.compile(
    r"(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"(?:\s*(?P<sign>[+-])\s*(?P<duration>[0-9P][\w. ]*?))?"
    r"(?:\s+at\s+(?P<at>[0-9]\S*))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class LocalDateTime:
    """A naive date and time on the wall, in whatever zone it is resolved in."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment for everyone, aware and in UTC."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Relative:
    """A time that is looked up when the wait begins, moved by an exact duration.

    Args:
        path: where the value is found, `("entry", "departure")`.
        offset: what is added; negative for "- 1 day".
        at: where given, the time of day to go to on the day reached; `offset` is then whole days, counted on
            the calendar: the day before is the day before, also when it has 23 hours.
    """

    path: tuple[str, ...]
    offset: timedelta = timedelta(0)
    at: time | None = None


Until = DailyAt | WeeklyAt | LocalDateTime | Instant | Relative


def parse_until(text: str) -> Until:
    """Return what a wait is until.

    Raises:
        TimeError: *text* says no time.
    """
    source = checked(text, TimeError, _HELP)
    if _TIME_OF_DAY.fullmatch(source):
        return DailyAt(parse_time_of_day(source))
    if _DATE.fullmatch(source):
        value = parse_date_time(source)
        return Instant(value) if value.tzinfo else LocalDateTime(value)
    if _is_duration(source):
        raise TimeError(f"{quoted(source)} is a length of time", f"write `wait: {source}`, without until")
    if weekly := _WEEKDAY.fullmatch(source):
        return WeeklyAt(parse_weekday(weekly[1]), parse_time_of_day(weekly[2]))
    return _parse_relative(source)


def resolve(until: Until, now: datetime, zone: str, lookup: Callable[[tuple[str, ...]], object]) -> datetime:
    """Return the first instant not before *now* at which *until* holds in *zone*; *now* where it is past.

    A skipped wall clock gives the first instant after the gap, one that comes twice the first of the two.

    Args:
        until: what `parse_until` returned.
        now: aware, in UTC.
        zone: an IANA zone.
        lookup: returns the JSON value at a path, or raises KeyError: an ISO 8601 text, an instant with an
            offset, a wall clock in *zone* without one, midnight there if it is a date.

    Raises:
        MissingTime: there is nothing (or null) at the path.
        TimeError: there is something else than a time.
    """
    match until:
        case DailyAt() | WeeklyAt():
            return next_instant(until, now, zone)
        case LocalDateTime(at):
            return max(now, instant_of(at, zone))
        case Instant(at):
            return max(now, at)
        case Relative():
            return max(now, _moved(until, _looked_up(until.path, zone, lookup), zone))


def _is_duration(source: str) -> bool:
    """Say whether *source* would do as a duration, the likeliest mistake after `until`."""
    try:
        parse_duration(source)
    except DurationError:
        return False
    return True


def _parse_relative(source: str) -> Relative:
    """Read "entry.departure - 1 day at 09:00"."""
    found = _RELATIVE.fullmatch(source)
    path = tuple(found["path"].split(".")) if found else ()
    if found is None or len(path) < 2:
        raise TimeError(f"{quoted(source)} is not a time to wait until", _HELP)
    if path[0] not in _ROOTS:
        unknown = f"{quoted(path[0])} in {quoted(source)} is not known here"
        raise TimeError(unknown, did_you_mean(path[0], _ROOTS))
    offset = parse_duration(found["duration"]) if found["duration"] else timedelta(0)
    at = parse_time_of_day(found["at"]) if found["at"] else None
    if at is not None and offset % _DAY:
        raise TimeError(f'{quoted(source)} moves by a part of a day and says "at"', "move by whole days")
    return Relative(path, -offset if found["sign"] == "-" else offset, at)


def _looked_up(path: tuple[str, ...], zone: str, lookup: Callable[[tuple[str, ...]], object]) -> datetime:
    """Return the instant *lookup* finds at *path*."""
    try:
        value = lookup(path)
    except KeyError:
        raise MissingTime(path) from None
    if value is None:
        raise MissingTime(path)
    if not isinstance(value, str):
        raise TimeError(f'"{".".join(path)}" is {quoted(reprlib.repr(value))}, not a date and time')
    try:
        return parse_instant(value, zone)
    except TimeError as error:
        raise TimeError(f'"{".".join(path)}": {error.message}', error.help) from None


def _moved(relative: Relative, found: datetime, zone: str) -> datetime:
    """Return *found* moved as *relative* says, or the edge of the calendar where it falls off."""
    try:
        if relative.at is None:
            return found + relative.offset
        day = wall_clock(found, zone).date() + relative.offset
        return instant_of(datetime.combine(day, relative.at), zone)
    except OverflowError:
        return LATEST if relative.offset > timedelta(0) else EARLIEST

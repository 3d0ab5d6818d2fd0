"""A stretch of the day in which a journey may go on: `wait: {between: ["22:00", "06:00"]}`.

Whether a window is open is a question to the clock on the wall alone, so that it stays open through both
passes of an hour that comes twice. This module knows no sends; quiet hours are its opposite and next door.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sojourn.domain.time.clock_words import parse_date, parse_time_of_day, parse_weekday
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.local_time import first_instant

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Window", "can_open", "next_opening", "parse_window"]

_DAY = timedelta(days=1)
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Window:
    """Open from `opens` up to but not at `closes`, on the next day where that is not later.

    Args:
        opens: the first time of day it is open.
        closes: the first time of day it is closed again; the same as `opens` means it never opens.
        days: the weekdays on which it opens, Monday being 0; None means all. A window over midnight belongs
            to the day on which it opened.
        closed: local dates on which it is closed from midnight to midnight.
    """

    opens: time
    closes: time
    days: frozenset[int] | None = None
    closed: frozenset[date] = frozenset()


def parse_window(
    opens: str, closes: str, days: Iterable[str] | None = None, closed: Iterable[str] = ()
) -> Window:
    """Return the window the texts say: times of day, weekdays, dates.

    A window that can never open is returned too: a rule asks `can_open` and points at it.

    Raises:
        TimeError: a text is no time of day, weekday or date.
    """
    return Window(
        parse_time_of_day(opens),
        parse_time_of_day(closes),
        None if days is None else frozenset(map(parse_weekday, days)),
        frozenset(map(parse_date, closed)),
    )


def can_open(window: Window) -> bool:
    """Say whether there is any moment at which *window* is open."""
    return window.opens != window.closes and (window.days is None or bool(window.days))


def next_opening(window: Window, now: datetime, zone: str) -> datetime:
    """Return *now* if *window* is open in *zone*, else the first instant at which it opens.

    Raises:
        TimeError: it never does.
    """
    if not can_open(window):
        raise TimeError(
            f'the window from "{window.opens:%H:%M}" to "{window.closes:%H:%M}" never opens',
            "let it close at another time than it opens, and name a weekday",
        )
    return first_instant(now, zone, lambda wall: _next_open(window, wall))


def _next_open(window: Window, wall: datetime) -> datetime:
    """Return the first wall clock not before *wall* at which *window* is open."""
    over_midnight = window.closes <= window.opens
    day = wall.date() - _DAY if over_midnight else wall.date()
    while True:
        if window.days is None or day.weekday() in window.days:
            closes = datetime.combine(day + _DAY if over_midnight else day, window.closes)
            open_at = max(wall, datetime.combine(day, window.opens))
            while open_at.date() in window.closed:
                open_at = datetime.combine(open_at.date() + _DAY, _MIDNIGHT)
            if open_at < closes:
                return open_at
        day += _DAY

"""The hours and days on which a channel leaves customers in peace, by the clock where they are.

Answers one question, asked for every send: is it quiet now, and until when. What is done about it (hold,
drop, send) is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sojourn.domain.time.errors import TimeError, quoted
from sojourn.domain.time.local_time import first_instant, wall_clock

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["QuietHours", "parse_quiet_hours", "quiet_until"]

_DAY = timedelta(days=1)
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Quiet from `start` up to but not at `end`, over midnight where `end` is earlier.

    `closed` holds local dates that are quiet from midnight to midnight. Where `start` equals `end` only those
    are quiet.
    """

    start: time
    end: time
    closed: frozenset[date] = frozenset()


def parse_quiet_hours(from_: str | None, to: str | None, closed: Iterable[str] = ()) -> QuietHours:
    """Return the quiet hours the texts say; without *from_* and *to*, closed days alone.

    Raises:
        TimeError: a text is no time of day or date, one end is missing, or both are the same.
    """
    # Imported here: an author's words are read once, and sends ask ever after.
    from sojourn.domain.time.clock_words import parse_date, parse_time_of_day

    days = frozenset(map(parse_date, closed))
    if from_ is None and to is None:
        return QuietHours(_MIDNIGHT, _MIDNIGHT, days)
    if from_ is None or to is None:
        missing = "from" if from_ is None else "to"
        raise TimeError(f"quiet hours have no {quoted(missing)}", "write both, or leave both out")
    start, end = parse_time_of_day(from_), parse_time_of_day(to)
    if start == end:
        raise TimeError(
            f"quiet hours begin and end at {quoted(from_)}",
            "let them end at another time; for days without any sends use closed",
        )
    return QuietHours(start, end, days)


def quiet_until(quiet: QuietHours, at: datetime, zone: str) -> datetime | None:
    """Return None when it is not quiet in *zone* at the instant *at*, else when it first no longer is."""
    wall = wall_clock(at, zone)
    if not _is_quiet(quiet, wall):
        return None
    return first_instant(at, zone, lambda here: _next_unquiet(quiet, here))


def _is_quiet(quiet: QuietHours, wall: datetime) -> bool:
    """Say whether it is quiet when the clock shows *wall*."""
    now = wall.time()
    if quiet.start <= quiet.end:
        in_hours = quiet.start <= now < quiet.end
    else:
        in_hours = now >= quiet.start or now < quiet.end
    return in_hours or (bool(quiet.closed) and wall.date() in quiet.closed)


def _next_unquiet(quiet: QuietHours, wall: datetime) -> datetime:
    """Return the first wall clock not before *wall* at which it is not quiet."""
    while _is_quiet(quiet, wall):
        day = wall.date()
        if day in quiet.closed:
            wall = datetime.combine(day + _DAY, _MIDNIGHT)
        else:
            wall = datetime.combine(day + _DAY if quiet.end <= wall.time() else day, quiet.end)
    return wall

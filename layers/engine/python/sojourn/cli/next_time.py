"""When a journey's schedule lets its segment in next, as far as its live version says one. It knows no table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sojourn.cli.render.spoken import Spoken
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import iso
from sojourn.domain.time.schedules import occurrences, parse_schedule

if TYPE_CHECKING:
    from sojourn.domain.time.schedules import Occurrence

LONGEST = timedelta(days=40)
"""Between two times of a schedule there is a month at most."""


def next_time(enter: Mapping[str, Any], now: datetime, zone: str) -> Occurrence | None:
    """Return when a schedule begins next; None where there is none.

    Args:
        enter: who enters, as the outline of the version has it.
        zone: the workspace's, which counts where the journey names no other.
    """
    if not enter.get("schedule"):
        return None
    try:
        schedule = parse_schedule(str(enter["schedule"]))
    except TimeError:
        return None  # a release that knows other schedules wrote it
    return next(occurrences(schedule, now, now + LONGEST, str(enter.get("zone") or zone)), None)


def next_said(enter: Mapping[str, Any], begins: Occurrence | None, spoken: Spoken) -> str:
    """Return when it begins next, in a sentence; "" where it does not."""
    if begins is None:
        return ""
    at = spoken.at(iso(begins.at))
    if begins.wall is not None:
        at = f"{Spoken('UTC').at(iso(begins.wall.replace(tzinfo=UTC)))}, by each customer's own clock"
    return f"Its schedule ({enter['schedule']}) begins next {at}."

"""Which times of journeys' schedules begin next: each once, none forgotten while nobody looked.

Somebody asks every few minutes, and is told what begins until a little later. How far each schedule was looked through
is kept, so that what fell into a time when nobody could ask begins late and not never. A journey that is new, or whose
schedule was changed, begins with what comes after its publication; when nobody ever looked, all begin with now.

It plans on its own, and not by a recurring schedule of EventBridge's for each journey: that leaves out the day whose
hour the clocks skip, has no last day of a shorter month, and knows no customer's own clock. It knows no table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sojourn.domain.time.schedules import Occurrence, occurrences, parse_schedule

if TYPE_CHECKING:
    from sojourn.domain.compile.compiled import CompiledJourney

AHEAD = timedelta(minutes=15)
"""So far ahead is looked: a queue holds a message back for as long as that at most."""
LATEST = timedelta(hours=24)
"""What should have begun longer ago than that does not begin any more: Monday's greeting is none on Wednesday."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How far a journey's schedule was looked through.

    Args:
        schedule: as it was then: text, segment, zone.
        until: what began until then was told.
    """

    schedule: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A time of a journey's schedule that begins."""

    journey: CompiledJourney
    occurrence: Occurrence


def due(
    journeys: Iterable[tuple[CompiledJourney, datetime | None]], looked: Mapping[str, Looked] | None,
    now: datetime, zone: str,
) -> tuple[list[Due], dict[str, Looked]]:  # fmt: skip
    """Return what begins until a little after *now*, and how far was looked.

    Args:
        journeys: those that customers enter, each with when its version was published; None where nobody knows.
        looked: how far was looked before, by journey; None where nobody ever did.
        zone: the workspace's.
    """
    found, after = [], {}
    until = now + AHEAD
    for journey, published in journeys:
        if not journey.enter.schedule:
            continue
        said = schedule_text(journey)
        before = looked.get(journey.name) if looked is not None else None
        since = published or now
        if looked is None:
            since = now
        elif before is not None and before.schedule == said:
            since = before.until
        times = occurrences(
            parse_schedule(journey.enter.schedule),
            max(since, now - LATEST),
            until,
            journey.enter.zone or zone,
        )
        found += [Due(journey, one) for one in times]
        after[journey.name] = Looked(said, max(since, until))
    return found, after


def schedule_text(journey: CompiledJourney) -> str:
    """Return a journey's schedule as one text."""
    return f"{journey.enter.schedule} | {journey.enter.segment} | {journey.enter.zone}"

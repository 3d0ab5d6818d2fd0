"""Which times of journeys' schedules begin next: each once, none forgotten while nobody looked.

Somebody asks every few minutes, and is told what begins until a little later. How far each schedule was looked through
is kept, so that what fell into a time when nobody could ask begins late and not never. A journey that is new, or whose
schedule was changed, begins with what comes after its publication; when nobody ever looked, all begin with now.

It plans on its own, and not by a recurring schedule of EventBridge's for each journey: that leaves out the day whose
hour the clocks skip, has no last day of a shorter month, and knows no customer's own clock. It knows no table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sojourn.domain.time.schedules import Occurrence, occurrences, parse_schedule

if TYPE_CHECKING:
    from sojourn.domain.compile.compiled import CompiledJourney

AHEAD = timedelta(minutes=15)
"""So far ahead is looked: a queue holds a message back for as long as that at most."""
LATEST = timedelta(days=1)
"""What should have begun longer ago than that does not begin any more: Monday's greeting is none on Wednesday. It is
told that it was left out."""


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


@dataclass(frozen=True, slots=True)
class Late:
    """Times of a journey's schedule that nobody looked for until it was too late to begin.

    Args:
        times: the oldest first; at least one.
    """

    journey: CompiledJourney
    times: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of schedules.

    Args:
        due: what begins until a little after now.
        late: what does not begin any more.
        looked: how far was looked, by journey.
    """

    due: tuple[Due, ...]
    late: tuple[Late, ...]
    looked: Mapping[str, Looked]


def look_through(
    journeys: Iterable[CompiledJourney], looked: Mapping[str, Looked] | None, now: datetime, zone: str,
    published: Callable[[str], datetime | None],
) -> Found:  # fmt: skip
    """Look which times of schedules begin until a little after *now*, and which should have begun long ago.

    Args:
        journeys: those that customers enter by a schedule.
        looked: how far was looked before, by journey; None where nobody ever did.
        zone: the workspace's.
        published: when a journey's version was published; None where nobody knows.
    """
    due, late, after = list[Due](), list[Late](), dict[str, Looked]()
    until, oldest = now + AHEAD, now - LATEST
    for journey in journeys:
        said = schedule_text(journey)
        before = looked.get(journey.name) if looked is not None else None
        if looked is None:
            since = now
        elif before is not None and before.schedule == said:
            since = before.until
        else:
            since = published(journey.name) or now
        schedule, clock = parse_schedule(journey.enter.schedule), journey.enter.zone or zone
        if missed := tuple(occurrences(schedule, since, oldest, clock)):
            late.append(Late(journey, missed))
        due += [Due(journey, one) for one in occurrences(schedule, max(since, oldest), until, clock)]
        after[journey.name] = Looked(said, max(since, until))
    return Found(tuple(due), tuple(late), after)


def schedule_text(journey: CompiledJourney) -> str:
    """Return a journey's schedule as one text."""
    return f"{journey.enter.schedule} | {journey.enter.segment} | {journey.enter.zone}"

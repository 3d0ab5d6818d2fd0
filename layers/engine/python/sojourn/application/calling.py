"""Enters a customer into a journey because somebody calls for it, and remembers what came of it.

Who calls is a program (`enter.on: api`), a row of an audience or a journey's schedule (`audience`).

A call is an event of the customer's: stored in the commit that enters them, with the answer beside it. So a second call
of the same id changes nothing and is answered as the first was, completes what the first left undone, and goes with the
customer when they become another or are erased. It says who somebody is as any event does. No run hears of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sojourn.application.acting import ANSWER
from sojourn.application.attempting import digest
from sojourn.application.route import Incoming, deliver
from sojourn.domain.compile.compiled import API, SCHEDULE, Trigger
from sojourn.domain.customer.rows import Event, changed
from sojourn.errors import SojournError, TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.customer.rows import CustomerFile

AUDIENCE = "audience"
"""What calls for an entry besides `API` and `SCHEDULE`: an audience's row."""
REASONS = ("where", "no_key", "already_running", "again", "too_many_runs", "paused", "stopped")
"""Why somebody who was called for did not enter, a word each."""


class NoSuchEntry(SojournError):
    """A call cannot be for this journey.

    Args:
        there: whether there is such a journey, which is entered otherwise.
    """

    def __init__(self, *, there: bool) -> None:
        super().__init__("it is entered otherwise" if there else "there is none")
        self.there = there


class NotAsPlanned(SojournError):
    """What a call tells is not what the tracking plan says of an event that enters the journey as well.

    Args:
        reasons: place, what is wanted there and what kind of thing is found; no value.
    """

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class IdTaken(SojournError):
    """The id that an entry has among the customer's events is another event's already.

    Whoever may put events on the bus may give one any id, this one too. No repetition changes that.

    Args:
        event: the id.
    """

    def __init__(self, event: str) -> None:
        super().__init__(f"{event} is another event of the customer's")
        self.event = event


@dataclass(frozen=True, slots=True)
class EntryCall:
    """A call for an entry.

    Args:
        source: whose program it is, or which audience.
        id: the program's own, of this entry: of one customer, journey and source it stands for one entry.
        customer, identities, hearsay, attributes: whose it is, and what it tells of them, see `Incoming`.
        properties: what the journey reads as `entry`.
        at: when what it is about happened.
        by: `API`, `AUDIENCE` or `SCHEDULE`; the ledger tells it.
        place: where it stands in what it is part of; whoever comes with the same id later is told.
    """

    source: str
    id: str
    journey: str
    customer: str
    at: datetime
    identities: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    hearsay: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    by: str = API
    place: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """What a call came to.

    Args:
        run: the id of the run it began; "" where the customer did not enter.
        why: then one of `REASONS`.
        holdout: whether the run is one that sends nothing.
        repeated: whether it was an earlier call of the same id that came to it.
        same: whether that told the same.
        missing: what the journey's `where` read of the call, and was not there: names, no values.
        place: where the call stood that this is the answer to: another's, where it is `repeated` and not the same.
    """

    run: str
    why: str
    holdout: bool
    repeated: bool
    same: bool
    missing: tuple[str, ...] = ()
    place: str = ""


def lets_in(journey: CompiledJourney, by: str, segment: str = "") -> bool:
    """Say whether a journey may be entered by a call of this kind: its conditions are checked for that.

    What enters by events alone may not be entered by rows: its conditions read what those events have.

    Args:
        segment: of whose members an audience is; "" for one that is a file.
    """
    rules = journey.enter
    if by == SCHEDULE:
        return bool(rules.schedule)
    if Trigger(API, journey.name) in rules.triggers:
        return True
    if by == API:
        return False
    return bool(rules.audience) or (bool(segment) and segment in _segments_of(journey))


def _segments_of(journey: CompiledJourney) -> set[str]:
    """Return the segments whose members a journey is for: it takes them in by a schedule, or as they become members."""
    entered = {trigger.name for trigger in journey.enter.triggers if trigger.kind == "entered"}
    return entered | ({journey.enter.segment} if journey.enter.schedule else set())


def enter_called(engine: Engine, call: EntryCall) -> Called:
    """Enter a customer under the journey's rules, once however often it is called; say what came of it.

    Raises:
        NoSuchEntry, NotAsPlanned: nothing was done, and never will be by the same call.
        IdTaken: nobody entered, and never will by the same call; who is who may have been taken from it.
        TooLarge: it does more than one commit takes. What it says of the customer is written.
        TransientError, Conflict: not now; the same call again is safe.
    """
    # Of a journey that is drafted for the first time, only who tries drafts out is let in.
    journey = engine.catalogue.current(call.journey) or engine.catalogue.draft(call.journey)
    if journey is None or not lets_in(journey, call.by, str(call.properties.get("segment", ""))):
        raise NoSuchEntry(there=journey is not None)
    event = _event(call)
    _check(engine, journey, event)
    incoming = Incoming(
        call.customer, event, call.attributes, call.identities, hearsay=call.hearsay, journey=call.journey
    )
    new, file = deliver(engine, incoming)
    kept = _kept(engine, file, event)
    answer = kept.context[ANSWER]
    return Called(
        answer.get("run", ""), answer.get("why", ""), answer.get("holdout", False),
        repeated=not new, same=kept.context["told"] == event.context["told"],
        missing=tuple(answer.get("missing", ())), place=str(kept.context.get("place", "")),
    )  # fmt: skip


def _event(call: EntryCall) -> Event:
    """Return the event that a call is. No application can make one up: what it may call events has no colon."""
    told = json.dumps(call.properties, sort_keys=True, ensure_ascii=False)
    context = {"source": call.source, "id": call.id, "told": digest(told)}
    if call.by != API:
        context |= {"by": call.by, "place": call.place}
    return Event(
        f"{call.source}:entry-{digest(call.journey, call.id)}", f"{call.by}:{call.journey}", call.at, call.properties,
        context=context,
    )  # fmt: skip


def _check(engine: Engine, journey: CompiledJourney, event: Event) -> None:
    """Refuse what the journey's conditions would read wrongly: they are checked against its events' plan."""
    planned = [trigger.name for trigger in journey.enter.triggers if trigger.kind == "event"]
    if not planned:
        return
    # Imported here: most journeys that are entered by calls are entered by nothing else.
    from sojourn.domain.decide.plan import misfits

    plan = engine.catalogue.policy.events
    found = {
        str(one._replace(place=f"entry.{one.name}")): None
        for name in planned
        for one in misfits(plan, changed(event, name=name))
    }
    if found:
        raise NotAsPlanned(tuple(found))


def _kept(engine: Engine, file: CustomerFile, event: Event) -> Event:
    """Return the event as it is stored, which knows its answer.

    Raises:
        IdTaken: it is another event that is stored.
        TransientError: none is.
    """
    found = engine.customers.event(file.profile.id, event.id, also=file.profile.merging)
    if found is None:
        raise TransientError("the customer is just being erased, or becoming another")
    if found.name != event.name:
        raise IdTaken(event.id)
    return found

"""Enters a customer into a journey because a program calls for it (`enter.on: api`), and remembers what came of it.

A call is an event of the customer's: stored in the commit that enters them, with the answer beside it. So a second call
of the same id changes nothing and is answered as the first was, completes what the first left undone, and goes with the
customer when they become another or are erased. It says who somebody is as any event does. No run hears of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sojourn.application.acting import ANSWER
from sojourn.application.attempting import digest
from sojourn.application.route import Incoming, deliver
from sojourn.domain.compile.compiled import API, Trigger
from sojourn.domain.customer.rows import Event, changed
from sojourn.errors import SojournError, TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.customer.rows import CustomerFile

REASONS = ("where", "no_key", "already_running", "again", "too_many_runs")
"""Why somebody who was called for did not enter, a word each."""
_SKEW = timedelta(minutes=5)
"""So far apart clocks may be, of whoever stores a call and whoever looks for it."""


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


@dataclass(frozen=True, slots=True)
class EntryCall:
    """A program's call for an entry.

    Args:
        source: whose program it is.
        id: the program's own, of this entry: of one customer, journey and source it stands for one entry.
        customer, identities, hearsay: whose it is, see `Incoming`.
        properties: what the journey reads as `entry`.
        at: when what it is about happened.
    """

    source: str
    id: str
    journey: str
    customer: str
    at: datetime
    identities: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    hearsay: bool = False


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
    """

    run: str
    why: str
    holdout: bool
    repeated: bool
    same: bool
    missing: tuple[str, ...] = ()


def enter_called(engine: Engine, call: EntryCall) -> Called:
    """Enter a customer under the journey's rules, once however often it is called; say what came of it.

    Raises:
        NoSuchEntry, NotAsPlanned: nothing was done.
        TooLarge: it does more than one commit takes. What it says of the customer is written.
        TransientError, Conflict: not now; the same call again is safe.
    """
    journey = engine.catalogue.current(call.journey)
    if journey is None or Trigger(API, journey.name) not in journey.enter.triggers:
        raise NoSuchEntry(there=journey is not None)
    event = _event(call)
    _check(engine, journey, event)
    since = engine.clock.now() - _SKEW
    incoming = Incoming(
        call.customer, event, identities=call.identities, hearsay=call.hearsay, journey=call.journey
    )
    new, file = deliver(engine, incoming)
    kept = _kept(engine, file, event, since if new else None)
    answer = kept.context[ANSWER]
    return Called(
        answer.get("run", ""), answer.get("why", ""), answer.get("holdout", False),
        repeated=not new, same=kept.context["told"] == event.context["told"],
        missing=tuple(answer.get("missing", ())),
    )  # fmt: skip


def _event(call: EntryCall) -> Event:
    """Return the event that a call is. No application can make one up: what it may call events has no colon."""
    told = json.dumps(call.properties, sort_keys=True, ensure_ascii=False)
    return Event(
        f"{call.source}:entry-{digest(call.journey, call.id)}", f"{API}:{call.journey}", call.at, call.properties,
        context={"source": call.source, "id": call.id, "told": digest(told)},
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


def _kept(engine: Engine, file: CustomerFile, event: Event, since: datetime | None) -> Event:
    """Return the event as it is stored, which knows its answer."""
    known = engine.customers.events(file.profile.id, event.name, since, also=file.profile.merging)
    found = next((one for one in known if one.id == event.id), None)
    if found is None:
        raise TransientError("the customer is just being erased, or becoming another")
    return found

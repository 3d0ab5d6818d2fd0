"""Enters customers into journeys: under the journey's own rules, once per event, one run at once per key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.application.attempting import digest
from sojourn.application.following import do_all
from sojourn.application.running import Running, start_run
from sojourn.application.starting import STARTING
from sojourn.application.view import View
from sojourn.domain.condition.lazily import compile_condition
from sojourn.domain.condition.types import NoValue
from sojourn.domain.control import PAUSED, STOPPED
from sojourn.domain.customer.rows import Change, Run, changed
from sojourn.domain.decide.entering import (
    forgotten,
    in_holdout,
    is_kept,
    why_no_key,
    why_not_enter,
    why_too_many,
)
from sojourn.domain.ledger import Happening
from sojourn.domain.time.instants import iso
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.application.ports import Engine
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.control import Control
    from sojourn.domain.customer.rows import CustomerFile, Profile


class EntriesClosed(TransientError):
    """Entries are paused or stopped, and whoever lets the customer in waits for that to be over. Nothing is told."""


@dataclass(frozen=True, slots=True)
class EntryEvent:
    """What makes a customer enter: an event, a segment change, an API call, a row of an audience.

    Args:
        hops: how many journeys in quick succession led to it: 0 for what a person did.
        source: whose program called, where one did: the ledger names it, and tells whatever came of the call.
        waits: whether whoever lets them in comes again once entries are open: a row of an audience does.
    """

    name: str
    id: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    hops: int = 0
    source: str = ""
    waits: bool = False


class Admission(NamedTuple):
    """What became of somebody who was to enter.

    Args:
        run: the run they are in because of it; None where they did not enter.
        why: why they did not, a word: `where`, `no_key`, `already_running`, `again`, `too_many_runs`, `circle`,
            `paused` or `stopped`.
        missing: what their `where` read of the event itself, and was not there: names, no values.
    """

    run: Run | None
    why: str = ""
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Entering:
    """Enters one customer into journeys as part of a larger change."""

    engine: Engine
    file: CustomerFile
    change: Change
    now: datetime
    after: list[Callable[[], None]]

    def enter(
        self, journey: CompiledJourney, entry: EntryEvent, *, instead_of: Run | None = None, ask: bool = True
    ) -> Admission:
        """Enter the customer if the journey's rules allow; say what became of it.

        Args:
            instead_of: the run that was ended to begin again: its key stays, whatever `again` says.
            ask: whether `where` is asked: it is about the journey's own trigger, not about a redirect's event.

        Raises:
            EntriesClosed: entries are paused or stopped, and *entry* waits.
        """
        rules = journey.enter
        profile = self.change.profile or self.file.profile
        view = View(
            self.engine, profile, self.now, event=entry.properties, entry=entry.properties,
            arrived=self.change.event,
        )  # fmt: skip
        if ask and rules.where:
            verdict = compile_condition(rules.where).evaluate(view)
            if not verdict.value:
                # An event is of no concern to most journeys; who calls means this one.
                why = f"where: {verdict.reason}" if entry.source else ""
                # Of the customer nothing is told to a program.
                lacks = tuple(name for name in verdict.missing if name.startswith(("event.", "entry.")))
                return self._not_entered(journey, entry, "where", why)._replace(missing=lacks)
        key = instead_of.key if instead_of is not None else ""
        if rules.key and instead_of is None:
            try:
                value = compile_condition(rules.key).value(view)
            except NoValue as missing:
                return self._not_entered(journey, entry, "no_key", f"no key: {missing.reason}")
            if why := why_no_key(value):
                return self._not_entered(journey, entry, "no_key", f"no key: {rules.key} {why}")
            key = str(value)
        last = self.change.runs.get((journey.name, key)) or self.file.runs.get((journey.name, key))
        run_id = _run_id(profile, journey.name, key, entry.id)
        if last is not None and last.id == run_id:
            self.after.append(partial(start_run, self.engine, last))
            return Admission(last)
        if last is not None and not last.active and not is_kept(last, self.now):
            last = None  # where rows expire it is gone
        beside = [run for run in self._runs(journey.name) if run is not last] if key else []
        why = why_not_enter(rules, last, self.now, sum(run.active for run in beside))
        if why and not (instead_of is not None and last is not None and not last.active):
            return self._not_entered(journey, entry, why.partition(":")[0], why, key)
        if circle := why_too_many(entry.hops):
            return self._not_entered(journey, entry, "circle", circle, key)
        control = self.engine.catalogue.control(journey.name)
        if control.entries == STOPPED or (control.entries == PAUSED and instead_of is None):
            return self._closed(journey, entry, key, control)
        for oldest in forgotten([run for run in beside if is_kept(run, self.now)]):
            self.change.put_run(changed(oldest, needed_until=self.now))
        return Admission(self._begin(journey, entry, key, run_id))

    def _runs(self, journey: str) -> list[Run]:
        """Return the customer's runs in a journey, this change included."""
        runs = {**self.file.runs, **self.change.runs}
        return [run for (name, _), run in runs.items() if name == journey]

    def _closed(self, journey: CompiledJourney, entry: EntryEvent, key: str, control: Control) -> Admission:
        if entry.waits:
            raise EntriesClosed(control.entries)
        return self._not_entered(journey, entry, control.entries, control.entries, key, control.reason)

    def _not_entered(
        self,
        journey: CompiledJourney,
        entry: EntryEvent,
        word: str,
        why: str,
        key: str = "",
        detail: str = "",
    ) -> Admission:
        """Tell *why*, if anything is to be told."""
        if why:
            self.change.happened.append(
                Happening(
                    self.now, self.file.profile.id, journey.name, journey.version, "", "not_entered", "", why,
                    _details(entry, key) | ({"detail": detail} if detail else {}),
                )
            )  # fmt: skip
        return Admission(None, word)

    def _begin(self, journey: CompiledJourney, entry: EntryEvent, key: str, run_id: str) -> Run:
        customer = self.file.profile.id
        holdout = in_holdout(
            journey.name,
            self.change.profile or self.file.profile,
            journey.enter.holdout,
            self.engine.catalogue.policy.salt,
        )
        run = Run(
            id=run_id, customer=customer, journey=journey.name, version=journey.version, key=key, entered=self.now,
            begun=self.now, execution=run_id, entry=dict(entry.properties), entry_event=entry.name, entry_id=entry.id,
            holdout=holdout, hops=entry.hops,
        )  # fmt: skip
        running = Running(self.engine, self.file, run, self.now, self.change)
        self.change.put_run(run)
        running.tell("entered", by=entry.name, **_details(entry, key), holdout=holdout)
        state = {"run": run_id, "customer": customer, "steps": {seed: {} for seed in journey.enter.seeds}}
        state = running.conclude("", "", {}, state, journey.enter.then)
        if running.parked:
            running.put(execution=run_id, continued=0)
        if running.run.active:
            running.put(last={STARTING: (run_id, "", state)})
            entered = running.run
            self.after.append(lambda: start_run(self.engine, entered))
        return running.run


def _details(entry: EntryEvent, key: str) -> dict[str, str]:
    """Return what the ledger tells of an entry, taken or not, besides who made it and why not."""
    said = {"key": key, "source": entry.source}
    return {name: value for name, value in said.items() if value}


def _run_id(profile: Profile, journey: str, key: str, entry_id: str) -> str:
    """Return the id of the run that an event begins, the same at each delivery of it.

    It names an execution, and such a name stays taken for 90 days: an event that comes once more after its customer
    was erased begins another run, for somebody heard of since.
    """
    since = () if profile.since is None else (iso(profile.since),)
    return f"{journey[:40]}-{digest(profile.id, journey, key, entry_id, *since)}"


def start_again(engine: Engine, file: CustomerFile) -> None:
    """After a crash between writing runs and starting them: start those not heard of; twice does nothing."""
    do_all(partial(start_run, engine, run) for run in file.runs.values())

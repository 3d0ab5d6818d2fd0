"""Enters customers into journeys: under the journey's own rules, once per event, one run at once per key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import digest
from sojourn.application.following import do_all
from sojourn.application.running import Running, start_run
from sojourn.application.starting import STARTING
from sojourn.application.view import View
from sojourn.domain.condition.lazily import compile_condition
from sojourn.domain.condition.types import NoValue
from sojourn.domain.customer.rows import Change, Run
from sojourn.domain.decide.entering import in_holdout, why_not_enter, why_too_many
from sojourn.domain.ledger import Happening
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.application.ports import Engine
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.customer.rows import CustomerFile, Profile


@dataclass(frozen=True, slots=True)
class EntryEvent:
    """What makes a customer enter: an event, a segment change, an API call, a row of an audience.

    Args:
        hops: how many journeys in quick succession led to it: 0 for what a person did.
    """

    name: str
    id: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    hops: int = 0


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
    ) -> bool:
        """Enter the customer if the journey's rules allow; say whether they did.

        Args:
            instead_of: the run that was ended to begin again: its key stays, whatever `again` says.
            ask: whether `where` is asked: it is about the journey's own trigger, not about a redirect's event.
        """
        rules = journey.enter
        profile = self.change.profile or self.file.profile
        view = View(
            self.engine, profile, self.now, event=entry.properties, entry=entry.properties,
            arrived=self.change.event,
        )  # fmt: skip
        if ask and rules.where and not compile_condition(rules.where).evaluate(view).value:
            return False
        key = instead_of.key if instead_of is not None else ""
        if rules.key and instead_of is None:
            try:
                key = str(compile_condition(rules.key).value(view))
            except NoValue as missing:
                self._not_entered(journey, f"no key: {missing.reason}", "")
                return False
            if not key:
                self._not_entered(journey, f"no key: {rules.key} is empty", "")
                return False
        last = self.change.runs.get((journey.name, key)) or self.file.runs.get((journey.name, key))
        run_id = _run_id(profile, journey.name, key, entry.id)
        if last is not None and last.id == run_id:
            self.after.append(lambda: start_run(self.engine, last))
            return True
        why = why_not_enter(rules, last, self.now, self._running(journey.name) if key else 0)
        if why and not (instead_of is not None and last is not None and not last.active):
            self._not_entered(journey, why, key)
            return False
        if circle := why_too_many(entry.hops):
            self._not_entered(journey, circle, key)
            return False
        self._begin(journey, entry, key, run_id)
        return True

    def _running(self, journey: str) -> int:
        """Return how many runs of the customer go on in a journey."""
        runs = {**self.file.runs, **self.change.runs}
        return sum(run.active for (name, _), run in runs.items() if name == journey)

    def _not_entered(self, journey: CompiledJourney, why: str, key: str) -> None:
        profile = self.file.profile
        details = {"key": key} if key else {}
        self.change.happened.append(
            Happening(
                self.now, profile.id, journey.name, journey.version, "", "not_entered", "", why, details
            )
        )

    def _begin(self, journey: CompiledJourney, entry: EntryEvent, key: str, run_id: str) -> None:
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
        running.tell("entered", by=entry.name, **({"key": key} if key else {}), holdout=holdout)
        state = {"run": run_id, "customer": customer, "steps": {seed: {} for seed in journey.enter.seeds}}
        state = running.conclude("", "", {}, state, journey.enter.then)
        if running.parked:
            running.put(execution=run_id, continued=0)
        if running.run.active:
            running.put(last={STARTING: (run_id, "", state)})
            entered = running.run
            self.after.append(lambda: start_run(self.engine, entered))


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

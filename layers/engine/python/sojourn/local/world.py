"""A world: one deployment, a virtual clock, and everything in memory around it. A 30-day wait takes no time.

The composition root of the local runtime. What runs here is what runs on AWS: the compiled state machines, and
the application's use cases as their tasks.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from sojourn.adapters.memory.catalogue import MemoryContents
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.adapters.memory.outside import MemoryBus, MemoryLinks, MemorySender, MemoryWebhooks, Unpaced
from sojourn.application.attempting import digest
from sojourn.application.audience import is_member
from sojourn.application.closing import close_run
from sojourn.application.desk import TASK_RAISED, end_task
from sojourn.application.enrol import EntryEvent
from sojourn.application.identifying import whose
from sojourn.application.ports import Engine
from sojourn.application.route import Incoming, enter_by_api, route
from sojourn.application.running import Running
from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.application.sweeping import SWEEP_AT, sweep_segments
from sojourn.application.view import View
from sojourn.application.waiting import begin_waiting
from sojourn.domain.condition.evaluation import compile_condition
from sojourn.domain.customer.rows import Change, Event, Profile, changed
from sojourn.domain.decide.follow import WaitTooLong
from sojourn.domain.decide.reaching import zone_of
from sojourn.domain.decide.segments import membership
from sojourn.domain.journey.model.workspace import CHANNELS
from sojourn.domain.time.instants import iso
from sojourn.domain.time.schedules import Occurrence, next_occurrence, occurrences, parse_schedule
from sojourn.errors import AuthorError, Conflict, TransientError
from sojourn.local.clock import VirtualClock
from sojourn.local.executions import LocalExecutions
from sojourn.local.states.interpreter import Interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sojourn.application.desk import Answer
    from sojourn.application.ports import Outbound, Outgoing, TaskRef, Webhooks
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.decide.segments import SegmentRule
    from sojourn.domain.ledger import Happening
    from sojourn.local.deployment import Deployment


_FATES: tuple[type[Exception], ...] = (
    WaitTooLong,
    Conflict,
    TransientError,
    *TransientError.__subclasses__(),
)
FATES = {kind.__name__ for kind in _FATES}
"""What can end a run as failed, and is no mistake of ours."""


_MOMENT = timedelta(microseconds=1)


class World:
    """Customers live, events happen, journeys run.

    Args:
        ledger: told everything that happens, as it is committed.
        on_sent: told of every message a provider took.
        webhooks: answers calls; without it, `world.webhooks` does.
        trusted: state data is not copied between the machines and the use cases, which change none of it. Tests
            and scenarios leave this to the simulation, so that they would find a use case that does.
    """

    def __init__(
        self, deployment: Deployment, start: datetime, ledger: Callable[[Happening], None],
        on_sent: Callable[[Outgoing], None] | None = None, webhooks: Webhooks | None = None, *, trusted: bool = False,
    ) -> None:  # fmt: skip
        self.deployment = deployment
        self.clock = VirtualClock(start)
        self.customers = MemoryCustomers(ledger)
        self.webhooks = MemoryWebhooks()
        taken = on_sent or _nothing
        self.senders: dict[str, MemorySender] = {channel: MemorySender(taken) for channel in CHANNELS}
        handlers = {"step": self._step, "send": self._send}
        self.interpreter = Interpreter(self.clock, handlers, trusted=trusted)
        self.executions = LocalExecutions(self.clock, self.interpreter, deployment, self._failed)
        self.engine = Engine(
            clock=self.clock, customers=self.customers, executions=self.executions, catalogue=deployment.catalogue,
            contents=MemoryContents(deployment.messages), bus=MemoryBus(self._on_bus), links=MemoryLinks(),
            pace=Unpaced(), dice=_never_apart, senders=self.senders, webhooks=webhooks or self.webhooks,
        )  # fmt: skip
        self._ids = count(1)
        self._known: list[str] = []
        self._one_by_one = False
        self._emitted, self._emitted_at = 0, start
        self._swept = start
        self._fault: Exception | None = None

    def _step(self, payload: Any) -> Any:
        return self._watched(begin_waiting if "token" in payload else do_step, payload)

    def _send(self, payload: Any) -> Any:
        return self._watched(do_send, payload)

    def _watched(self, task: Callable[[Engine, Any], Any], payload: Any) -> Any:
        """Do a task; remember what it raises, to report our own mistakes with where they were made."""
        try:
            return task(self.engine, payload)
        except Exception as fault:
            self._fault = fault
            raise

    def _failed(self, customer: str, run: str, execution: str, error: str, cause: str) -> None:
        if error == AuthorError.__name__:
            raise AuthorError(json.loads(cause)["errorMessage"])
        if not error.startswith("States.") and error not in FATES:
            raise RuntimeError(f"{error} in a task of {execution}: {cause}") from self._fault
        close_run(self.engine, customer, run, execution, error, cause)

    def _on_bus(self, event: Outbound) -> None:
        """What a journey emits is something that happened: it comes back in, as the bus's rule brings it on AWS."""
        if event.name == TASK_RAISED:
            return
        now = self.clock.now()
        self._emitted = self._emitted + 1 if now == self._emitted_at else 1
        self._emitted_at = now
        if self._emitted > 1_000 * (1 + len(self._known)):
            raise AuthorError(
                f'"{event.name}" is emitted without end at {iso(now)}: what it releases emits it again'
            )
        came = Event(event.id, event.name, now, event.properties, now, event.hops)
        self.clock.call_at(self.clock.now(), partial(self._came_back, event.customer, came))

    def _came_back(self, customer: str, event: Event) -> None:
        self.route(Incoming(customer, event))

    def add_customer(self, profile: Profile) -> None:
        """Let a customer be known, and be in the segments whose conditions hold, without entering anything."""
        rules = self.engine.catalogue.segments

        def belongs(rule: SegmentRule, members: frozenset[str]) -> bool:
            view = View(self.engine, changed(profile, segments=members), self.clock.now())
            return compile_condition(rule.when).evaluate(view).value

        known = changed(
            profile, segments=membership(rules, {rule.name for rule in rules}, frozenset(), belongs)
        )
        self.customers.commit(self.customers.load(profile.id), Change(profile=known))
        self._known.append(profile.id)

    def happen(
        self,
        customer: str,
        name: str,
        properties: Mapping[str, Any],
        event_id: str = "",
        attributes: Mapping[str, Any] | None = None,
        **who: Any,
    ) -> bool:
        """Let a customer do something now; False where this event id was delivered before.

        Args:
            who: `identities` and `merge`, see `Incoming`.
        """
        now = self.clock.now()
        event = Event(event_id or f"event-{next(self._ids)}", name, now, properties, now)
        return self.route(Incoming(customer, event, attributes or {}, **who))

    def route(self, incoming: Incoming) -> bool:
        """Bring an event in."""
        new = route(self.engine, incoming)
        if incoming.identities or incoming.merge:
            self._one_by_one = True
            customer = self.customers.load(whose(self.engine, incoming)).profile.id
            if customer not in self._known:
                self._known.append(customer)
        return new

    def _everybody(self) -> list[str]:
        """Return all customers; none who became another."""
        if not self._one_by_one:
            return self._known
        return [one for one in self._known if self.customers.load(one).profile.id == one]

    def enter(self, customer: str, journey: str, properties: Mapping[str, Any]) -> bool:
        """Enter a customer into a journey through the API."""
        return self.enter_with(customer, journey, EntryEvent("api", f"api-{next(self._ids)}", properties))

    def enter_with(self, customer: str, journey: str, entry: EntryEvent) -> bool:
        """Enter a customer into a journey without an event: by the API, or by its schedule."""
        return enter_by_api(self.engine, customer, journey, entry)

    def end_task(self, task: TaskRef, answer: Answer) -> None:
        """Let a person end a task."""
        end_task(self.engine, task, answer)

    def plan_schedules(self, until: datetime) -> None:
        """Plan every scheduled entry, and the daily sweep of time-dependent segments, up to *until*."""
        zone = self.engine.catalogue.policy.timezone
        for journey in self.deployment.catalogue.all_current():
            if journey.enter.schedule:
                schedule, begins = parse_schedule(journey.enter.schedule), self.clock.now() - _MOMENT
                for one in occurrences(schedule, begins, until - _MOMENT, journey.enter.zone or zone):
                    self.clock.call_at(one.at, partial(self._scheduled, journey, one))
        if any(rule.timed for rule in self.engine.catalogue.segments):
            daily = parse_schedule(f"daily {SWEEP_AT}")
            at = next_occurrence(daily, self.clock.now(), zone)
            while at < until:
                self.clock.call_at(at, self._sweep)
                at = next_occurrence(daily, at, zone)

    def _scheduled(self, journey: CompiledJourney, occurrence: Occurrence) -> None:
        """Let a schedule's time begin: everybody is asked at once, or when it is that time on their own clock."""
        if occurrence.wall is None:
            self._enter_members(journey, occurrence, self._everybody())
            return
        by_instant: dict[datetime, list[str]] = {}
        for customer in self._everybody():
            zone = zone_of(self.customers.load(customer).profile, self.engine.catalogue.policy).name
            by_instant.setdefault(occurrence.instant(zone), []).append(customer)
        for at, customers in sorted(by_instant.items()):
            self.clock.call_at(
                max(at, self.clock.now()), partial(self._enter_members, journey, occurrence, customers)
            )

    def _enter_members(self, journey: CompiledJourney, occurrence: Occurrence, customers: list[str]) -> None:
        for customer in customers:
            if is_member(self.engine, journey.enter.segment, customer):
                entry_id = digest(journey.name, customer, occurrence.id)
                self.enter_with(customer, journey.name, EntryEvent("schedule", entry_id, {}))

    def _sweep(self) -> None:
        since, self._swept = self._swept, self.clock.now()
        for customer in self._everybody():
            sweep_segments(self.engine, customer, since)

    def catch_up(self) -> None:
        """Tell the timeouts that have passed: a run tells its own only when its next task comes, perhaps much later."""
        now = self.clock.now()
        for customer in self._everybody():
            for run_id in [run.id for run in self.customers.load(customer).runs.values() if run.active]:
                file = self.customers.load(customer)
                run = file.run(run_id)
                if run is not None:
                    running = Running(self.engine, file, run, now)
                    running.sweep(None)
                    running.commit()

    @property
    def busy(self) -> bool:
        """Whether any run goes on."""
        return any(
            run.active
            for customer in self._everybody()
            for run in self.customers.load(customer).runs.values()
        )


def _never_apart() -> float:
    return 0.0


def _nothing(_: Outgoing) -> None:
    return

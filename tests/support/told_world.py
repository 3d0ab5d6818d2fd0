"""A world that is a deployment on the embedded AWS, for whoever plays a scenario: events go in over the bus, what came
of them is read from the table.

Time is told (`told_stage`): it stands still while anything moves there, and then goes on to what is due next: something
that the scenario plans, a wait, a timeout. So things happen there at the very instants at which they happen here. That
all is still is seen by three signs: no function is at work for these customers, for a while nothing began, and all has
happened that our own interpreter tells of that instant (for which it is waited a while, and not for ever: what does
not come is for the scenario's expectations to find).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.application.desk import TASK_RAISED, Answer
from sojourn.application.ports import TaskRef
from sojourn.domain.customer.rows import Event, Send
from sojourn.domain.ledger import Happening
from sojourn.domain.time.instants import iso
from sojourn.local.world import World
from tests.support.cloud import eventually
from tests.support.told_clock import ToldClock
from tests.support.told_doors import Doors
from tests.support.told_stage import Timer, ToldStage

if TYPE_CHECKING:
    from sojourn.local.deployment import Deployment

STILL = 0.15
"""Real seconds in which nothing begins: between two states of a machine there are some hundredths."""
PATIENCE = 12.0
"""Real seconds for what ought to happen; and, once something did not, for the rest of the story."""
NO_PATIENCE = 1.0
LOOK_EVERY = 0.05
FAR = datetime.max.replace(tzinfo=UTC)
INSTANTS = ("until", "entered")
"""The details of a happening that are instants: the table has them as texts."""
Fact = tuple[str, str, str, str]


class Provider:
    """A channel's provider, which does what a scenario says."""

    def __init__(self, fail: Callable[[str], None]) -> None:
        self._fail = fail
        self._fault = ""

    @property
    def fault(self) -> str:
        """What it does instead of sending."""
        return self._fault

    @fault.setter
    def fault(self, fault: str) -> None:
        self._fault = fault
        self._fail(fault)


class Rows(DynamoCustomers):
    """The table as the player of a scenario reads it: besides, all sends of a customer."""

    def sends(self, customer: str) -> list[Send]:
        """Return a customer's sends, oldest first."""
        values = {":pk": {"S": keys.customer(customer)}, ":sends": {"S": keys.SENDS}}
        found = self._query("pk = :pk AND begins_with(sk, :sends)", values)
        return sorted((rows.row(Send, item) for item in found), key=lambda send: send.at)


class ToldWorld(World):
    """A `World` on the embedded AWS.

    Args:
        ours: what our own interpreter tells of the same scenario.
    """

    def __init__(
        self, deployment: Deployment, start: datetime, ledger: Callable[[Happening], None], stage: ToldStage,
        ours: list[Happening],
    ) -> None:  # fmt: skip
        super().__init__(deployment, start, ledger)
        self._stage, self._cloud, self._ledger, self._ours = stage, stage.cloud, ledger, ours
        told = ToldClock(start, self._go_on)
        self._told = told
        self.clock: Any = told
        self.customers: Any = Rows(self._cloud.client("dynamodb"), self._cloud.table, told)
        self.senders: Any = {channel: Provider(partial(self._fail, channel)) for channel in self.senders}
        self._faults: dict[str, str] = {}
        self._waits: list[tuple[datetime, Timer]] = []
        self._timed_out: set[str] = set()
        self._put: Counter[str] = Counter()
        self._patience = PATIENCE
        self._doors = Doors(stage, self.customers, told)

    @property
    def _who(self) -> tuple[str, ...]:
        return tuple(self._known)

    def plan_schedules(self, until: datetime) -> None:
        """Plan nothing: nobody enters by a schedule there."""

    def enter(self, customer: str, journey: str, properties: Mapping[str, Any]) -> bool:
        """Enter nobody: see `told_scenarios`."""
        raise ValueError(f"nobody enters {customer} into {journey} there")

    def happen(
        self, customer: str, name: str, properties: Mapping[str, Any], event_id: str = "",
        attributes: Mapping[str, Any] | None = None, **who: Any,
    ) -> bool:  # fmt: skip
        """Let an application, or a provider, tell something now."""
        if self._doors.told(customer, name, properties):
            return True
        known = event_id or f"{customer}:{sum(self._put.values()) + 1}"
        said = {name: value for name, value in who.items() if value}
        self._put[known] += 1
        self._cloud.put(
            name, customer, properties, id=known, time=iso(self._told.now()), attributes=dict(attributes or {}),
            **said,
        )  # fmt: skip
        self._wait(lambda: self._noted("ends", "route", known) >= self._put[known])
        return True

    def end_task(self, ref: TaskRef, answer: Answer) -> None:
        """Let a person end a task, over the HTTP API."""
        run = self.customers.load(ref.customer).run(ref.run)

        def found() -> list[Event]:
            return [
                event
                for event in self.customers.events(ref.customer, TASK_RAISED)
                if (event.at, event.properties["journey"]) == (ref.since, run.journey)
            ]

        # It comes back from the bus, through a queue.
        (raised,) = eventually(found)
        self._doors.end_task(ref.customer, raised.properties["url"], answer)

    def catch_up(self) -> None:
        """Read what happened; what happened in one instant comes in our interpreter's order, as there is none."""
        place = {(one.at, _fact(one)): number for number, one in enumerate(self._ours)}
        nowhere = len(place)
        told = sorted(self._happened(), key=lambda one: (one.at, place.get((one.at, _fact(one)), nowhere)))
        for one in told:
            self._ledger(one)

    @property
    def busy(self) -> bool:
        """Whether any run goes on."""
        return any(
            run.active for customer in self._who for run in self.customers.load(customer).runs.values()
        )

    def _fail(self, channel: str, fault: str) -> None:
        self._faults[channel] = fault
        self._stage.fail(self._who, self._faults)

    def _go_on(self, until: datetime) -> None:
        """Let time go on from one thing that is due to the next, up to *until*."""
        if not (self._stage.folder / self._who[0]).exists():
            self._stage.begin(self._who, self._told.now())
        while (due := self._next()) is not None and due <= until:
            self._tell(due)
            for action in self._told.due():
                action()
            self._settle()
        self._tell(until)

    def _tell(self, at: datetime) -> None:
        self._told.set(at)
        self._stage.tell(self._who, self._told.now())

    def _next(self) -> datetime | None:
        planned = self._told.next()
        known = [planned] if planned is not None else []
        deadlines = [deadline for deadline, _ in self._deadlines()]
        return min([*known, *(due for due, _ in self._waits), *deadlines], default=None)

    def _deadlines(self, run: str = "") -> list[tuple[datetime, str]]:
        """Return when tasks time out that nobody has answered, of all runs or one, and their tokens."""
        return [
            (waiter.deadline or FAR, waiter.token)
            for customer in self._who
            for waiter in self.customers.load(customer).waiters.values()
            if run in ("", waiter.run) and waiter.token and not waiter.released
            if waiter.token not in self._timed_out
        ]

    def _release(self) -> None:
        """End the waits that are over, and let time out what is."""
        for customer in self._who:
            timers = self._stage.timers[customer]
            while timers:
                timer = timers.pop(0)
                self._waits.append((timer.due(self._told.now()), timer))
        now = self._told.now()
        over, self._waits = [w for w in self._waits if w[0] <= now], [w for w in self._waits if w[0] > now]
        for _, timer in over:
            self._stage.succeed(timer.token)
        for deadline, token in self._deadlines():
            if deadline <= now:
                self._timed_out.add(token)
                self._stage.time_out(token)

    def _settle(self) -> None:
        """Wait until all is still, and nothing is left that is due."""
        give_up = time.monotonic() + self._patience
        while True:
            self._release()
            if self._is_still():
                if not self._missing():
                    return
                if time.monotonic() > give_up:
                    self._patience = NO_PATIENCE
                    return
            elif time.monotonic() > give_up + PATIENCE:
                return
            time.sleep(LOOK_EVERY)

    def _is_still(self) -> bool:
        """Say whether no function is at work, none has begun for a while, and all executions wait for the teller."""
        before = self._stage.noted(self._who)
        begun = Counter(how for how, *_ in before)
        if begun["begins"] != begun["ends"]:
            return False
        time.sleep(STILL)
        return all(map(self._waits_there, self._who)) and len(self._stage.noted(self._who)) == len(before)

    def _waits_there(self, customer: str) -> bool:
        """Say whether each of a customer's executions waits for what we know, and for nothing that is due."""
        file, now = self.customers.load(customer), self._told.now()
        for run in file.runs.values():
            if run.active:
                known = [at for at, timer in self._waits if timer.run == run.id]
                known += [at for at, _ in self._deadlines(run.id)]
                if min(known, default=now) <= now or self._stage.open_tasks(run) != len(known):
                    return False
        return True

    def _missing(self) -> Counter[Fact]:
        """Return what happens by now as our interpreter tells it, and has not there."""
        ours = Counter(_fact(one) for one in self._ours if one.at <= self._told.now())
        return ours - Counter(_fact(one) for one in self._happened())

    def _happened(self) -> list[Happening]:
        return [
            Happening(**{**one, "at": datetime.fromisoformat(one["at"]), "details": _details(one["details"])},
                      customer=customer)
            for customer in self._who
            for row in self._cloud.rows(customer, keys.LEDGER)
            for one in row["happened"]
        ]  # fmt: skip

    def _noted(self, how: str, function: str, what: str) -> int:
        return self._stage.noted(self._who).count((how, function, what))

    def _wait(self, done: Callable[[], bool]) -> None:
        give_up = time.monotonic() + PATIENCE
        while not done() and time.monotonic() < give_up:
            time.sleep(LOOK_EVERY)


def _fact(one: Happening) -> Fact:
    return one.customer, one.journey, one.what, one.step


def _details(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in INSTANTS and isinstance(value, str) else value
        for name, value in told.items()
    }

"""The use cases with every collaborator in the open: nothing runs by itself, and anything can be made to crash once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn.adapters.memory.catalogue import MemoryContents
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.adapters.memory.outside import MemoryLinks
from sojourn.application.ports import Engine, Outbound, Outgoing
from sojourn.application.route import Incoming, route
from sojourn.domain.customer.rows import Change, CustomerFile, Event, Profile, Run, Send
from sojourn.domain.ledger import Happening
from sojourn.errors import LostRace, MachineGone, TransientError
from tests.support.workspaces import MESSAGE, SEGMENTS, deployed

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Profile(
    "ana", email="ana@example.com", phone="+12025550123", device="token-a", timezone="America/New_York"
)


class Crash(BaseException):
    """The process died here: nothing of ours hears of it."""


@dataclass
class SetClock:
    """A clock that stands still until it is moved."""

    at: datetime = START
    paused: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)

    def pass_by(self, **duration: float) -> None:
        self.at += timedelta(**duration)


class ContestedCustomers(MemoryCustomers):
    """Customers to whom something happens just before a commit: one of `meanwhile` per commit.

    What is asked of the storage is noted in `asked`, one word for each call.
    """

    def __init__(self, ledger: Callable[[Happening], None]) -> None:
        super().__init__(ledger)
        self.meanwhile: list[Callable[[], object] | None] = []
        self.asked: list[str] = []

    def load(self, customer: str, *, leaving: bool = False) -> CustomerFile:
        self.asked.append("load")
        return super().load(customer, leaving=leaving)

    def events(
        self, customer: str, name: str, since: datetime | None = None, also: Sequence[str] = ()
    ) -> Sequence[Event]:
        self.asked.append("events" if since is None else "events since")
        return super().events(customer, name, since, also)

    def event(self, customer: str, event_id: str, also: Sequence[str] = ()) -> Event | None:
        self.asked.append("event")
        return super().event(customer, event_id, also)

    def send(self, customer: str, send_id: str, also: Sequence[str] = ()) -> Send | None:
        self.asked.append("send")
        return super().send(customer, send_id, also)

    def known_by(self, kind: str, value: str) -> Sequence[str]:
        self.asked.append("known_by")
        return super().known_by(kind, value)

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        self.asked.append("commit")
        act = self.meanwhile.pop(0) if self.meanwhile else None
        if act is not None:
            act()
        return super().commit(file, change)


@dataclass
class Recorder:
    """What is called, and what raises once instead: (before or after it took effect)."""

    before: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)

    def fail_before(self) -> None:
        if self.before:
            raise self.before.pop(0)

    def fail_after(self) -> None:
        if self.after:
            raise self.after.pop(0)


@dataclass
class RecordedExecutions(Recorder):
    """Executions that only note what is asked of them; a token in `over` has lost its race.

    The journeys in `gone` have no state machine any more, and those in `shut` cannot be started for now.
    """

    started: dict[str, tuple[Mapping[str, Any], datetime | None]] = field(default_factory=dict)
    answered: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)

    def start(
        self, journey: str, version: str, name: str, state: Mapping[str, Any], at: datetime | None = None
    ) -> None:
        self.fail_before()
        if journey in self.gone and at is None:
            raise MachineGone(f"StateMachineDoesNotExist: {journey}")
        if journey in self.shut:
            raise TransientError("StartExecution")
        self.started.setdefault(name, (state, at))

    def succeed(self, token: str, state: Mapping[str, Any]) -> None:
        self.fail_before()
        if token in self.over:
            raise LostRace(token)
        self.answered.append((token, state))

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        self.fail_before()
        self.stopped.append(name)


@dataclass
class RecordedBus(Recorder):
    """A bus that remembers what was put on it."""

    events: list[Outbound] = field(default_factory=list)

    def put(self, event: Outbound) -> None:
        self.fail_before()
        self.events.append(event)


@dataclass
class SetPace:
    """Room for every message, but for as many as have an answer in `waits`: how many seconds they are to wait."""

    waits: list[float] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def take(self, channel: str) -> float:
        self.asked.append(channel)
        return self.waits.pop(0) if self.waits else 0.0


@dataclass
class Provider(Recorder):
    """A provider that remembers what it took."""

    taken: list[Outgoing] = field(default_factory=list)

    def send(self, outgoing: Outgoing) -> str:
        self.fail_before()
        self.taken.append(outgoing)
        self.fail_after()
        return f"provider-{len(self.taken)}"


@dataclass
class CountedWebhooks(Recorder):
    """Webhooks that answer with how often they were called."""

    calls: list[str] = field(default_factory=list)

    def call(self, call_id: str, url: str, payload: Mapping[str, Any], step: str) -> tuple[int, Any]:
        self.fail_before()
        self.calls.append(call_id)
        return 200, {"n": len(self.calls)}


class Room:
    """An engine of fakes, one customer, `ana`, and the journeys j, k, … given as YAML."""

    def __init__(
        self, *journeys: str, workspace: str = "", message: str = MESSAGE, person: Profile = ANA,
        segments: str = SEGMENTS,
    ) -> None:  # fmt: skip
        self.deployment = deployed(*journeys, workspace=workspace, message=message, segments=segments)
        self.clock = SetClock()
        self.happened: list[Happening] = []
        self.customers = ContestedCustomers(self.happened.append)
        self.executions = RecordedExecutions()
        self.bus = RecordedBus()
        self.email, self.sms, self.push, self.whatsapp = Provider(), Provider(), Provider(), Provider()
        self.webhooks = CountedWebhooks()
        self.pace = SetPace()
        self.luck = 0.0
        self.engine = Engine(
            clock=self.clock, customers=self.customers, executions=self.executions,
            catalogue=self.deployment.catalogue, contents=MemoryContents(self.deployment.messages), bus=self.bus,
            webhooks=self.webhooks, links=MemoryLinks(), pace=self.pace, dice=lambda: self.luck,
            senders={"email": self.email, "sms": self.sms, "push": self.push, "whatsapp": self.whatsapp},
        )  # fmt: skip
        self.customers.commit(self.customers.load(person.id), Change(profile=person))

    def happen(
        self, name: str, event_id: str = "", becomes: Mapping[str, Any] | None = None, *,
        their_clock: datetime | None = None, hops: int = 0, **properties: Any,
    ) -> bool:  # fmt: skip
        """Let ana do something now, and become something by it.

        Args:
            their_clock: when it happened, by the clock of whoever tells it.
        """
        event_id = event_id or f"{name}-{self.clock.at.isoformat()}"
        event = Event(event_id, name, their_clock or self.clock.at, properties, hops=hops)
        return route(self.engine, Incoming("ana", event, becomes or {}))

    def run(self, journey: str = "j", key: str = "") -> Run:
        """Return the run of a journey."""
        return self.customers.load("ana").runs[(journey, key)]

    def state(self, journey: str = "j") -> Mapping[str, Any]:
        """Return the state that a journey's execution was started with."""
        return self.executions.started[self.run(journey).execution][0]

    def payload(
        self, step: str, state: Mapping[str, Any] | None = None, token: str = "", journey: str = "j"
    ) -> Any:
        """Return what the state machine would hand the task of *step* now.

        Args:
            state: the run's state; what its execution was started with, unless given.
        """
        compiled = self.deployment.catalogue.current(journey)
        assert compiled is not None
        parameters = compiled.definition["States"][step]["Parameters"]
        given = {
            name: part
            for name, part in parameters.get("Payload", parameters).items()
            if not name.endswith(".$")
        }
        entered = self.clock.at.isoformat().replace("+00:00", "Z")
        given |= {
            "state": state or self.state(journey),
            "entered": entered,
            "execution": self.run(journey).execution,
        }
        return given | ({"token": token} if token else {})

    def told(self, *whats: str) -> list[str]:
        """Return what happened, of these kinds, as `what step reason`."""
        return [
            f"{one.what} {one.step} {one.reason}".strip().replace("  ", " ")
            for one in self.happened
            if one.what in whats
        ]

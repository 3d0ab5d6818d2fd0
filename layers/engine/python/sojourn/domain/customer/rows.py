"""What is known about a customer, as frozen rows: profile, runs, waiters, sends, events.

The hot rows (profile, runs, waiters, recent sends) are read together and written together, guarded by one
revision: `CustomerFile` is what a use case reads, `Change` what it wants written, all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sojourn.domain.ledger import Happening


Row = TypeVar("Row")


def changed(row: Row, **fields: Any) -> Row:
    """Return a frozen row with some fields changed: `dataclasses.replace` at a third of its cost.

    Rows are changed several times a step, so that a simulation of many customers makes millions of them.
    """
    kind: Any = type(row)
    values, setters = _access(kind)
    made: Row = object.__new__(kind)
    for setter, value in zip(setters.values(), values(row), strict=True):
        setter(made, value)
    for name, value in fields.items():
        setters[name](made, value)
    return made


@cache
def _access(kind: Any) -> tuple[Callable[[Any], tuple[Any, ...]], dict[str, Callable[[Any, Any], None]]]:
    """Return what reads all fields of a kind of row at once, and what sets each."""
    names = tuple(kind.__dataclass_fields__)
    return attrgetter(*names), {name: getattr(kind, name).__set__ for name in names}


EVERY_TOPIC = "*"
"""Stands for all topics in a customer's consents; what was said of one topic since then counts more."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a customer is.

    Args:
        consents: (topic, channel) -> opted in; what is absent has the topic's default.
        suppressed: channel -> why it must not be used (`bounce`, `complaint`, `stop`).
        segments: the segments the customer is in now.
        holdout: puts the customer in every holdout, or in none; None leaves it to chance.
        since: when they were first heard of: who is erased and comes again is somebody else, of whom nothing is known,
            and what was begun for the one is not continued for the other. None where they were not heard of but added.
    """

    id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    timezone: str | None = None
    locale: str | None = None
    email: str | None = None
    phone: str | None = None
    device: str | None = None
    consents: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    suppressed: Mapping[str, str] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    holdout: bool | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something a customer did; `id` makes a second delivery known.

    Args:
        at: when it happened, by the clock of whoever reported it; never after it was received.
        received: when it reached us, by our clock; None until then.
        hops: how many journeys in quick succession led to it: 0 for what a person did.
    """

    id: str
    name: str
    at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)
    received: datetime | None = None
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One customer's passage through one journey version.

    Args:
        id: also the name of its first execution.
        execution: the execution it is in now, or goes on in later.
        begun: when that execution began.
        entry: the properties of the event or row that started it.
        entry_id: that event's id, so that a second delivery starts the same execution again, not another.
        status: `running` or `ended`.
        released: the last waits released, (lane, event id) each: along one path no event releases two.
        engaged: step -> what its message's reader did: `opened`, `clicked`, `replied`.
        last: per lane (path of a `parallel`, else ""), the task done last: its step, when it was entered, and
            its answer; a task repeated after a crash answers the same again. Under `@start`: the execution that no
            task was heard of yet, and what it begins with.
        hops: how many journeys in quick succession led to this run.
        at: per lane, the step the run is at now; empty once it ended.
        needed_until: until when an ended run is still asked about (`again`, a late goal); None for always.
    """

    id: str
    customer: str
    journey: str
    version: str
    key: str
    entered: datetime
    begun: datetime
    execution: str
    entry: Mapping[str, Any] = field(default_factory=dict)
    entry_event: str = ""
    entry_id: str = ""
    holdout: bool = False
    status: str = "running"
    ended: datetime | None = None
    exit_reason: str = ""
    goal_reached: bool = False
    continued: int = 0
    released: tuple[tuple[str, str], ...] = ()
    engaged: Mapping[str, frozenset[str]] = field(default_factory=dict)
    last: Mapping[str, tuple[str, str, Any]] = field(default_factory=dict)
    hops: int = 0
    at: Mapping[str, str] = field(default_factory=dict)
    needed_until: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether the run goes on."""
        return self.status != "ended"


@dataclass(frozen=True, slots=True)
class Waiter:
    """A step of a run that waits to be answered.

    Args:
        token: the task token; empty while the run is parked.
        releases: what releases it, as compiled; for a person's task, empty.
        then: what follows, as compiled, for whoever answers.
        state: the run's state when it began to wait: answering builds on it.
        released: the id of the event that released it, kept until the run's next task confirms.
    """

    run: str
    journey: str
    step: str
    token: str
    since: datetime
    deadline: datetime | None
    kind: str
    releases: tuple[Mapping[str, Any], ...]
    then: Mapping[str, Any]
    keep: tuple[str, ...]
    keep_paths: tuple[str, ...]
    state: Mapping[str, Any]
    lane: str = ""
    late: str = ""
    released: str = ""
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Send:
    """One message to one customer on one channel by one run.

    Args:
        status: `claimed` (the provider may or may not have it), `sent` or `failed`.
    """

    id: str
    customer: str
    run: str
    journey: str
    version: str
    step: str
    message: str
    channel: str
    topic: str
    marketing: bool
    at: datetime
    status: str = "claimed"
    provider_id: str = ""


@dataclass(slots=True)
class CustomerFile:
    """The hot rows of one customer, as read at one revision. Not to be changed: write a `Change`.

    Args:
        runs: (journey, key) -> the current run there, or the last one.
        recent: marketing sends within the longest cap's window, oldest first: (at, channel, topic).
    """

    profile: Profile
    revision: int = 0
    runs: Mapping[tuple[str, str], Run] = field(default_factory=dict)
    waiters: Mapping[tuple[str, str], Waiter] = field(default_factory=dict)
    recent: tuple[tuple[datetime, str, str], ...] = ()

    def run(self, run_id: str) -> Run | None:
        """Return the run with this id, None where it is no longer the current one of its key."""
        return next((run for run in self.runs.values() if run.id == run_id), None)


@dataclass(slots=True)
class Change:
    """What is to be written for one customer, all or nothing, if nobody wrote meanwhile.

    Args:
        event: an event that must not be stored yet.
        moved: the segment changes it brings about, stored as events too.
        claim: a send that must not exist yet.
        send: a send as it is now.
    """

    profile: Profile | None = None
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    waiters: dict[tuple[str, str], Waiter | None] = field(default_factory=dict)
    event: Event | None = None
    moved: list[Event] = field(default_factory=list)
    claim: Send | None = None
    send: Send | None = None
    recent: tuple[tuple[datetime, str, str], ...] | None = None
    happened: list[Happening] = field(default_factory=list)

    def put_run(self, run: Run) -> None:
        """Write *run*."""
        self.runs[(run.journey, run.key)] = run

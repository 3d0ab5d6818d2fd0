"""What is known about a customer, as frozen rows: profile, runs, waiters, sends, events.

The hot rows (profile, runs, waiters, recent sends) are read together and written together, guarded by one
revision: `CustomerFile` is what a use case reads, `Change` what it wants written, all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from sojourn.domain.customer.profile import APART, EVERY_TOPIC, MERGED, MERGING, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sojourn.domain.ledger import Happening


__all__ = [
    "APART", "EVERY_TOPIC", "MERGED", "MERGING", "Change", "CustomerFile", "Event", "Merge", "Profile", "Run",
    "Send", "Unfinished", "Waiter", "changed",
]  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Event:
    """Something a customer did; `id` makes a second delivery known.

    Args:
        at: when it happened, by the clock of whoever reported it; never after it was received.
        received: when it reached us, by our clock; None until then.
        hops: how many journeys in quick succession led to it: 0 for what a person did.
        context: where it happened: page, campaign, locale, zone. Kept, and no condition reads it.
    """

    id: str
    name: str
    at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)
    received: datetime | None = None
    hops: int = 0
    context: Mapping[str, Any] = field(default_factory=dict)


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
        entered_as: who the customer was when the run began, where they have become another since: by that id its
            splits are drawn, so that nobody changes sides within a run.
        answered: the last tasks that people ended, each as `<step> <when the run came to it>` -> (outcome, digest of
            the answer): who answers again hears what became of it.
        heir_of: the runs that ended because this one goes on, when two customers became one: what is done with
            their messages counts here.
        waits_since: since when it waits for a length of time, outside of paths; None where it does not.
        leaves: how it ends once its present wait is over, instead of going on; "" where it goes on.
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
    entered_as: str = ""
    answered: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    heir_of: tuple[str, ...] = ()
    waits_since: datetime | None = None
    leaves: str = ""

    @property
    def active(self) -> bool:
        """Whether the run goes on."""
        return self.status != "ended"

    def stands_for(self, run_id: str) -> bool:
        """Whether what is told of a message of that run is told of this one's."""
        return run_id == self.id or run_id in self.heir_of


@dataclass(frozen=True, slots=True)
class Waiter:
    """A step of a run that waits to be answered.

    Args:
        token: the task token; empty while the run is parked.
        releases: what releases it, as compiled; for a person's task, empty.
        then: what follows, as compiled, for whoever answers.
        state: the run's state when it began to wait: answering builds on it.
        released: the id of the event that released it, kept until the run's next task confirms.
        unsaid: what a person's task will say, which is not raised while sends are paused.
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
    unsaid: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """One message to one customer on one channel by one run.

    Args:
        status: `claimed` (the provider may or may not have it), `failed` (it has it not: the claim was given back),
            or what is known of it since: `sent`, `rejected`, `undelivered`, `delivered`, `bounced`, `complained`
            (`sojourn.domain.decide.delivery`).
        to: where it went, by `address_key`.
        heard: whether that address was known by hearsay then: what its reader says is not the customer's own word.
        did: what was told of it so far: `delivered`, `opened`, `opened.machine` and so on; each is counted once.
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
    to: str = ""
    heard: bool = False
    did: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An event that does more to a customer than one commit takes: what of it is still to be done.

    Args:
        event: it; stored already. None where segments were asked without one.
        acting: what is still to act, in order: kind and name of a trigger, and the event itself or a segment change
            that it brought about.
        asked: the segments to be asked once the event has acted.
        restarted: the journeys that the first that acts has begun again: it does not enter them besides.
        past: how far it has come, see `sojourn.application.acting`.
    """

    event: Event | None
    acting: tuple[tuple[str, str, Event], ...]
    asked: tuple[str, ...] = ()
    restarted: tuple[str, ...] = ()
    past: tuple[Any, ...] = ()


@dataclass(slots=True)
class CustomerFile:
    """The hot rows of one customer, as read at one revision. Not to be changed: write a `Change`.

    Args:
        unfinished: what is to be done before anything else happens to the customer.
        runs: (journey, key) -> the current run there, or the last one.
        recent: marketing sends within the longest cap's window, oldest first: (at, channel, topic).
        becoming: who the customer is just becoming, in several steps; see `Merge.whole`.
    """

    profile: Profile
    revision: int = 0
    runs: Mapping[tuple[str, str], Run] = field(default_factory=dict)
    waiters: Mapping[tuple[str, str], Waiter] = field(default_factory=dict)
    recent: tuple[tuple[datetime, str, str], ...] = ()
    unfinished: Unfinished | None = None
    becoming: str = ""

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
        unfinished: what is still to be done of the event; whatever was before, if *finished*, is done.
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
    unfinished: Unfinished | None = None
    finished: bool = False

    @property
    def rows(self) -> int:
        """How many rows this writes, the profile's and the ledger's among them, or a few less."""
        return 3 + len(self.runs) + len(self.waiters) + len(self.moved)

    def put_run(self, run: Run) -> None:
        """Write *run*."""
        self.runs[(run.journey, run.key)] = run


@dataclass(slots=True)
class Merge:
    """What is to be written so that one customer becomes another, all or nothing, if nobody wrote either meanwhile.

    Args:
        source: who is to be somebody else.
        into: who they are.
        change: what becomes of *into*: their profile, the runs and waiters they take over, what happened.
        taken: the runs of *source* that are dealt with, by journey and key; their waiters go with them.
        beaten: the runs, of either, that ended because of another of the same key: (journey, key) -> the run as it is
            now. They are kept where *source* was until their executions are stopped.
        whole: nothing of *source* is left; else more follows, and until then nobody may read them.
    """

    source: CustomerFile
    into: CustomerFile
    change: Change
    taken: tuple[tuple[str, str], ...] = ()
    beaten: dict[tuple[str, str], Run] = field(default_factory=dict)
    whole: bool = True

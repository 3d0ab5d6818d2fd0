"""Meters a world: which journey used how much of what, as the same work would on AWS.

The use cases and state machines are the real ones; what the table would charge is worked out from the very rows
that the DynamoDB adapter would write (`sojourn.adapters.dynamodb.changes`). What an event costs that does something
in several journeys is shared among them; what an event costs that does nothing in any is `Meter.idle`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import rows
from sojourn.adapters.dynamodb.changes import Writing, moves
from sojourn.adapters.dynamodb.customers import Keep
from sojourn.adapters.dynamodb.merging import writing_of
from sojourn.adapters.dynamodb.sizes import item_size
from sojourn.application.counting import Deltas, committed
from sojourn.domain.message.sms import sms_segments
from sojourn.local.cost.usage import Usage
from sojourn.local.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sojourn.adapters.memory.customers import MemoryCustomers
    from sojourn.application.changes import Move
    from sojourn.application.enrol import EntryEvent
    from sojourn.application.ports import Clock, Outbound, Outgoing, Webhooks
    from sojourn.application.route import Incoming
    from sojourn.domain.customer.rows import Change, CustomerFile, Event, Merge, Run, Send
    from sojourn.domain.ledger import Happening
    from sojourn.local.deployment import Deployment
    from sojourn.local.states.runs import Execution

WRITE_UNIT, READ_UNIT = 1024, 4096
"""Bytes of a write request unit, and of a strongly consistent read request unit."""
TRANSACTION = 2
"""A transactional write costs twice as much."""
_KEEP = Keep()


@dataclass(slots=True)
class Meter:
    """What was used, by journey.

    Args:
        idle: what events cost that did nothing in any journey.
        counts: the counters that a deployment would have (`sojourn.application.counting`).
        versions: of each journey that is metered.
    """

    by_journey: dict[str, Usage] = field(default_factory=dict)
    idle: Usage = field(default_factory=Usage)
    counts: Deltas = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    _now: Usage = field(default_factory=Usage)
    _journeys: set[str] = field(default_factory=set)
    _of_run: dict[str, str] = field(default_factory=dict)

    def of(self, journey: str) -> Usage:
        """Return what a journey used so far."""
        return self.by_journey.setdefault(journey, Usage())

    def heard(self, happening: Happening) -> None:
        """Learn from the ledger which journeys the present call is about."""
        if happening.what == "entered":
            self.of(happening.journey).entered += 1
            self._of_run[happening.run] = happening.journey
        self._journeys.add(happening.journey)

    def count(self, happened: Iterable[Happening], moved: Iterable[Move]) -> None:
        """Count what a commit tells, as `export` counts it."""
        for place, counters in committed(happened, moved).items():
            mine = self.counts.setdefault(place, {})
            for name, by in counters.items():
                mine[name] = mine.get(name, 0) + by

    def call(self, kind: str, run: str, work: Callable[[], Any]) -> Any:
        """Do what one invocation of a function does, and count it for the journeys it is about."""
        outer = self._now, self._journeys
        self._now, self._journeys = Usage(), set()
        setattr(self._now, kind, 1)
        try:
            return work()
        finally:
            about = {self._of_run[run]} if run in self._of_run else self._journeys
            for journey in about:
                self.of(journey).add(self._now.times(1 / len(about)))
            if not about:
                self.idle.add(self._now)
            self._now, self._journeys = outer

    @property
    def now(self) -> Usage:
        """What the present call used so far."""
        return self._now


class MeteredCustomers:
    """The customers' rows in memory; counts the request units that the table would charge."""

    def __init__(self, customers: MemoryCustomers, meter: Meter, clock: Clock) -> None:
        self._customers, self._meter, self._clock = customers, meter, clock

    def load(self, customer: str, *, leaving: bool = False) -> CustomerFile:
        """Return the hot rows of a customer."""
        file = self._customers.load(customer, leaving=leaving)
        size = sum(
            len(rows.to_text(row)) for row in (file.profile, *file.runs.values(), *file.waiters.values())
        )
        self._meter.now.read += max(1, ceil(size / READ_UNIT))
        return file

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        """Write *change*."""
        actions = Writing("table", _KEEP, file, change, self._clock.now()).actions()
        factor = TRANSACTION if len(actions.all) > 1 else 1
        self._meter.now.written += sum(factor * ceil(item_size(item) / WRITE_UNIT) for item in actions.items)
        self._meter.now.written += _index_writes(file, change)
        self._meter.now.told += bool(change.happened)
        self._meter.count(change.happened, moves(file, change))
        return self._customers.commit(file, change)

    def events(
        self, customer: str, name: str, since: datetime | None = None, also: Sequence[str] = ()
    ) -> Sequence[Event]:
        """Return a customer's events of one name."""
        found = self._customers.events(customer, name, since, also)
        size = sum(len(rows.to_text(event)) for event in found)
        self._meter.now.read += len(also) + max(1, ceil(size / READ_UNIT))
        return found

    def event(self, customer: str, event_id: str, also: Sequence[str] = ()) -> Event | None:
        """Return an event by its id."""
        self._meter.now.read += 1 + len(also)
        return self._customers.event(customer, event_id, also)

    def send(self, customer: str, send_id: str, also: Sequence[str] = ()) -> Send | None:
        """Return a send."""
        self._meter.now.read += 1 + len(also)
        return self._customers.send(customer, send_id, also)

    def known_by(self, kind: str, value: str) -> Sequence[str]:
        """Return who has an address now."""
        self._meter.now.read += 1
        return self._customers.known_by(kind, value)

    def merge(self, merge: Merge) -> CustomerFile:
        """Make one customer another."""
        _, actions = writing_of("table", _KEEP, merge, self._clock.now())
        self._meter.now.written += TRANSACTION * sum(
            ceil(item_size(item) / WRITE_UNIT) for item in actions.items
        )
        self._meter.now.written += _index_writes(merge.into, merge.change) + _index_writes_of_leaving(merge)
        self._meter.now.told += 1
        return self._customers.merge(merge)

    def bring(self, source: str, into: str, most: int, stop: Callable[[Run], None]) -> bool:
        """Bring over what is left of somebody who became another; what that costs is not known here."""
        return self._customers.bring(source, into, most, stop)


class MeteredWorld(World):
    """A world whose use of AWS is counted.

    Args:
        meter: what counts.
    """

    def __init__(
        self, meter: Meter, deployment: Deployment, start: datetime, ledger: Callable[[Happening], None],
        on_sent: Callable[[Outgoing], None] | None = None, webhooks: Webhooks | None = None, *, trusted: bool = False,
    ) -> None:  # fmt: skip
        self._meter = meter
        self._counted: dict[str, int] = {}

        def heard(happening: Happening) -> None:
            meter.heard(happening)
            ledger(happening)

        def sent(outgoing: Outgoing) -> None:
            self._sent(outgoing)
            if on_sent is not None:
                on_sent(outgoing)

        super().__init__(deployment, start, heard, sent, webhooks, trusted=trusted)
        self.engine = replace(self.engine, customers=MeteredCustomers(self.customers, meter, self.clock))
        self.executions.watch = self._execution

    def _sent(self, outgoing: Outgoing) -> None:
        used = self._meter.now
        used.messages[outgoing.send.channel] = used.messages.get(outgoing.send.channel, 0) + 1
        if outgoing.send.channel == "sms":
            used.sms_parts += sms_segments(outgoing.rendered.parts["body"]).segments

    def _execution(self, execution: Execution) -> None:
        """An execution is over, or counting is: its transitions so far belong to its journey."""
        self._meter.of(execution.machine.name).transitions += execution.transitions

    def _step(self, payload: Any) -> Any:
        return self._meter.call("step", _run_of(payload), lambda: super(MeteredWorld, self)._step(payload))

    def _send(self, payload: Any) -> Any:
        return self._meter.call("send", _run_of(payload), lambda: super(MeteredWorld, self)._send(payload))

    def route(self, incoming: Incoming) -> bool:
        """Bring an event in."""
        new: bool = self._meter.call("route", "", lambda: super(MeteredWorld, self).route(incoming))
        return new

    def enter_with(self, customer: str, journey: str, entry: EntryEvent) -> bool:
        """Enter a customer without an event: it costs what an event would."""
        entered: bool = self._meter.call(
            "route", "", lambda: super(MeteredWorld, self).enter_with(customer, journey, entry)
        )
        return entered

    def _on_bus(self, event: Outbound) -> None:
        self._meter.now.put += 1
        super()._on_bus(event)


def _index_writes(file: CustomerFile, change: Change) -> int:
    """Return how often a change is written to an index too: events by name; by part who is new, begins or ends."""
    listed = sum(
        run.active != (key in file.runs and file.runs[key].active) for key, run in change.runs.items()
    )
    return (change.event is not None) + len(change.moved) + (not file.revision) + listed


def _index_writes_of_leaving(merge: Merge) -> int:
    """Return how often an index is written for what a customer leaves who becomes another."""
    source = merge.source
    return sum(source.runs[key].active for key in merge.taken) + (merge.whole and bool(source.revision))


def _run_of(payload: Any) -> str:
    return str(payload["state"]["run"])

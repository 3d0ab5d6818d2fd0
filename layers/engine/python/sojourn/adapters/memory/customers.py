"""The customers' rows in memory: product code, held to the same contract tests as DynamoDB.

Rows are frozen, so readers share them with the store; a commit replaces rows and moves the revision.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from sojourn.domain.customer.rows import Change, CustomerFile, Event, Profile, Run, Send, Waiter
from sojourn.errors import Conflict, EventKnown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sojourn.domain.ledger import Happening


class _Rows:
    """Everything of one customer."""

    __slots__ = ("event_ids", "events", "profile", "recent", "revision", "runs", "sends", "waiters")

    def __init__(self, customer: str) -> None:
        self.profile = Profile(customer)
        self.revision = 0
        self.runs: dict[tuple[str, str], Run] = {}
        self.waiters: dict[tuple[str, str], Waiter] = {}
        self.recent: tuple[object, ...] = ()
        self.events: dict[str, tuple[Event, ...]] = {}
        self.event_ids: set[str] = set()
        self.sends: dict[str, Send] = {}

    def as_file(self) -> CustomerFile:
        """Return the hot rows."""
        return CustomerFile(self.profile, self.revision, self.runs, self.waiters, self.recent)  # type: ignore[arg-type]

    def write(self, change: Change) -> None:
        """Replace the rows that *change* names."""
        if change.profile is not None:
            self.profile = change.profile
        # Files that were read share these dictionaries, so they are replaced and never changed.
        if change.runs:
            self.runs = {**self.runs, **change.runs}
        if change.waiters:
            both = {**self.waiters, **change.waiters}
            self.waiters = {key: waiter for key, waiter in both.items() if waiter is not None}
        if change.recent is not None:
            self.recent = change.recent
        for send in (change.claim, change.send):
            if send is not None:
                self.sends[send.id] = send
        for event in (*([change.event] if change.event is not None else []), *change.moved):
            self._store(event)

    def _store(self, event: Event) -> None:
        self.event_ids.add(event.id)
        events = self.events.get(event.name, ())
        place = len(events)
        if events and events[-1].at > event.at:
            place = bisect_right(events, event.at, key=lambda one: one.at)
        self.events[event.name] = (*events[:place], event, *events[place:])


class MemoryCustomers:
    """Keeps customers in dictionaries; hands every happening to *ledger* as it is committed."""

    def __init__(self, ledger: Callable[[Happening], None] | None = None) -> None:
        self._rows: dict[str, _Rows] = {}
        self._ledger = ledger

    def __len__(self) -> int:
        return len(self._rows)

    def load(self, customer: str) -> CustomerFile:
        """Return the hot rows of a customer; an empty file for one never seen."""
        rows = self._rows.get(customer)
        return rows.as_file() if rows is not None else CustomerFile(Profile(customer))

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        """Write *change*, all or nothing.

        Raises:
            EventKnown: the event was stored before, whoever else wrote.
            Conflict: somebody wrote since *file* was read, or the claimed send exists already.
        """
        customer = file.profile.id
        rows = self._rows.get(customer)
        if rows is None:
            rows = self._rows[customer] = _Rows(customer)
        if change.event is not None and change.event.id in rows.event_ids:
            raise EventKnown(change.event.id)
        if rows.revision != file.revision:
            raise Conflict(customer)
        if change.claim is not None and change.claim.id in rows.sends:
            raise Conflict(change.claim.id)
        rows.revision += 1
        rows.write(change)
        if self._ledger is not None:
            for happening in change.happened:
                self._ledger(happening)
        return rows.as_file()

    def events(self, customer: str, name: str, since: datetime | None = None) -> Sequence[Event]:
        """Return a customer's events of one name, by `at`, oldest first; with *since*, those received since."""
        rows = self._rows.get(customer)
        events = rows.events.get(name, ()) if rows is not None else ()
        if since is None or not events:
            return events
        return tuple(event for event in events if (event.received or event.at) >= since)

    def send(self, customer: str, send_id: str) -> Send | None:
        """Return a send."""
        rows = self._rows.get(customer)
        return rows.sends.get(send_id) if rows is not None else None

    def sends(self, customer: str) -> tuple[Send, ...]:
        """Return all sends of a customer, in the order they were claimed."""
        rows = self._rows.get(customer)
        return tuple(rows.sends.values()) if rows is not None else ()

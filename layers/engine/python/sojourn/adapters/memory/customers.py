"""The customers' rows in memory: product code, held to the same contract tests as DynamoDB.

Rows are frozen, so readers share them with the store; a commit replaces rows and moves the revision.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from sojourn.domain.customer.identity import key_hash
from sojourn.domain.customer.rows import (
    Change,
    CustomerFile,
    Event,
    Merge,
    Profile,
    Run,
    Send,
    Unfinished,
    Waiter,
    changed,
)
from sojourn.domain.decide.bounding import MOST_KNOWN_BY
from sojourn.domain.decide.learning import address_keys, is_found_alike
from sojourn.domain.decide.merging import tombstone
from sojourn.errors import Conflict, EventKnown, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sojourn.domain.ledger import Happening


class _Rows:
    """Everything of one customer."""

    __slots__ = (
        "beaten", "becoming", "event_ids", "events", "profile", "recent", "revision", "runs", "sends", "unfinished",
        "waiters",
    )  # fmt: skip

    def __init__(self, customer: str) -> None:
        self.profile = Profile(customer)
        self.revision = 0
        self.runs: dict[tuple[str, str], Run] = {}
        self.waiters: dict[tuple[str, str], Waiter] = {}
        self.recent: tuple[tuple[datetime, str, str], ...] = ()
        self.events: dict[str, tuple[Event, ...]] = {}
        self.event_ids: set[str] = set()
        self.sends: dict[str, Send] = {}
        self.unfinished: Unfinished | None = None
        self.becoming = ""
        self.beaten: tuple[Run, ...] = ()

    def as_file(self) -> CustomerFile:
        """Return the hot rows."""
        return CustomerFile(
            self.profile, self.revision, self.runs, self.waiters, self.recent, self.unfinished, self.becoming
        )

    def write(self, change: Change) -> None:
        """Replace the rows that *change* names."""
        self.revision += 1
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
        if change.unfinished is not None or change.finished:
            self.unfinished = change.unfinished
        for send in (change.claim, change.send):
            if send is not None:
                self.sends[send.id] = send
        for event in (*([change.event] if change.event is not None else []), *change.moved):
            self.store(event)

    def leave(self, merge: Merge) -> None:
        """Take away what becomes another customer's."""
        self.revision += 1
        taken = {self.runs[key].id for key in merge.taken}
        self.runs = {key: run for key, run in self.runs.items() if key not in merge.taken}
        self.waiters = {key: waiter for key, waiter in self.waiters.items() if key[0] not in taken}
        self.beaten = (*self.beaten, *merge.beaten.values())
        self.becoming = "" if merge.whole else merge.into.profile.id
        if merge.whole:
            self.profile, self.recent = tombstone(self.profile, merge.into.profile.id), ()

    def store(self, event: Event) -> None:
        """Store an event where it stands by its time."""
        self.event_ids.add(event.id)
        events = self.events.get(event.name, ())
        place = len(events)
        if events and events[-1].at > event.at:
            place = bisect_right(events, event.at, key=lambda one: one.at)
        self.events[event.name] = (*events[:place], event, *events[place:])

    def take(self, most: int) -> list[Event]:
        """Take so many events away, and return them."""
        taken = [event for named in self.events.values() for event in named][:most]
        self.event_ids -= {event.id for event in taken}
        self.events = {
            name: tuple(event for event in named if event.id in self.event_ids)
            for name, named in self.events.items()
        }
        return taken


class MemoryCustomers:
    """Keeps customers in dictionaries; hands every happening to *ledger* as it is committed."""

    def __init__(self, ledger: Callable[[Happening], None] | None = None) -> None:
        self._rows: dict[str, _Rows] = {}
        self._links: dict[tuple[str, str], dict[str, None]] = {}
        self._ledger = ledger

    def __len__(self) -> int:
        return len(self._rows)

    def load(self, customer: str, *, leaving: bool = False) -> CustomerFile:
        """Return the hot rows of a customer, or of whom they became; an empty file for one never seen.

        Raises:
            TransientError: the customer is just becoming another.
        """
        rows = self._rows.get(customer)
        while rows is not None and rows.profile.merged_into:
            customer = rows.profile.merged_into
            rows = self._rows.get(customer)
        if rows is None:
            return CustomerFile(Profile(customer))
        if rows.becoming and not leaving:
            raise TransientError(f"{customer} is just becoming {rows.becoming}")
        return rows.as_file()

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        """Write *change*, all or nothing.

        Raises:
            EventKnown: the event was stored before, whoever else wrote.
            Conflict: somebody wrote since *file* was read, or the claimed send exists already.
        """
        customer = file.profile.id
        rows = self._of(customer)
        every = (rows, *self._those(file.profile.merging))
        if change.event is not None and any(change.event.id in one.event_ids for one in every):
            raise EventKnown(change.event.id)
        if rows.revision != file.revision:
            raise Conflict(customer)
        if change.claim is not None and any(change.claim.id in one.sends for one in every):
            raise Conflict(change.claim.id)
        self._write(rows, change)
        return rows.as_file()

    def events(
        self, customer: str, name: str, since: datetime | None = None, also: Sequence[str] = ()
    ) -> Sequence[Event]:
        """Return a customer's events of one name, by `at`, oldest first; with *since*, those received since."""
        rows = self._rows.get(customer)
        events = rows.events.get(name, ()) if rows is not None else ()
        if also:
            others = [one.events.get(name, ()) for one in self._those(also)]
            both = {event.id: event for named in (*others, events) for event in named}
            events = tuple(sorted(both.values(), key=lambda event: event.at))
        if since is None or not events:
            return events
        return tuple(event for event in events if (event.received or event.at) >= since)

    def event(self, customer: str, event_id: str, also: Sequence[str] = ()) -> Event | None:
        """Return an event by its id, whatever it is called."""
        holding = (rows for rows in self._those((*also, customer)) if event_id in rows.event_ids)
        named = (events for rows in holding for events in rows.events.values())
        return next((event for events in named for event in events if event.id == event_id), None)

    def send(self, customer: str, send_id: str, also: Sequence[str] = ()) -> Send | None:
        """Return a send."""
        found = (rows.sends.get(send_id) for rows in self._those((customer, *also)))
        return next((send for send in found if send is not None), None)

    def sends(self, customer: str) -> tuple[Send, ...]:
        """Return all sends of a customer, in the order they were claimed."""
        rows = self._rows.get(customer)
        return tuple(rows.sends.values()) if rows is not None else ()

    def known_by(self, kind: str, value: str) -> Sequence[str]:
        """Return who has an address now, whoever had it first being the first: `MOST_KNOWN_BY` at most."""
        found = tuple(self._links.get((kind, key_hash(kind, value)), ()))
        if len(found) <= MOST_KNOWN_BY:
            return found
        read = frozenset(sorted(found)[:MOST_KNOWN_BY])
        return tuple(one for one in found if one in read)

    def merge(self, merge: Merge) -> CustomerFile:
        """Write what makes one customer another, all or nothing.

        Raises:
            Conflict: somebody wrote either since they were read.
        """
        source, into = self._of(merge.source.profile.id), self._of(merge.into.profile.id)
        if (source.revision, into.revision) != (merge.source.revision, merge.into.revision):
            raise Conflict(merge.source.profile.id)
        before = source.profile
        source.leave(merge)
        self._link(before, source.profile)
        self._write(into, merge.change)
        return into.as_file()

    def bring(self, source: str, into: str, most: int, stop: Callable[[Run], None]) -> bool:
        """Bring over what is left of somebody who became another; say whether that was all.

        Raises:
            Conflict: *into* became somebody else meanwhile, or is no more.
        """
        left, rows = self._rows.get(source), self._rows.get(into)
        if left is None:
            return True
        if rows is None or rows.profile.merged_into:
            raise Conflict(into)
        for run in left.beaten:
            stop(run)
        left.beaten = ()
        taken = dict([*left.sends.items()][:most])
        left.sends = {send_id: send for send_id, send in left.sends.items() if send_id not in taken}
        moved = {send_id: changed(send, customer=into) for send_id, send in taken.items()}
        rows.sends = {**moved, **rows.sends}
        for event in left.take(most - len(taken)):
            if event.id not in rows.event_ids:
                rows.store(event)
        return not left.sends and not left.event_ids

    def _of(self, customer: str) -> _Rows:
        rows = self._rows.get(customer)
        if rows is None:
            rows = self._rows[customer] = _Rows(customer)
        return rows

    def _those(self, customers: Sequence[str]) -> list[_Rows]:
        return [rows for rows in map(self._rows.get, customers) if rows is not None]

    def _write(self, rows: _Rows, change: Change) -> None:
        before = rows.profile
        rows.write(change)
        self._link(before, rows.profile)
        if self._ledger is not None:
            for happening in change.happened:
                self._ledger(happening)

    def _link(self, before: Profile, after: Profile) -> None:
        """Let a customer be found by the addresses they have now, and no more by those they had."""
        if is_found_alike(before, after):
            return
        had, has = address_keys(before), address_keys(after)
        for key in had - has:
            self._links.get(key, {}).pop(before.id, None)
        for key in has - had:
            self._links.setdefault(key, {})[after.id] = None

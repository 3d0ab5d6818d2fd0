"""What goes wrong between a caller and the table, and what happens between a read and a write."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber

from sojourn.domain.customer.rows import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sojourn.application.ports import Customers
    from sojourn.domain.customer.rows import CustomerFile, Event, Merge, Run, Send
    from tests.support.engine_room import Room


class Overtaken:
    """Customers to whom something happens just before a commit: one of `meanwhile` per commit."""

    def __init__(self, customers: Customers) -> None:
        self.customers = customers
        self.meanwhile: list[Callable[[], object] | None] = []
        self.commits = 0

    def load(self, customer: str, *, leaving: bool = False) -> CustomerFile:
        return self.customers.load(customer, leaving=leaving)

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        act = self.meanwhile.pop(0) if self.meanwhile else None
        if act is not None:
            act()
        self.commits += 1
        return self.customers.commit(file, change)

    def events(
        self, customer: str, name: str, since: datetime | None = None, also: Sequence[str] = ()
    ) -> Sequence[Event]:
        return self.customers.events(customer, name, since, also)

    def event(self, customer: str, event_id: str, also: Sequence[str] = ()) -> Event | None:
        return self.customers.event(customer, event_id, also)

    def send(self, customer: str, send_id: str, also: Sequence[str] = ()) -> Send | None:
        return self.customers.send(customer, send_id, also)

    def known_by(self, kind: str, value: str) -> Sequence[str]:
        return self.customers.known_by(kind, value)

    def merge(self, merge: Merge) -> CustomerFile:
        return self.customers.merge(merge)

    def bring(self, source: str, into: str, most: int, stop: Callable[[Run], None]) -> bool:
        return self.customers.bring(source, into, most, stop)


def over(room: Room, customers: Customers) -> Overtaken:
    """Let a room keep its customers elsewhere; return them, with `meanwhile`."""
    overtaken = Overtaken(customers)
    profile = room.customers.load("ana").profile
    customers.commit(customers.load("ana"), Change(profile=profile))
    room.customers = overtaken  # type: ignore[assignment]
    room.engine = replace(room.engine, customers=overtaken)
    return overtaken


@contextmanager
def lost_answers(client: Any, operation: str, lost: int = 1) -> Iterator[list[int]]:
    """Let DynamoDB do what is asked of it, and the answer never arrive.

    Args:
        lost: which request's answer: the first, unless given.

    Yields:
        a list with one entry for every request that was made.
    """
    requests: list[int] = []

    def lose(request: Any, event_name: str, **_: Any) -> None:
        requests.append(len(requests))
        if len(requests) == lost:
            botocore_stubber(event_name, request)
            raise ReadTimeoutError(endpoint_url=request.url)

    event = f"before-send.dynamodb.{operation}"
    client.meta.events.register_first(event, lose)
    try:
        yield requests
    finally:
        client.meta.events.unregister(event, lose)

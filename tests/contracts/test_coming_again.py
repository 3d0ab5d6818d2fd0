"""Who was erased and comes again is somebody else: what was begun for the one is not continued for the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.erasing import erase_customer
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.attempting import digest
from sojourn.application.calling import EntryCall, enter_called
from sojourn.application.enrol import EntryEvent
from sojourn.application.ports import Customers
from sojourn.application.route import enter_by_api
from sojourn.domain.customer.rows import Change, Profile
from tests.support.aws_table import aws_table
from tests.support.engine_room import Room

JOURNEY = "enter: {on: [began, api]}\nsteps: [{wait: 1 day}]"
Forget = Callable[[], object]
Kept = tuple[Room, Forget]


def keep(room: Room, customers: Customers) -> None:
    """Let a room keep its customers there, where nobody was heard of."""
    room.customers = customers  # type: ignore[assignment]
    room.engine = replace(room.engine, customers=customers)


@contextmanager
def in_memory() -> Iterator[Kept]:
    """Make a room over an empty store in memory, and what forgets ana."""
    room = Room(JOURNEY)
    keep(room, MemoryCustomers())
    yield room, lambda: keep(room, MemoryCustomers())


@contextmanager
def in_dynamodb() -> Iterator[Kept]:
    """Make a room over an empty table on moto, and what erases ana."""
    room = Room(JOURNEY)
    with aws_table() as (client, table):
        keep(room, DynamoCustomers(client, table, room.clock))
        yield room, partial(erase_customer, client, table, "ana", room.executions)


ADAPTERS: dict[str, Callable[[], AbstractContextManager[Kept]]] = {
    "memory": in_memory,
    "dynamodb": in_dynamodb,
}


@pytest.fixture(params=list(ADAPTERS))
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """Give a room over each adapter in turn, in which nobody was heard of yet."""
    with ADAPTERS[request.param]() as made:
        yield made


def test_a_customer_is_known_since_their_first_event(kept: Kept) -> None:
    """Later events leave it as it is, as they do the runs that it names."""
    room, _ = kept
    first = room.clock.at

    room.happen("began", "e1", {"plan": "pro"})
    began = room.run()
    room.clock.pass_by(hours=1)
    again = room.happen("began", "e1")
    room.happen("unsubscribed", "e2")

    profile = room.engine.customers.load("ana").profile
    assert (profile.since, profile.attributes) == (first, {"plan": "pro"})
    assert (again, room.run(), list(room.executions.started)) == (False, began, [began.id])


def test_an_event_that_comes_once_more_after_an_erasure_begins_another_run(kept: Kept) -> None:
    """The first run's name stays taken for 90 days: an execution of that name would never start."""
    room, forget = kept
    room.happen("began", "e1")
    first = room.run().id

    forget()
    room.clock.pass_by(seconds=1)
    stored = room.happen("began", "e1")

    second = room.run().id
    assert (stored, second == first) == (True, False)
    assert list(room.executions.started) == [first, second]


def test_who_enters_by_api_comes_again_as_somebody_else_too(kept: Kept) -> None:
    """An audience or a schedule names the same entry twice, as an event does."""
    room, forget = kept
    entry = EntryEvent("api", "row-1")
    enter_by_api(room.engine, "ana", "j", entry)
    first = room.run().id

    forget()
    room.clock.pass_by(seconds=1)
    enter_by_api(room.engine, "ana", "j", entry)

    assert room.run().id != first


def test_a_call_is_remembered_with_its_customer_and_no_longer(kept: Kept) -> None:
    """The same call is answered the same until they are erased: then it is for somebody who was never heard of."""
    room, forget = kept
    call = EntryCall(
        "shop", "order-1", "j", "ana", room.clock.at, properties={"total": 9.5, "items": [1, "x"]}
    )

    first, again = enter_called(room.engine, call), enter_called(room.engine, call)
    forget()
    room.clock.pass_by(seconds=1)
    after = enter_called(room.engine, call)

    assert (again.run, again.repeated, again.same) == (first.run, True, True)
    assert (after.repeated, after.run == first.run) == (False, False)
    assert list(room.executions.started) == [first.run, after.run]


def test_who_was_added_is_not_known_since_any_time(kept: Kept) -> None:
    """A world that adds its people before the first event gives the same ids to their runs at any hour."""
    room, _ = kept
    customers = room.engine.customers
    customers.commit(customers.load("ana"), Change(profile=Profile("ana")))

    room.happen("began", "e1")

    assert customers.load("ana").profile.since is None
    assert room.run().id == f"j-{digest('ana', 'j', '', 'e1')}"

"""One event that a thousand journeys begin with, over every adapter: all are entered, once, whatever dies between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.domain.ledger import Happening
from tests.adapters.registry.registering import Calls, named
from tests.faults.quick_table import quick_transactions
from tests.support.aws_table import aws_table, told
from tests.support.engine_room import Crash
from tests.support.merging import Dying, Persons, until_done

MANY = 1_000
JOURNEY = "enter: {on: began, again: never}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 9 days}]"
ENTERED_AT_ONCE = 87
"""So many entries one transaction takes: a part ends at 90 rows, event, profile and ledger included."""
PARTS = -(-MANY // ENTERED_AT_ONCE)


@dataclass
class Deployed:
    """A room with a thousand journeys, what counts its calls of the store, and what reads its ledger."""

    persons: Persons
    calls: Callable[[], dict[str, int]]
    told: Callable[[], Sequence[Happening]]

    def began(self, event_id: str = "e1") -> bool:
        """Let ana do what all journeys begin with."""
        return self.persons.did("began", event_id, "ana")

    def entered(self) -> set[str]:
        """Return the journeys in which ana is; each was entered once, and the execution of each run was started."""
        runs = self.persons.file("ana").runs.values()
        started = self.persons.room.executions.started
        assert started.keys() == {run.execution for run in runs if run.active}
        assert sorted(one.journey for one in self.told() if one.what == "entered") == sorted(
            run.journey for run in runs
        )
        return {run.journey for run in runs if run.active}


def with_journeys(customers: Any) -> Persons:
    """Make a room with one journey, compiled once and registered under a thousand names."""
    persons = Persons(customers, JOURNEY)
    room = persons.room
    journey = room.deployment.catalogue.current("j")
    assert journey is not None
    catalogue = MemoryCatalogue(
        room.engine.catalogue.policy,
        (),
        [named(journey, f"journey-{number:04}", "began") for number in range(MANY)],
    )
    room.engine = replace(room.engine, catalogue=catalogue)
    return persons


@contextmanager
def in_memory() -> Iterator[Deployed]:
    """Make them over memory."""
    happened: list[Happening] = []
    customers = Dying(MemoryCustomers(happened.append))
    persons = with_journeys(customers)
    yield Deployed(
        persons, lambda: {name: customers.calls.count(name) for name in customers.calls}, lambda: happened
    )


@contextmanager
def in_dynamodb() -> Iterator[Deployed]:
    """Make them over a table on moto."""
    with quick_transactions(), aws_table() as (client, table):
        calls, persons = Calls(client), with_journeys(None)
        persons.customers = persons.through(DynamoCustomers(calls, table, persons.room.clock))
        yield Deployed(persons, calls.since, lambda: told(client, table))


WORLDS = {"memory": in_memory, "dynamodb": in_dynamodb}


@pytest.fixture(params=list(WORLDS))
def deployed(request: pytest.FixtureRequest) -> Iterator[Deployed]:
    """Give a thousand journeys, and nobody in them, over each adapter in turn."""
    with WORLDS[request.param]() as made:
        yield made


EVERY = {f"journey-{number:04}" for number in range(MANY)}


def test_all_are_entered_once_and_a_second_delivery_enters_nobody(deployed: Deployed) -> None:
    """A transaction for some 87 journeys, and one read before all of them: the figure that the page of routing has."""
    first = deployed.began()
    cost = deployed.calls()
    again = deployed.began()

    assert (first, again) == (True, False)
    assert deployed.entered() == EVERY
    assert PARTS == 12
    assert cost in ({"load": 1, "commit": PARTS}, {"query surely": 1, "transact_write_items": PARTS})


@pytest.mark.parametrize("part", [1, 2, 7, PARTS])
@pytest.mark.parametrize("written", [True, False])
def test_whoever_dies_between_two_parts_is_gone_on_with(part: int, *, written: bool) -> None:
    """The next delivery begins where the last one ended: nobody is entered twice, and no execution is missing."""
    happened: list[Happening] = []
    kept = MemoryCustomers(happened.append)
    persons = with_journeys(kept)
    # The first call reads, each one after it writes a part.
    persons.through(Dying(kept, part + 1, after=written))
    with pytest.raises(Crash):
        persons.did("began", "e1", "ana")
    begun = len(kept.load("ana").runs)
    persons.through(kept)

    for _ in range(2):
        persons.did("began", "e1", "ana")

    assert begun == min(MANY, ENTERED_AT_ONCE * (part if written else part - 1))
    assert Deployed(persons, dict, lambda: happened).entered() == EVERY


def test_in_a_table_too(deployed: Deployed) -> None:
    """A crash between two parts, and one among the starts that follow the last; another event of theirs waits."""
    persons, store = deployed.persons, deployed.persons.customers
    persons.through(Dying(store, 5, after=True))
    with pytest.raises(Crash):
        deployed.began()
    persons.through(store)
    persons.room.executions.before = [Crash()]

    until_done(lambda: persons.did("stopped", "e2", "ana"))
    until_done(deployed.began)

    assert deployed.entered() == EVERY
    assert persons.events("ana") == ["e1", "e2"]

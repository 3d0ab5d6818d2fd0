"""How many runs of one journey are kept for one customer, over every adapter: whoever makes up keys fills no rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from sojourn.application.merging import BEATEN
from sojourn.domain.customer.rows import Change, Profile, Run, Waiter, changed
from sojourn.domain.decide.entering import MOST_ENDED, MOST_RUNS
from tests.contracts.test_customers import ADAPTERS, WAITER, Store
from tests.faults.quick_table import quick_transactions
from tests.support.engine_room import START
from tests.support.merging import A1, Persons

KEYED = "enter: {on: began, again: never, key: event.ref}\nsteps: [{wait: 1 day}]"
SOME = 90


@pytest.fixture(params=list(ADAPTERS))
def persons(request: pytest.FixtureRequest) -> Iterator[Persons]:
    """Give a room over an empty store of each adapter in turn."""
    with quick_transactions(), ADAPTERS[request.param]() as (customers, happened):
        made = Persons(customers, KEYED)
        made.store = Store(customers, happened)  # type: ignore[attr-defined]
        yield made


def runs(customer: str, count: int, key: str, *, ended: bool = False, later: int = 0) -> list[Run]:
    """Return so many runs, each entered, and ended, a second after the one before."""
    made = []
    for number in range(count):
        at = START - timedelta(hours=2) + timedelta(seconds=number + later)
        name = f"{customer}-{key}{number}"
        run = Run(name, customer, "j", "v1", f"{key}{number}", at, at, name, at={"": "wait"})
        made.append(changed(run, status="ended", ended=at, exit_reason="completed", at={}) if ended else run)
    return made


def has(persons: Persons, customer: str, found: Iterable[Run], waiters: Iterable[Waiter] = ()) -> None:
    """Let somebody have these runs."""
    current = persons.room.deployment.catalogue.current("j")
    assert current is not None
    every = [changed(run, version=current.version) for run in found]
    for first in range(0, len(every), SOME):
        file = persons.customers.load(customer)
        profile = None if file.revision else Profile(customer, since=START)
        some = {(run.journey, run.key): run for run in every[first : first + SOME]}
        persons.customers.commit(file, Change(profile=profile, runs=some))
    waits = {(one.run, one.step): one for one in waiters}
    persons.customers.commit(persons.customers.load(customer), Change(waiters=dict(waits)))


def kept(persons: Persons, customer: str, *, active: bool) -> list[str]:
    """Return the keys of the runs that go on, or that ended and are asked about."""
    now = persons.room.clock.at
    return sorted(
        run.key for run in persons.file(customer).runs.values()
        if run.active == active and (run.needed_until is None or run.needed_until > now)
    )  # fmt: skip


def test_of_runs_that_ended_the_first_are_forgotten(persons: Persons) -> None:
    """With `again: never` each made-up key would stay for more than a year, read with every event."""
    has(persons, "ana", runs("ana", MOST_ENDED, "k", ended=True))

    persons.did("began", "e1", "ana", properties={"ref": "k5"})
    before = kept(persons, "ana", active=False)
    persons.did("began", "e2", "ana", properties={"ref": "new"})
    persons.did("began", "e3", "ana", properties={"ref": "k0"})

    assert len(before) == MOST_ENDED
    assert len(kept(persons, "ana", active=False)) == MOST_ENDED - 1
    assert kept(persons, "ana", active=True) == ["k0", "new"]
    assert "k1" in kept(persons, "ana", active=False)


def test_more_than_are_kept_become_fewer_by_and_by(persons: Persons) -> None:
    """What an earlier release let grow: two with each entry, so that there is room for what the event does."""
    has(persons, "ana", runs("ana", MOST_ENDED + 5, "k", ended=True))

    for number in range(3):
        persons.did("began", f"e{number}", "ana", properties={"ref": f"new{number}"})

    assert len(kept(persons, "ana", active=False)) == MOST_ENDED - 1


def test_two_who_become_one_are_in_no_more_runs_than_one_may_be(persons: Persons) -> None:
    """The one who stays keeps theirs; of the other's those entered first go on, and the rest ends, waits and all."""
    most = MOST_RUNS - 30
    has(persons, "c-1", runs("c-1", most, "k"))
    theirs = runs(A1, 50, "t")
    waits = [changed(WAITER, run=theirs[number].id, token=f"t{number}") for number in (0, 49)]
    has(persons, A1, theirs, waits)

    persons.did("changed", "e1", "c-1", anonymous="a1")

    going_on = kept(persons, "c-1", active=True)
    assert len(going_on) == MOST_RUNS
    assert [key for key in going_on if key.startswith("t")] == sorted(f"t{number}" for number in range(30))
    assert [key for key, _ in persons.file("c-1").waiters] == [theirs[0].id]
    told = persons.store.happened  # type: ignore[attr-defined]
    assert [one.reason for one in told if one.what == "exited"] == [BEATEN] * 20
    assert sorted(persons.room.executions.stopped) == sorted(run.execution for run in theirs[30:])


def test_of_runs_that_ended_no_more_are_taken_over_than_are_kept(persons: Persons) -> None:
    """Or who makes up browsers would fill a customer's rows by merging them."""
    has(persons, "c-1", runs("c-1", MOST_ENDED - 3, "k", ended=True))
    has(persons, A1, runs(A1, 10, "t", ended=True))

    persons.did("changed", "e1", "c-1", anonymous="a1")

    found = kept(persons, "c-1", active=False)
    assert (len(found), [key for key in found if key.startswith("t")]) == (MOST_ENDED, ["t0", "t1", "t2"])

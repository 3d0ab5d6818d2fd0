"""The index lists the runs of a journey that go on, and no others, whatever becomes of the customers in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import parts
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.erasing import erase_customer
from sojourn.adapters.dynamodb.runs import PARTS, ActiveRuns, place
from sojourn.adapters.dynamodb.sweeps import Sweeps
from sojourn.adapters.dynamodb.whole_customer import export_customer
from sojourn.domain.customer.rows import Change, Run
from tests.faults.quick_table import quick_transactions
from tests.support.aws_table import aws_table, items
from tests.support.engine_room import START, RecordedExecutions, SetClock
from tests.support.merging import A1, Persons

RUN = Run("r", "ana", "j", "v1", "", START, START, "r", at={"": "w"})


class Scene:
    """A table with customers in journeys."""

    def __init__(self, client: Any, table: str) -> None:
        self.client, self.table = client, table
        self.clock = SetClock()
        self.customers = DynamoCustomers(client, table, self.clock)
        self.runs = ActiveRuns(client, table, page=3)

    def begins(self, customer: str, journey: str = "j", key: str = "", **fields: Any) -> None:
        run = replace(RUN, customer=customer, journey=journey, key=key, **fields)
        self.customers.commit(self.customers.load(customer), Change(runs={(journey, key): run}))

    def ends(self, customer: str, journey: str = "j", key: str = "") -> None:
        self.begins(customer, journey, key, status="ended", ended=START, at={})

    def listed(self, journey: str = "j") -> set[tuple[str, str]]:
        found = [run for part in range(PARTS) for run in self.runs.of(journey, part)]
        assert len(found) == len(set(found))
        return set(found)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with quick_transactions(), aws_table() as (client, table):
        yield Scene(client, table)


def test_runs_are_listed_from_their_beginning_to_their_end(scene: Scene) -> None:
    """One for each key; a run that begins anew after its end is listed again."""
    scene.begins("ana")
    scene.begins("ben", key="order#7")
    scene.begins("ben", key="order 8%")
    first = scene.listed()

    scene.ends("ana")
    scene.ends("ben", key="order#7")
    second = scene.listed()
    scene.begins("ana")

    assert first == {("ana", ""), ("ben", "order#7"), ("ben", "order 8%")}
    assert second == {("ben", "order 8%")}
    assert scene.listed() == {("ana", ""), ("ben", "order 8%")}


def test_a_journeys_runs_do_not_mix_with_anothers(scene: Scene) -> None:
    """Nor with those of one whose name begins alike, nor with the customers that the sweep lists."""
    for journey in ("j", "j#0", "j-2"):
        scene.begins(f"in {journey}", journey)

    assert [scene.listed(journey) for journey in ("j", "j#0", "j-2", "k")] == [
        {("in j", "")},
        {("in j#0", "")},
        {("in j-2", "")},
        set(),
    ]
    sweeps = Sweeps(scene.client, scene.table)
    for _ in range(2):
        sweep = sweeps.begin(f"2026-03-0{_ + 1}", START, {})
        assert sweep is not None
        for part in range(parts.PARTS):
            swept = list(sweeps.customers(sweep, part, ""))
            assert len(swept) == len(set(swept))
            sweeps.finish(sweep, part)
    assert sweep.whole is False


def test_a_walk_is_gone_on_with_after_any_run(scene: Scene) -> None:
    """Though that one ended meanwhile: each strand of the work notes the place it came to."""
    for number in range(40):
        scene.begins(f"c{number}", key=f"k{number % 3}")
    whole = [list(scene.runs.of("j", part)) for part in range(PARTS)]

    for part, runs in enumerate(whole):
        for number, (customer, key) in enumerate(runs):
            if number % 3 == 0:
                scene.ends(customer, key=key)
            assert list(scene.runs.of("j", part, place(customer, key))) == runs[number + 1 :]
            if number % 3 == 0:
                scene.begins(customer, key=key)

    assert sum(map(len, whole)) == 40
    assert sum(bool(runs) for runs in whole) > 4


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["ana", "ben"]), st.sampled_from(["", "k"]), st.booleans()), max_size=12
    )
)
def test_whatever_runs_do_just_the_active_ones_are_listed(
    scene: Scene, steps: list[tuple[str, str, bool]]
) -> None:
    """The list is what the customers' own rows say."""
    for customer, key, goes_on in steps:
        (scene.begins if goes_on else scene.ends)(customer, key=key)

    active = {
        (customer, run.key)
        for customer in ("ana", "ben")
        for run in scene.customers.load(customer).runs.values()
        if run.active
    }
    assert scene.listed() == active


def test_whoever_becomes_another_takes_their_runs_along(scene: Scene) -> None:
    """Under the other's name, once; a run that lost to the other's is listed no more."""
    persons = Persons(scene.customers)
    persons.did("began", "e1", anonymous="a1")
    persons.did("began", "e2", "c-2")
    before = scene.listed()

    persons.did("changed", "e3", "c-1", anonymous="a1", becomes={"plan": "pro"})
    after = scene.listed()

    assert before == {(A1, ""), ("c-2", "")}
    assert after == {("c-1", ""), ("c-2", "")}
    persons.did("began", "e4", anonymous="a9")
    persons.did("changed", "e5", "c-2", anonymous="a9", becomes={"plan": "pro"})
    assert scene.listed() == {("c-1", ""), ("c-2", "")}


def test_whoever_is_erased_is_listed_no_more(scene: Scene) -> None:
    """And what is handed out of a customer says nothing of the index."""
    scene.begins("ana")
    scene.begins("ben")
    (run,) = export_customer(scene.client, scene.table, "ana")["runs"]

    erase_customer(scene.client, scene.table, "ana", RecordedExecutions(), pause=lambda _: None)

    assert scene.listed() == {("ben", "")}
    assert "part" not in run


def test_a_step_writes_the_index_no_second_time(scene: Scene) -> None:
    """The index holds keys alone: a run's row that changes has the same part."""
    scene.begins("ana")
    (before,) = items(scene.client, scene.table, "A#run#")

    scene.begins("ana", at={"": "elsewhere"})

    (after,) = items(scene.client, scene.table, "A#run#")
    assert before["data"] != after["data"]
    assert before["part"] == after["part"]

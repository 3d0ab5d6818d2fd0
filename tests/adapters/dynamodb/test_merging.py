"""Two customers become one in the table: in several transactions where one is too small, and with nothing left over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.counters import counts
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.erasing import erase_customer
from sojourn.adapters.dynamodb.recount import rebuild_counters
from sojourn.adapters.dynamodb.stream import change_of
from sojourn.adapters.dynamodb.whole_customer import export_customer
from sojourn.application.changes import ProfileChanged
from sojourn.application.counting import Deltas, added, counted
from sojourn.application.outbound import announcements
from sojourn.domain.customer.rows import Change, Run, changed
from sojourn.errors import TransientError
from tests.faults.quick_table import quick_transactions
from tests.support.aws_table import aws_table, items, told
from tests.support.engine_room import Crash, SetClock
from tests.support.merging import A1, A2, Dying, Persons, until_done
from tests.support.recounted import Came, recomputed, without_days, without_moves
from tests.support.told_stream import records_of

KEYED = "enter: {on: began, key: event.ref, again: always}\ngoal: {event: stopped}\nsteps: [{wait: 9 days}]"
MANY = 50
"""Runs: twice as many rows, in two places, are more than a transaction takes."""


@pytest.fixture
def table() -> Iterator[tuple[Any, str]]:
    """Give an empty table."""
    with quick_transactions(), aws_table() as made:
        yield made


def people(table: tuple[Any, str], *journeys: str) -> Persons:
    clock = SetClock()
    persons = Persons(DynamoCustomers(*table, clock), *journeys)
    persons.room.clock = clock
    persons.room.engine = replace(persons.room.engine, clock=clock)
    persons.through(persons.customers)
    return persons


def with_many_runs(table: tuple[Any, str]) -> tuple[Persons, Callable[[], object]]:
    """Let a visitor be in many runs; return what tells who they are."""
    persons = people(table, KEYED)
    persons.did("began", "e0", anonymous="a1", properties={"ref": "r0"})
    first = persons.file(A1).runs["j", "r0"]
    for some in (range(1, MANY // 2), range(MANY // 2, MANY)):
        runs = [
            changed(first, id=f"j-{number}", execution=f"j-{number}", key=f"r{number}", entry_id=f"e{number}")
            for number in some
        ]
        persons.customers.commit(persons.file(A1), Change(runs={("j", run.key): run for run in runs}))
    persons.room.clock.pass_by(minutes=1)
    persons.did("began", "mine", "c-1", properties={"ref": "r7"})
    return persons, lambda: persons.did("changed", "told", "c-1", anonymous="a1")


def came(persons: Persons, table: tuple[Any, str]) -> tuple[Any, ...]:
    file = persons.file("c-1")
    refs = {key for _, key in file.runs}
    return (
        persons.file(A1).profile.id, len(file.runs), len(refs), {run.customer for run in file.runs.values()},
        file.runs["j", "r7"].entry_id, sorted(set(persons.room.executions.stopped)),
        [one.what for one in told(*table)].count("merged"), len(persons.events("c-1")),
        dict(file.profile.others), len(items(*table, keys.RUNS)),
    )  # fmt: skip


def test_many_runs_are_taken_over_in_parts(table: tuple[Any, str]) -> None:
    """All of them, each once; the one that had a run of the same key is stopped."""
    persons, tell = with_many_runs(table)
    ours = persons.file("c-1").runs["j", "r7"].execution

    tell()

    assert came(persons, table) == (
        "c-1", MANY, MANY, {"c-1"}, "e7", [ours], 1, 3, {A1: "merged"}, MANY,
    )  # fmt: skip


@pytest.mark.parametrize("at", [5, 7, 10, 13])
@pytest.mark.parametrize("after", [False, True])
def test_a_merge_in_parts_that_dies_is_gone_on_with(table: tuple[Any, str], at: int, after: bool) -> None:
    """By the event that told it, delivered again, or by the visitor's own next event; tasks come again meanwhile."""
    persons, tell = with_many_runs(table)
    persons.through(Dying(persons.customers, at, after=after))

    until_done(tell)

    assert came(persons, table)[:5] == ("c-1", MANY, MANY, {"c-1"}, "e7")
    assert came(persons, table)[6:] == (1, 3, {A1: "merged"}, MANY)


def test_the_visitors_own_event_goes_on_with_a_merge_in_parts(table: tuple[Any, str]) -> None:
    """Nobody else need come: until then, who reads the visitor is told to come again."""
    persons, tell = with_many_runs(table)
    dying = persons.through(Dying(persons.customers, 7))
    with pytest.raises(Crash):
        tell()
    assert dying.calls.count("merge") == 3
    with pytest.raises(TransientError):
        persons.customers.load(A1)

    persons.through(persons.customers)
    persons.did("did_it", "own", anonymous="a1")

    assert persons.file(A1).profile.id == "c-1"
    assert len(persons.file("c-1").runs) == MANY
    assert "own" in persons.events("c-1")


def test_every_row_is_brought_over(table: tuple[Any, str]) -> None:
    """Nothing of the visitor is left but who they are; every row is where the customer's are, once."""
    client, name = table
    persons = people(table)
    persons.did("began", "e1", anonymous="a1", becomes={"email": "ana@example.com"})
    for place, data in (("B#1", {"title": "x"}), ("Z#other", {"kept": 1})):
        client.put_item(
            TableName=name, Item={"pk": {"S": keys.customer(A1)}, "sk": {"S": place}, "data": {"S": json.dumps(data)}}
        )  # fmt: skip

    persons.did("changed", "e2", "c-1", anonymous="a1")

    left = [row["sk"]["S"] for row in items(client, name) if row["pk"]["S"] == keys.customer(A1)]
    kinds = [row["sk"]["S"][:2] for row in items(client, name) if row["pk"]["S"] == "C#c-1"]
    assert left == [keys.PROFILE]
    assert sorted(kinds) == ["A#", "A#", "B#", "E#", "E#", "H#", "H#", "M#", "Z#"]
    assert [row["sk"]["S"] for row in items(client, name) if row["pk"]["S"].startswith("I#")] == ["C#c-1"]


def lived(table: tuple[Any, str]) -> Persons:
    """Let two visitors and a customer live, become one, and go on."""
    persons = people(table)
    persons.did("began", "e1", anonymous="a1")
    persons.did("began", "e2", anonymous="a2")
    persons.room.clock.pass_by(minutes=1)
    persons.did("began", "e3", "c-1")
    persons.did("changed", "e4", "c-1", anonymous="a1")
    persons.did("changed", "e5", "c-1", anonymous="a2")
    persons.room.clock.pass_by(minutes=1)
    persons.did("stopped", "e6", anonymous="a2")
    return persons


def test_the_counters_add_up_after_a_merge(table: tuple[Any, str]) -> None:
    """Who takes a run over neither enters nor moves; who loses one leaves; a row that is brought over counts once."""
    persons = lived(table)
    changes = [change for record in records_of(table[1]) if (change := change_of(record))]

    total = without_moves(without_days(added(counted(change).deltas for change in changes)))

    runs = [*persons.file("c-1").runs.values()]
    happened = [one for one in told(*table) if one.journey]
    assert total == recomputed(Came(happened, runs))
    assert {name: by for place, names in total.items() if not place.step for name, by in names.items()} == {
        "entered": 3, "exit:merged": 2, "goal": 1,
    }  # fmt: skip


def test_a_rebuild_finds_the_same(table: tuple[Any, str]) -> None:
    """Counting anew from the table, where the rows stand elsewhere, comes to what was counted as they were written."""
    lived(table)
    changes = [change for record in records_of(table[1]) if (change := change_of(record))]
    total = without_days(added(counted(change).deltas for change in changes))

    rebuild_counters(*table, SetClock())

    found: Deltas = counts(*table, "j")
    assert {place: dict(names) for place, names in found.items()} == total


def test_nothing_is_told_twice(table: tuple[Any, str]) -> None:
    """Who listens hears each thing once; no run that is taken over is said to be erased."""
    lived(table)
    changes = [change for record in records_of(table[1]) if (change := change_of(record))]

    events = [
        event.name
        for change in changes
        for event in announcements(change, ("entered", "exited", "merged", "erased"))
    ]
    gone = [
        change.after.id for change in changes
        if isinstance(change, ProfileChanged) and change.after is not None and change.after.merged_into
    ]  # fmt: skip

    assert sorted(events) == ["sojourn.entered"] * 3 + ["sojourn.exited"] * 3 + ["sojourn.merged"] * 2
    assert gone == [A1, A2]


@pytest.mark.parametrize("asked", ["c-1", A1])
def test_everything_of_a_person_is_handed_out(table: tuple[Any, str], asked: str) -> None:
    """By whichever id: what they did as a visitor too, who became them, and by what they are found."""
    persons = lived(table)
    persons.did("changed", "e7", "c-1", becomes={"email": "ana@example.com"})

    whole = export_customer(*table, asked)

    assert whole["customer"] == "c-1"
    assert [event["id"] for event in whole["events"]] == ["e1", "e2", "e3", "e4", "e5", "e6", "e7"]
    assert {one["customer"] for one in whole["merged"]} == {A1, A2}
    assert len(whole["links"]) == 1
    assert len(whole["runs"]) == 1


@pytest.mark.parametrize("asked", ["c-1", A1])
@pytest.mark.parametrize("brought", [True, False])
def test_nothing_of_an_erased_person_is_left(table: tuple[Any, str], asked: str, brought: bool) -> None:
    """By whichever id, and in the middle of a merge: no row, no link, nobody who became them."""
    client, name = table
    persons = lived(table)
    persons.did("changed", "e7", "c-1", becomes={"email": "ana@example.com"})
    persons.did("began", "e8", anonymous="a3")
    with suppress(Crash):
        persons.through(persons.customers if brought else Dying(persons.customers, 5))
        persons.did("changed", "e9", "c-1", anonymous="a3")

    erased = erase_customer(client, name, asked, persons.room.executions, pause=lambda _: None)

    assert items(client, name) == []
    assert erased.customer == "c-1"
    assert {A1, A2} <= set(erased.others)


@pytest.mark.parametrize("who", ["c-1", A1])
def test_who_is_just_being_erased_becomes_nobody(table: tuple[Any, str], who: str) -> None:
    """The event that tells it waits, and afterwards finds who is left."""
    client, name = table
    persons = people(table)
    persons.did("began", "e1", anonymous="a1")
    persons.did("began", "e2", "c-1")
    key = {"pk": {"S": keys.customer(who)}, "sk": {"S": keys.PROFILE}}
    yes = {":yes": {"BOOL": True}}
    client.update_item(
        TableName=name, Key=key, UpdateExpression="SET erasing = :yes", ExpressionAttributeValues=yes
    )

    with pytest.raises(TransientError):
        persons.did("changed", "e3", "c-1", anonymous="a1")
    erase_customer(client, name, who, persons.room.executions, pause=lambda _: None)
    persons.did("changed", "e3", "c-1", anonymous="a1")

    assert persons.events("c-1") == ["e1" if who == "c-1" else "e2", "e3"]
    assert persons.file(A1).profile.id == "c-1"


def test_a_run_that_lost_is_stopped_even_by_who_comes_later(table: tuple[Any, str]) -> None:
    """Between the merge and the stop nobody may die unnoticed: what is to be stopped stays written."""
    persons = people(table)
    persons.did("began", "e1", "c-1")
    persons.room.clock.pass_by(minutes=1)
    persons.did("began", "e2", anonymous="a1")
    lost: Run = persons.file(A1).runs["j", ""]
    dying = persons.through(Dying(persons.customers, 5))
    with pytest.raises(Crash):
        persons.did("changed", "e3", "c-1", anonymous="a1")
    assert dying.calls[-1] == "bring"
    before = list(persons.room.executions.stopped)

    persons.through(persons.customers)
    persons.did("did_it", "e4", "c-1")

    assert (before, persons.room.executions.stopped) == ([], [lost.execution])
    assert persons.profile("c-1").others == {A1: "merged"}

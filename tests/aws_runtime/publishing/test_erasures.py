"""A customer is erased by a call: all of them goes, and the history keeps that it was done, and no id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.customer_marks import CustomerMarks
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.rows import Item
from sojourn.application.publishing import Entry
from sojourn.domain.customer.rows import Change, Event, Profile, Run
from tests.support.aws_table import items
from tests.support.control_room import ANA, BEN, ControlRoom, Died, control_room
from tests.support.engine_room import SetClock

WHO = "c-42/äöü #%"
"""Apps choose ids as they like."""


@contextmanager
def with_a_customer(rows: int = 0) -> Iterator[ControlRoom]:
    """Give a room in which somebody is in a journey, and did so many things besides."""
    with control_room() as room:
        customers = DynamoCustomers(room.client, room.table, SetClock(room.at))
        run = Run("run-1", WHO, "welcome", "v1", "", room.at, room.at, "run-1", at={"": "nap"})
        customers.commit(
            customers.load(WHO),
            Change(
                profile=Profile(WHO, {"plan": "pro"}, email="ana@example.com"),
                runs={("welcome", ""): run},
                event=Event("e0", "did_it", room.at, {}, room.at),
            ),
        )
        for number in range(rows):
            room.client.put_item(TableName=room.table, Item=row(WHO, f"E#more-{number:03d}"))
        customers.commit(customers.load("ben"), Change(profile=Profile("ben", email="ben@example.com")))
        room.calls = 0
        yield room


@pytest.fixture
def room() -> Iterator[ControlRoom]:
    """Give a room with a customer."""
    with with_a_customer() as made:
        yield made


def row(customer: str, sort_key: str) -> Item:
    return {"pk": {"S": keys.customer(customer)}, "sk": {"S": sort_key}}


def left(room: ControlRoom) -> list[Item]:
    """Return the rows of customers, and what leads to them."""
    return [one for one in items(room.client, room.table) if one["pk"]["S"][:2] in ("C#", "I#")]


def told(room: ControlRoom) -> list[Entry]:
    """Return what the history says, the oldest first; it holds."""
    assert room.backing.history.verify() is None
    return list(room.backing.history.read())[::-1]


def test_everything_is_gone_and_what_was_there_is_said(room: ControlRoom) -> None:
    """Rows by kind, the executions that were stopped, and where else something may be; another's rows stay."""
    status, said = room.call("erase", {"customer": WHO})

    assert (status, said["customer"], said["done"], said["others"]) == (200, WHO, True, [])
    assert said["removed"] == {"profile": 1, "runs": 1, "events": 1, "ledger": 1, "links": 1}
    assert said["stopped"] == room.reached.stopped == ["run-1"]
    assert "table backups" in said["outside"]
    assert {one["pk"]["S"] for one in left(room) if one["pk"]["S"].startswith("C#")} == {"C#ben"}


def test_the_history_keeps_that_it_was_done_and_nothing_of_whom(room: ControlRoom) -> None:
    """Who and when and why; no row of the table has the id any more, as it is or as a key has it."""
    room.call("erase", {"customer": WHO, "reason": "asked for on 6 March"})

    (entry,) = told(room)
    text = str(items(room.client, room.table))
    assert (entry.by, entry.did, entry.journey, entry.message) == (ANA, "erased", "", "asked for on 6 March")
    assert set(entry.details) == {"customers"}
    assert not [part for part in ("c-42", "äöü", "ana@example.com") if part in text]


def test_who_has_the_id_finds_the_entry(room: ControlRoom) -> None:
    """By the mark that is made of it the same way; of another id it is another."""
    room.call("erase", {"customer": WHO})

    marks = CustomerMarks(room.client, room.table)
    (entry,) = told(room)
    assert entry.details["customers"] == [marks.known(WHO)]
    assert marks.known("c-43") not in entry.details["customers"]


def test_of_nobody_there_is_nothing_to_tell(room: ControlRoom) -> None:
    """Who calls again after all is done, or names somebody who never was, changes nothing."""
    status, said = room.call("erase", {"customer": "nobody"})

    assert (status, said["removed"], said["done"]) == (200, {}, True)
    assert told(room) == []


def test_whoever_became_somebody_is_found_by_either_id(room: ControlRoom) -> None:
    """The person is erased, under whichever id they were asked for, and both are marked."""
    room.client.put_item(
        TableName=room.table, Item={**row("old", keys.PROFILE), keys.MERGED_INTO: {"S": WHO}}
    )
    room.client.put_item(TableName=room.table, Item=row(WHO, keys.merged("old")))

    _, said = room.call("erase", {"customer": "old"})

    marks = CustomerMarks(room.client, room.table)
    (entry,) = told(room)
    assert (said["customer"], said["others"]) == (WHO, ["old"])
    assert entry.details["customers"] == [marks.known(WHO), marks.known("old")]
    assert {one["pk"]["S"] for one in left(room) if one["pk"]["S"].startswith("C#")} == {"C#ben"}


def calls_of_it() -> int:
    """Return how many calls of AWS an erasure takes that nothing happens to."""
    with with_a_customer() as room:
        room.call("erase", {"customer": WHO})
        return room.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_wherever_it_dies_nothing_is_gone_that_is_not_told_and_the_next_call_does_the_rest(
    *, after: bool
) -> None:
    """An entry and the mark that keeps others out are there together; in the end there is one entry, and no row."""
    whole = calls_of_it()
    for number in range(1, whole + 1):
        with with_a_customer() as room:
            before = left(room)
            room.dies_at, room.after = number, after

            with suppress(Died):
                room.call("erase", {"customer": WHO})
            room.dies_at = 0
            begun = left(room) != before

            assert [one.did for one in told(room)] == ["erased"] * begun, number
            assert room.call("erase", {"customer": WHO})[1]["done"]
            assert [one.did for one in told(room)] == ["erased"], number
            assert {one["pk"]["S"] for one in left(room) if one["pk"]["S"].startswith("C#")} == {"C#ben"}
            assert set(room.reached.stopped) == {"run-1"}
    assert whole > 10


def test_what_takes_longer_than_a_call_is_gone_on_with() -> None:
    """Each call takes some of it away and says that there is more; all of them are one deed, told once."""
    with with_a_customer(rows=110) as room:
        room.reached.slow = 10.0
        answers = [room.call("erase", {"customer": WHO})[1]]
        while not answers[-1]["done"]:
            answers.append(room.call("erase", {"customer": WHO})[1])

        assert len(answers) > 2
        assert sum(said["removed"].get("events", 0) for said in answers) == 111
        assert [said["removed"].get("profile", 0) for said in answers] == [0] * (len(answers) - 1) + [1]
        assert [one.did for one in told(room)] == ["erased"]
        assert room.reached.stopped == ["run-1"]


def test_who_is_left_half_erased_is_found_by_their_address_until_all_is_done() -> None:
    """Whoever knows no more than that could not erase the rest, and would be told that there is nobody."""
    with with_a_customer(rows=60) as room:
        room.reached.slow = 20.0
        customers = DynamoCustomers(room.client, room.table, SetClock(room.at))

        _, half = room.call("erase", {"customer": WHO})
        found = customers.known_by("email", "ana@example.com")
        while not room.call("erase", {"customer": WHO})[1]["done"]:
            pass

        assert (half["done"], found) == (False, [WHO])
        assert customers.known_by("email", "ana@example.com") == []


def test_somebody_else_who_goes_on_with_it_is_told_too() -> None:
    """What one person began another ended: both stand there."""
    with with_a_customer(rows=60) as room:
        room.reached.slow = 20.0
        room.call("erase", {"customer": WHO})
        while not room.call("erase", {"customer": WHO}, by=BEN)[1]["done"]:
            pass

        assert [(one.by, one.did) for one in told(room)] == [(ANA, "erased"), (BEN, "erased")]


def test_who_comes_again_and_is_erased_again_is_told_again(room: ControlRoom) -> None:
    """It is another deed, of somebody who goes by the same id."""
    room.call("erase", {"customer": WHO})
    customers = DynamoCustomers(room.client, room.table, SetClock(room.at))
    customers.commit(replace(customers.load(WHO)), Change(profile=Profile(WHO)))

    room.call("erase", {"customer": WHO})

    first, second = told(room)
    assert first.details == second.details


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"customer": ""},
        {"customer": 42},
        {"customer": "c" * 257},
        {"customers": ["c-42"]},
        {"customer": None},
    ],
)
def test_what_names_nobody_is_refused(room: ControlRoom, body: Any) -> None:
    """And nothing is changed or told."""
    before = left(room)

    status, said = room.call("erase", body)

    assert (status, said["error"]) == (400, "bad_field")
    assert (left(room), told(room)) == (before, [])

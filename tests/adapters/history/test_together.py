"""What is told is done, and what is done is told: the entry and the deed are one transaction."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import rows
from sojourn.adapters.dynamodb.together import Action, Refused, put_once
from sojourn.errors import Throttled
from tests.adapters.history.conftest import ANA, BEN, NOON, Room
from tests.adapters.registry.registering import Calls
from tests.support.aws_table import items


def a_row(room: Room, name: str) -> Action:
    """Return what puts a row that is new: something that is done, and told."""
    return put_once(room.table, rows.item("G#deeds", name, ""))


def deeds(room: Room) -> list[str]:
    return [item["sk"]["S"] for item in items(room.client, room.table) if item["pk"]["S"] == "G#deeds"]


def test_what_is_told_is_done_with_it(room: Room) -> None:
    """Both are there, also where somebody else wrote in between."""
    calls = Calls(room.client)

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            calls.before = lambda *_: None
            room.history.add(NOON, BEN, "paused", also=[a_row(room, "first")])

    calls.before = meanwhile
    mine = room.through(calls).add(NOON, ANA, "published", also=[a_row(room, "second")])

    assert [(entry.sequence, entry.did) for entry in room.history.read()] == [(2, "published"), (1, "paused")]
    assert (mine.sequence, deeds(room)) == (2, ["first", "second"])


def test_what_cannot_be_done_is_not_told(room: Room) -> None:
    """Whoever asked hears so at once: to try again changes nothing."""
    room.history.add(NOON, ANA, "published", also=[a_row(room, "the same")])

    with pytest.raises(Refused):
        room.history.add(NOON, BEN, "published", also=[a_row(room, "another"), a_row(room, "the same")])

    assert [entry.by for entry in room.history.read()] == [ANA]
    assert (deeds(room), room.pauses) == (["the same"], [])


def test_what_was_told_already_is_not_done_again(room: Room) -> None:
    """A deed that is told once is done once, as both came to be together."""
    first = room.history.add(NOON, ANA, "published", once="d1", also=[a_row(room, "one")])

    again = room.history.add(NOON, ANA, "published", once="d1", also=[a_row(room, "one")])

    assert (again, room.history.told("d1"), room.history.told("d2")) == (first, first, None)
    assert deeds(room) == ["one"]


def test_the_next_entry_holds_until_somebody_adds_one(room: Room) -> None:
    """Whoever writes it with something else is refused then, and nothing of it is written."""
    entry, actions = room.history.next(NOON, ANA, "paused", "j", details={"n": 1}, once="d1")
    room.tell(1)

    with pytest.raises(room.client.exceptions.TransactionCanceledException):
        room.client.transact_write_items(TransactItems=[*actions, a_row(room, "paused")])
    _, actions = room.history.next(NOON, ANA, "paused", "j", details={"n": 1}, once="d1")
    room.client.transact_write_items(TransactItems=[*actions, a_row(room, "paused")])

    told = room.history.told("d1")
    assert told is not None
    assert (entry.sequence, told.sequence, told.details) == (1, 2, {"n": 1})
    assert (deeds(room), room.history.verify()) == (["paused"], None)


def test_two_who_tell_the_same_in_the_same_moment_are_both_told(room: Room) -> None:
    """Neither takes the other's entry for its own, and what each does is done."""
    calls = Calls(room.client)

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            calls.before = lambda *_: None
            room.history.add(NOON, ANA, "paused", once="d1", also=[a_row(room, "one")])

    calls.before = meanwhile
    room.through(calls).add(NOON, ANA, "paused", once="d2", also=[a_row(room, "two")])

    assert [entry.sequence for entry in room.history.read()] == [2, 1]
    assert deeds(room) == ["one", "two"]


def test_a_transaction_that_was_too_much_can_be_done_later(room: Room) -> None:
    """DynamoDB says so of one of its actions; whoever carries a publication out comes again then by himself."""
    calls = Calls(room.client)
    reasons = [{"Code": "ThrottlingError"}, {"Code": "None"}, {"Code": "None"}]

    def busy(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            error = {"Error": {"Code": "TransactionCanceledException", "Message": "wait"}}
            raise ClientError({**error, "CancellationReasons": reasons}, "TransactWriteItems")

    calls.before = busy

    with pytest.raises(Throttled):
        room.through(calls).add(NOON, ANA, "paused", also=[a_row(room, "one")])

    assert deeds(room) == []

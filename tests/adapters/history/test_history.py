"""The account of who did what: nothing in it can be changed, taken out or put elsewhere unseen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb.history import Broken
from sojourn.adapters.json_text import compact
from sojourn.application.publishing import Entry
from sojourn.errors import TransientError
from tests.adapters.history.conftest import ANA, BEN, NOON, Room
from tests.adapters.registry.registering import Calls


def test_entries_are_read_as_they_were_added(room: Room) -> None:
    """The newest first, each with the hash of the one before."""
    added = room.tell(3)

    assert list(room.history.read()) == added[::-1]
    assert [entry.sequence for entry in added] == [1, 2, 3]
    assert [entry.before for entry in added] == ["", added[0].hash, added[1].hash]
    assert added[1].at == NOON + timedelta(minutes=1)
    assert room.history.verify() is None


def test_nothing_was_done_yet(room: Room) -> None:
    """An empty account holds."""
    assert list(room.history.read()) == []
    assert room.history.verify() is None


def test_pages_are_gone_on_with(room: Room) -> None:
    """So many at a time, and those before the last one that was read."""
    room.tell(7)

    first = [entry.sequence for entry in room.history.read(limit=3)]
    second = [entry.sequence for entry in room.history.read(limit=3, before=first[-1])]
    last = [entry.sequence for entry in room.history.read(limit=3, before=second[-1])]

    assert (first, second, last) == ([7, 6, 5], [4, 3, 2], [1])
    assert list(room.history.read(before=1)) == []


def test_a_journey_has_an_account_of_its_own(room: Room) -> None:
    """What was done to it alone, and with others, however far back."""
    room.tell(120)
    room.history.add(NOON, BEN, "deployed", details={"journeys": {"j0": {"version": "v1"}, "x": {}}})

    assert [entry.sequence for entry in room.history.read("x")] == [121]
    assert [entry.sequence for entry in room.history.read("j0", limit=3)] == [121, 118, 115]
    assert len(list(room.history.read("j1", limit=None))) == 40


def test_what_is_told_once_stands_there_once(room: Room) -> None:
    """A worker that died after telling tells it again, with whatever time it is then."""
    first = room.history.add(NOON, ANA, "published", once="operation-1")
    room.tell(1)

    again = room.history.add(NOON + timedelta(hours=1), ANA, "published", once="operation-1")
    other = room.history.add(NOON, ANA, "published", once="operation-2")

    assert again == first
    assert [entry.sequence for entry in (first, other)] == [1, 3]
    assert room.history.verify() is None


@pytest.mark.parametrize("once", ["", "the same"])
def test_of_two_who_write_at_once_the_later_takes_the_next_number(room: Room, once: str) -> None:
    """Both stand there, unless they tell of the same."""
    calls = Calls(room.client)

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            calls.before = lambda *_: None
            room.history.add(NOON, BEN, "paused", once=once)

    calls.before = meanwhile
    mine = room.through(calls).add(NOON, ANA, "published", once=once)

    told = [(entry.sequence, entry.by) for entry in room.history.read()]
    assert told == ([(1, BEN)] if once else [(2, ANA), (1, BEN)])
    assert (mine.sequence, mine.by) == told[0]
    assert room.history.verify() is None


def test_whoever_is_always_overtaken_is_told_so(room: Room) -> None:
    """It may be tried again; the pauses between attempts grow, and differ."""
    calls = Calls(room.client)

    def meanwhile(name: str, _arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            room.tell(1)

    calls.before = meanwhile

    with pytest.raises(TransientError, match="too many write into the history at once"):
        room.through(calls).add(NOON, ANA, "published")
    assert len(set(room.pauses)) > 5


def test_an_entry_whose_answer_was_lost_is_not_told_twice(room: Room) -> None:
    """botocore repeats a call that was not answered; it is then refused, as it was done."""
    calls = Calls(room.client)

    def lost(name: str, arguments: dict[str, Any]) -> None:
        if name == "transact_write_items":
            calls.before = lambda *_: None
            room.client.transact_write_items(**arguments)

    calls.before = lost
    entry = room.through(calls).add(NOON, ANA, "published")

    assert list(room.history.read()) == [entry]


FIELDS = ("at", "by", "did", "journey", "message", "details", "before", "hash", "sequence")


def forged(item: dict[str, Any], field: str) -> dict[str, Any]:
    """Return an entry's row with one field that says something else."""
    told = json.loads(item["data"]["S"])
    others = {
        "at": "2020-01-01T00:00:00Z", "details": {"n": "something else"}, "sequence": 99, "hash": "0" * 64,
    }  # fmt: skip
    return {**item, "data": {"S": compact({**told, field: others.get(field, f"{told[field]}x")})}}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_an_entry_that_was_changed_shows(room: Room, field: str, sequence: int) -> None:
    """Whatever in it, the first and the last entry among them."""
    room.tell(5)

    room.put(sequence, forged(room.entries()[sequence - 1], field))

    broken = room.history.verify()
    assert broken == Broken(sequence, "misplaced" if field == "sequence" else "changed")


@pytest.mark.parametrize("data", ["", "[]", "{}", '{"sequence": 2, "at": "noon"}'])
def test_an_entry_that_is_none_any_more_shows(room: Room, data: str) -> None:
    """Whatever somebody put in its place."""
    room.tell(3)

    room.put(2, {"data": {"S": data}} if data else {})

    assert room.history.verify() == Broken(2, "changed")


def test_an_entry_made_anew_with_a_hash_that_fits_shows(room: Room) -> None:
    """The entry after it, or the head, knows the hash that it had."""
    *_, last = added = room.tell(5)
    for entry, found in ((added[1], 3), (last, 5)):
        item = room.entries()[entry.sequence - 1]
        anew = Entry(entry.sequence, entry.at, BEN, entry.did, before=entry.before).sealed()

        room.put(entry.sequence, {**item, "data": {"S": compact(anew.to_json())}})
        broken = room.history.verify()
        room.put(entry.sequence, item)

        assert broken == Broken(found, "changed")


EDITS = st.lists(
    st.tuples(st.sampled_from(["take", "swap", "copy", "forge"]), st.integers(1, 6), st.integers(1, 6)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_whatever_is_done_to_the_rows_is_found(room: Room, edits: list[tuple[str, int, int]]) -> None:
    """Entries taken out, exchanged, copied or forged: the account holds just where all is as it was."""
    if not room.entries():
        room.tell(6)
    whole = room.entries()
    rows: dict[int, dict[str, Any]] = dict(enumerate(whole, start=1))
    for what, one, other in edits:
        if what == "take":
            rows.pop(one, None)
        elif what == "swap" and one in rows and other in rows:
            rows[one], rows[other] = rows[other], rows[one]
        elif what == "copy" and one in rows:
            rows[other] = rows[one]
        elif one in rows:
            rows[one] = forged(rows[one], FIELDS[other])
    for sequence in range(1, 7):
        if sequence in rows:
            room.put(sequence, rows[sequence])
        else:
            room.take(sequence)

    broken = room.history.verify()
    for sequence, item in enumerate(whole, start=1):
        room.put(sequence, item)

    same = {n: row["data"] for n, row in rows.items()} == {n: row["data"] for n, row in enumerate(whole, 1)}
    assert (broken is None) == same

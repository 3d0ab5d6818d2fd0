from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import engine_keys, keys

NAMES = st.text(alphabet=st.sampled_from("ab#%25~é✓\u0000 "), max_size=12) | st.text(max_size=12)
INSTANTS = st.datetimes(timezones=st.just(UTC))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_parts_come_back_as_they_were(names: list[str]) -> None:
    """Whatever people call things, a key says which parts it was made of."""
    assert keys.parts(keys.joined(*names)) == tuple(names)


@given(NAMES, NAMES, NAMES, NAMES)
def test_two_things_never_share_a_key(one: str, other: str, third: str, fourth: str) -> None:
    """A `#` inside a name does not look like the end of it."""
    same = (one, other) == (third, fourth)

    assert (keys.run(one, other) == keys.run(third, fourth)) is same
    assert (keys.wait(one, other) == keys.wait(third, fourth)) is same
    assert (engine_keys.trigger(one, other) == engine_keys.trigger(third, fourth)) is same
    assert (engine_keys.count(one, other) == engine_keys.count(third, fourth)) is same


@given(INSTANTS, INSTANTS)
def test_texts_of_instants_sort_as_the_instants_do(one: datetime, other: datetime) -> None:
    """Every digit is written, so that noon comes before half a second past noon, and comes back exactly."""
    assert (keys.instant(one) < keys.instant(other)) is (one < other)
    assert datetime.fromisoformat(keys.instant(one)) == one


@given(NAMES, INSTANTS, NAMES, NAMES, INSTANTS)
def test_the_index_finds_just_the_events_of_a_name_since(
    name: str, received: datetime, event_id: str, other: str, since: datetime
) -> None:
    """An event lies between the bounds if it has that name and was received at that instant or later."""
    place = keys.by_name(name, received, event_id)

    begins, ends = keys.by_name_between(other, since)
    everything = keys.by_name_between(other, None)

    assert (begins.encode() <= place.encode() <= ends.encode()) is (name == other and received >= since)
    assert (everything[0].encode() <= place.encode() <= everything[1].encode()) is (name == other)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (keys.PROFILE, "profile"),
        (keys.run("welcome", "order#1"), "runs"),
        (keys.wait("welcome-1", "opened"), "waiters"),
        (keys.event("e1"), "events"),
        (keys.send("s1"), "sends"),
        (keys.ledger(NOON, 7), "ledger"),
        (keys.inbox("m1"), "inbox"),
        (keys.quarantined("e1"), "quarantined"),
        ("Z#what", "other"),
    ],
)
def test_a_sort_key_says_what_its_row_is(key: str, kind: str) -> None:
    """Every kind of row about a customer is told by how its sort key begins."""
    assert keys.kind(key) == kind


def test_hot_rows_and_no_others_begin_alike() -> None:
    """Profile, runs and waiters are read by one query, which must read nothing else."""
    hot = [keys.PROFILE, keys.run("j", "k"), keys.wait("r", "s")]
    others = [
        keys.event("A#"),
        keys.send("A#"),
        keys.ledger(NOON, 1),
        keys.inbox("A#"),
        keys.quarantined("A#"),
    ]

    assert [key.startswith(keys.HOT) for key in hot + others] == [True] * 3 + [False] * 5


def test_the_ledger_sorts_by_time_then_revision() -> None:
    """Two commits of one instant stand in the order they were made, the tenth after the ninth."""
    ninth, tenth = keys.ledger(NOON, 9), keys.ledger(NOON, 10)

    assert ninth < tenth < keys.ledger(NOON + timedelta(microseconds=1), 1)


def test_an_instant_is_written_in_utc() -> None:
    """Wherever it was noted, one instant has one text; an instant without a zone is a mistake."""
    assert keys.instant(NOON.astimezone(timezone(timedelta(hours=5)))) == "2026-03-02T12:00:00.000000Z"
    with pytest.raises(ValueError, match="no zone"):
        keys.instant(NOON.replace(tzinfo=None))


def test_every_partition_of_the_grammar() -> None:
    """The keys of what is published are as the grammar says, with names escaped."""
    assert [
        keys.customer("a#1"), engine_keys.journey("w"), engine_keys.version("v1"), engine_keys.outline("v1"),
        engine_keys.definition("v1"), engine_keys.definition("v1", 2), engine_keys.publication(NOON, "i#1"),
        engine_keys.trigger("event", "a#b"), engine_keys.entered("w"), engine_keys.message("d1"),
        engine_keys.pace("email"), engine_keys.counts("w"), engine_keys.count("v1", ""), engine_keys.record("r1"),
        engine_keys.entry(42), engine_keys.told_once("o#1"), engine_keys.operation("o1"), engine_keys.strands("o#1"),
    ] == [
        "C#a%231", "G#journey#w", "v#v1", "o#v1", "d#v1", "d#v1#2", "p#2026-03-02T12:00:00.000000Z#i%231",
        "G#trigger#event#a%23b", "w", "G#message#d1", "G#pace#email", "G#count#w", "1#v1#", "X#r1",
        "000000000042", "G#history#o%231", "o1", "G#operation#o%231",
    ]  # fmt: skip

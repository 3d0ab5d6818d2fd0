from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import rows
from sojourn.domain.customer.rows import Event, Profile, Run, Send, Waiter
from sojourn.domain.ledger import Happening

NOON = datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC)
TEXTS = st.text(max_size=8)
INSTANTS = st.datetimes(timezones=st.just(UTC))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(TEXTS, JSON, max_size=3)
MAYBE = st.none() | INSTANTS
TIMES = st.dictionaries(TEXTS, INSTANTS, max_size=2)
TUPLES = st.lists(TEXTS, max_size=3).map(tuple)

PROFILES = st.builds(
    Profile, TEXTS, OBJECTS, st.none() | TEXTS, st.none() | TEXTS, st.none() | TEXTS, st.none() | TEXTS,
    st.none() | TEXTS, st.dictionaries(st.tuples(TEXTS, TEXTS), st.booleans(), max_size=3),
    st.dictionaries(TEXTS, TEXTS, max_size=2), st.frozensets(TEXTS, max_size=3), st.none() | st.booleans(),
    MAYBE, TIMES, st.dictionaries(TEXTS, TIMES, max_size=2), st.dictionaries(TEXTS, TEXTS, max_size=2),
    st.dictionaries(TEXTS, TEXTS, max_size=2), TEXTS,
)  # fmt: skip
EVENTS = st.builds(Event, TEXTS, TEXTS, INSTANTS, OBJECTS, MAYBE, st.integers(0, 9), OBJECTS)
RUNS = st.builds(
    Run, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, INSTANTS, INSTANTS, TEXTS, OBJECTS, TEXTS, TEXTS, st.booleans(),
    st.sampled_from(["running", "ended"]), MAYBE, TEXTS, st.booleans(), st.integers(0, 99),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple),
    st.dictionaries(TEXTS, st.frozensets(TEXTS, max_size=2), max_size=2),
    st.dictionaries(TEXTS, st.tuples(TEXTS, TEXTS, JSON), max_size=2), st.integers(0, 9),
    st.dictionaries(TEXTS, TEXTS, max_size=2), MAYBE, TEXTS,
    answered=st.dictionaries(TEXTS, st.tuples(TEXTS, TEXTS), max_size=2),
    heir_of=TUPLES, waits_since=MAYBE, leaves=TEXTS,
)  # fmt: skip
WAITERS = st.builds(
    Waiter, TEXTS, TEXTS, TEXTS, TEXTS, INSTANTS, MAYBE, TEXTS, st.lists(OBJECTS, max_size=2).map(tuple), OBJECTS,
    TUPLES, TUPLES, OBJECTS, TEXTS, TEXTS, TEXTS, JSON, st.none() | OBJECTS,
)  # fmt: skip
SENDS = st.builds(
    Send, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.booleans(), INSTANTS, TEXTS, TEXTS,
    TEXTS, did=st.frozensets(TEXTS, max_size=3), heard=st.booleans(),
)  # fmt: skip


@settings(max_examples=60)
@given(st.one_of(PROFILES, EVENTS, RUNS, WAITERS, SENDS))
def test_a_row_comes_back_as_it_was(row: Any) -> None:
    """Every field of every row, microseconds, sets and tuples among them, survives the table."""
    assert rows.from_text(type(row), rows.to_text(row)) == row


@given(st.lists(st.tuples(INSTANTS, TEXTS, TEXTS), max_size=3).map(tuple))
def test_recent_sends_come_back_as_they_were(recent: rows.Recent) -> None:
    """The sends that count for caps survive the table, in their order."""
    assert rows.recent_from(rows.recent_text(recent)) == recent


def test_the_strategies_above_fill_every_field() -> None:
    """A field that is added to a row must be added here, so that its way to the table and back is tried."""
    counts = {Profile: 17, Event: 7, Run: 28, Waiter: 17, Send: 16}

    assert {kind: len(fields(kind)) for kind in counts} == counts


def test_a_row_is_compact() -> None:
    """What a field holds by default is not written, nor a blank: the shortest profile is its id."""
    assert rows.to_text(Profile("ana")) == '{"id":"ana"}'
    assert rows.to_text(Profile("ana", {"größe": 1.5})) == '{"id":"ana","attributes":{"größe":1.5}}'


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    """While a deployment goes on, a function reads rows that a newer one wrote."""
    assert rows.from_text(Profile, '{"id":"ana","mood":"fine"}') == Profile("ana")


def test_half_a_surrogate_pair_survives() -> None:
    """Somebody's cut-off emoji has no bytes of its own, and costs nobody their row."""
    profile = Profile("ana", {"name": "A\ud83d"})

    text = rows.to_text(profile)

    assert text.encode()
    assert rows.from_text(Profile, text) == profile


def test_the_ledger_says_who_when_and_what() -> None:
    """Instants in details are ISO 8601, as in traces; moves stand beside what happened."""
    happening = Happening(NOON, "ana", "j", "v1", "j-1", "held", "s", "quiet hours", {"until": NOON})

    item = rows.ledger_item("ana", NOON, 7, [happening], [("j", "v1", "", "s")], 1_800_000_000)

    assert (item["pk"], item["sk"]) == (
        {"S": "C#ana"},
        {"S": "H#2026-03-02T12:00:00.000001Z#0000000000000007"},
    )
    assert json.loads(item["data"]["S"]) == {
        "customer": "ana",
        "at": "2026-03-02T12:00:00.000001Z",
        "revision": 7,
        "happened": [
            {
                "at": "2026-03-02T12:00:00.000001Z", "journey": "j", "version": "v1", "run": "j-1", "what": "held",
                "step": "s", "reason": "quiet hours", "details": {"until": "2026-03-02T12:00:00.000001Z"},
            }
        ],
        "moves": [["j", "v1", "", "s"]],
    }  # fmt: skip


def test_what_json_cannot_say_is_a_mistake_of_ours() -> None:
    """It is refused before it is written, not found out when it is read."""
    with pytest.raises(TypeError, match="nothing that JSON can say"):
        rows.to_text(Profile("ana", {"tags": {1, 2}}))

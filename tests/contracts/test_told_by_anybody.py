"""What whoever may tell events makes up, over every adapter: keys of runs, ids of events, addresses of many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.aws_runtime.incoming.fields import LONGEST_ID_BYTES, is_event_id
from sojourn.aws_runtime.incoming.inbound import LONGEST_ID
from sojourn.domain.customer.identity import EMAIL
from sojourn.domain.customer.rows import Change, Profile
from sojourn.domain.decide import bounding
from sojourn.domain.decide.entering import LONGEST_KEY
from tests.contracts.test_customers import ADAPTERS, Store
from tests.faults.quick_table import quick_transactions
from tests.support.engine_room import START
from tests.support.merging import Persons

KEYED = "enter: {on: began, key: event.ref, again: always}\nsteps: [{wait: 1 day}]"
BESIDE = "enter: {on: began, again: always}\nsteps: [{wait: 1 day}]"


@pytest.fixture(params=list(ADAPTERS))
def persons(request: pytest.FixtureRequest) -> Iterator[Persons]:
    """Give a room over an empty store of each adapter in turn."""
    with quick_transactions(), ADAPTERS[request.param]() as (customers, happened):
        made = Persons(customers, KEYED, BESIDE)
        made.store = Store(customers, happened)  # type: ignore[attr-defined]
        yield made


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ("x" * (LONGEST_KEY + 1), f"is longer than {LONGEST_KEY} bytes"),
        ("#" * (LONGEST_KEY // 3 + 1), f"is longer than {LONGEST_KEY} bytes"),
        ("\U0001f600" * (LONGEST_KEY // 4 + 1), f"is longer than {LONGEST_KEY} bytes"),
        (True, "is true or false; a text or a number is wanted"),
        (["a"], "is a list; a text or a number is wanted"),
        ({"a": 1}, "is an object; a text or a number is wanted"),
    ],
)
def test_what_is_no_key_keeps_its_customer_out_of_one_journey(persons: Persons, ref: Any, why: str) -> None:
    """The ledger says why; the other journeys of the event are entered, once."""
    persons.did("began", "e1", "c-1", properties={"ref": ref})
    persons.did("began", "e1", "c-1", properties={"ref": ref})

    assert {key: run.active for key, run in persons.file("c-1").runs.items()} == {("k", ""): True}
    assert persons.events("c-1") == ["e1"]
    told = persons.told(persons.store, "not_entered", "entered")  # type: ignore[attr-defined]
    assert told == ["entered", f"not_entered no key: event.ref {why}"]


@pytest.mark.parametrize(
    "ref", ["x" * LONGEST_KEY, "%" * (LONGEST_KEY // 3), "\U0001f600" * (LONGEST_KEY // 4), 7]
)
def test_the_longest_key_has_room(persons: Persons, ref: Any) -> None:
    """In a row's key, with the longest name of a journey before it."""
    persons.did("began", "e1", "c-1", properties={"ref": ref})

    assert set(persons.file("c-1").runs) == {("j", str(ref)), ("k", "")}


@pytest.mark.parametrize(
    "event_id",
    ["#" * LONGEST_ID, "\u20ac" * 250, "\U0001f600" * 187, "\U0001f600" * 164 + "#" * 92],
)
def test_the_longest_id_of_an_event_has_room(persons: Persons, event_id: str) -> None:
    """In a row's key, and in that of the index by names, for the longest name."""
    assert is_event_id(event_id)

    assert persons.did("n" * 60, event_id, "c-1")
    assert not persons.did("n" * 60, event_id, "c-1")


def test_an_id_of_more_bytes_is_none() -> None:
    """Refused where it comes in, and not by the table for ever."""
    assert not is_event_id("\U0001f600" * (LONGEST_ID_BYTES // 4 + 1))


def test_of_those_who_have_one_address_a_bounded_number_is_read(
    persons: Persons, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same ones by every adapter."""
    for module in ("memory", "dynamodb"):
        monkeypatch.setattr(f"sojourn.adapters.{module}.customers.MOST_KNOWN_BY", 3)
    for number in (4, 2, 3, 1, 5):
        persons.room.clock.pass_by(seconds=1)
        file = persons.customers.load(f"c-{number}")
        profile = Profile(
            f"c-{number}", email="ana@example.com", since=persons.room.clock.at, as_of={EMAIL: START}
        )
        persons.customers.commit(file, Change(profile=profile))

    found = persons.customers.known_by(EMAIL, "ana@example.com")

    assert (sorted(found), bounding.MOST_KNOWN_BY) == (["c-1", "c-2", "c-3"], 1_000)

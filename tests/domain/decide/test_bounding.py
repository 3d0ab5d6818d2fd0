"""A customer's attributes have their room, and no more: whoever tells them cannot fill the profile."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.bounding import (
    LONGEST_CONTACT,
    LONGEST_NAME,
    MOST_ATTRIBUTES,
    MOST_BYTES,
    fitting,
)
from sojourn.domain.decide.learning import learned
from sojourn.domain.decide.merging import merged_profile

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def size(attributes: dict[str, Any]) -> int:
    return len(json.dumps(attributes, ensure_ascii=False).encode())


def test_so_many_attributes_and_no_more() -> None:
    """A name that is new is left out then; one that is known gets its new value."""
    full = Profile("ana", {f"a{number}": 1 for number in range(MOST_ATTRIBUTES)})

    known = learned(full, {"one_more": 1, "a7": 2}, NOON)

    assert known.attributes == {**full.attributes, "a7": 2}
    assert known.as_of == {"a7": NOON}
    assert learned(full, {"one_more": 1}, NOON) is full


def test_a_large_value_is_left_out_and_a_smaller_one_taken() -> None:
    """The rest of what came with it is taken; a value that shrinks is taken though there is no room at all."""
    too_full = Profile("ana", {"story": "x" * (MOST_BYTES + 99)})

    assert learned(Profile("ana"), {"story": "x" * MOST_BYTES, "plan": "pro"}).attributes == {"plan": "pro"}
    assert learned(too_full, {"story": "y" * (MOST_BYTES + 50)}).attributes["story"][0] == "y"
    assert learned(too_full, {"plan": "pro"}) is too_full


def test_names_and_addresses_have_a_length() -> None:
    """Longer ones are left out."""
    long = {"n" * (LONGEST_NAME + 1): 1, "device": "d" * (LONGEST_CONTACT + 1)}

    assert learned(Profile("ana"), long, NOON) == Profile("ana")
    assert learned(Profile("ana"), {"n" * LONGEST_NAME: 1, "device": "d" * LONGEST_CONTACT}).device


def test_of_two_who_become_one_what_was_known_of_the_one_who_stays_has_its_room_first() -> None:
    """And what is left out is known as of no time."""
    source = Profile("anonymous-1", {"theirs": "x" * 9_000, "age": 7}, as_of={"theirs": NOON, "age": NOON})
    into = Profile("ana", {"story": "x" * (MOST_BYTES - 9_000)})

    merged = merged_profile(source, into)

    assert merged.attributes == {**into.attributes, "age": 7}
    assert merged.as_of == {"age": NOON}


@given(
    st.lists(
        st.dictionaries(st.text(max_size=120), st.text(max_size=20).map(lambda text: text * 900), max_size=5),
        max_size=8,
    )
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_told_the_bound_holds(told: list[dict[str, Any]]) -> None:
    """In characters of any kind; what is known never goes."""
    known: dict[str, Any] = {}

    for one in told:
        after = {**known, **fitting(known, one)}
        assert set(known) <= set(after)
        known = after

    assert len(known) <= MOST_ATTRIBUTES
    assert all(len(name) <= LONGEST_NAME for name in known)
    assert size(known) <= MOST_BYTES + 2

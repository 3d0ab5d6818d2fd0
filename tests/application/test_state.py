"""The state that travels with a run stays small, whatever customers and other systems send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.application.step import do_step
from sojourn.domain.compile.outcomes import KEPT_BYTES, STATE_BYTES, bounded
from tests.support.engine_room import Room

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
)


def size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


@given(st.dictionaries(st.text(max_size=9), json_values, max_size=5))
def test_what_is_kept_of_an_outcome_is_kept_whole(outcome: dict[str, Any]) -> None:
    """A value is there as it was or not there at all; none is cut."""
    kept = bounded(outcome, {})

    assert all(kept[name] == outcome[name] for name in kept)
    assert all(size(outcome[name]) > KEPT_BYTES * 0.9 for name in outcome.keys() - kept.keys())


@pytest.mark.parametrize("value", ["x" * 900, "ü" * 450, {"text": "x" * 880}, ["😀" * 200]])
def test_answers_that_are_read_later_fill_the_state_up_to_its_bound(value: Any) -> None:
    """The first ones are kept, the last ones are missing to whoever reads them; a short word is always kept."""
    beside: dict[str, Any] = {}
    for n in range(20):
        beside[f"step_{n}"] = bounded({"answer": value, "path": "otherwise"}, beside)

    kept = [one for one in beside.values() if "answer" in one]
    assert 5 <= len(kept) < 10
    assert all(one["path"] == "otherwise" for one in beside.values())
    assert size(beside) < STATE_BYTES + 1_000 < 8_001


def test_only_what_is_read_later_travels() -> None:
    """Of an answer with much in it, the one field that a condition asks for."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - {id: c, call: "https://api.shop.example/x"}
          - {id: unread, call: "https://api.shop.example/x"}
          - {wait: 1 day}
          - {branch: [{when: steps.c.answer.n == 1, steps: []}]}
        """
    )
    room.happen("began", text="x" * 5_000)

    first = do_step(room.engine, room.payload("c"))
    second = do_step(room.engine, room.payload("unread", first))

    assert second["steps"] == {"c": {"answer": {"n": 1}}}
    assert sorted(second) == ["customer", "next", "run", "steps"]

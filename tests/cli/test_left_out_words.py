"""What was not kept of a customer, in the words of `sojourn customer show`."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.cli.render.customer_story import happening_words
from tests.cli.customer_rows import spoken


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            {"reason": "no_room", "details": {"names": ["secret", "more"], "count": 7, "by": "e1"}},
            "not kept, as there is no room for more: secret, more and 5 more",
        ),
        (
            {"reason": "wrong_type", "details": {"names": ["score"], "count": 1}},
            "not kept, as it is not of the type declared: score",
        ),
        ({"reason": "of a later release", "details": {"names": ["a"], "count": 1}}, "of a later release: a"),
    ],
)
def test_names_are_told_and_how_many_more_there_were(one: dict[str, Any], said: str) -> None:
    """What a release to come tells is said in its own words."""
    assert happening_words({"what": "left_out", "at": "2026-03-06T09:00:00Z", **one}, spoken()) == said


def test_what_a_step_would_have_set_is_told_with_its_journey() -> None:
    """Whoever asks why an attribute is not there sees which journey would have set it."""
    one = {
        "what": "left_out",
        "journey": "cart",
        "reason": "no_room",
        "details": {"names": ["x"], "count": 1},
    }

    assert happening_words(one, spoken()).startswith("→ ")

"""Values as a plan shows them: as an author writes them, not as programs do."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.cli.render.plan_words import field_line
from sojourn.domain.change.difference import FieldChange


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("holdout", 10.0, "holdout: 10%"),
        ("holdout", 2.5, "holdout: 2.5%"),
        (
            "goal",
            {"event": "order_completed", "within": "14 days"},
            "goal: {event: order_completed, within: 14 days}",
        ),
        (
            "split",
            {"a": {"weight": 50.0}, "b": [1, True, None]},
            "split: {a: {weight: 50}, b: [1, true, null]}",
        ),
        ("when", {"when": "one, two", "or": ""}, 'when: {when: "one, two", or: ""}'),
    ],
)
def test_values_are_as_an_author_writes_them(name: str, value: Any, said: str) -> None:
    """A share has its sign, what has names stands in braces; quotation marks are where it would be read otherwise."""
    assert field_line(FieldChange(name, None, value)).text == said
    assert field_line(FieldChange(name, value, None)).text == said

from __future__ import annotations

from typing import Any

import pytest

from sojourn.domain.condition.evaluation import Missing
from sojourn.domain.condition.references import value_references
from sojourn.domain.condition.types import ConditionError
from sojourn.domain.condition.values import parse_value, texts_in
from tests.domain.condition.made_up_scope import the_scope


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("high", "high"),
        (3, 3),
        (2.5, 2.5),
        (True, True),
        (None, None),
        ("customer.plan", "pro"),
        ("entry.total", 20.5),
        ("event.cart.total", 3),
        ("steps.reminder.channel", "email"),
        ("now", "2026-03-06T09:30:00Z"),
        ("=entry.total + 1", 21.5),
        ("= customer.plan + '!'", "pro!"),
        ('="customer.io"', "customer.io"),
        ("customer", "customer"),
        ("customer.", "customer."),
        ("Dear customer.plan", "Dear customer.plan"),
        ("steps.reminder", "steps.reminder"),
        (["customer.plan", 1, {"x": "now"}], ["pro", 1, {"x": "2026-03-06T09:30:00Z"}]),
        ({"cart": {"total": "event.total", "note": "a note"}}, {"cart": {"total": 7, "note": "a note"}}),
    ],
)
def test_a_value_is_literal_a_path_or_an_expression(raw: Any, expected: Any) -> None:
    """A path is looked up, what begins with "=" is worked out, all else is itself, at any depth."""
    actual = parse_value(raw).resolve(the_scope())

    assert expected == actual


@pytest.mark.parametrize("raw", ["customer.shoe", "=customer.shoe + 1", {"a": ["customer.shoe"]}])
def test_a_value_of_something_absent_is_missing(raw: Any) -> None:
    """Where any part of a value is absent, Missing says which."""
    value = parse_value(raw)

    with pytest.raises(Missing) as caught:
        value.resolve(the_scope())

    assert caught.value.name == "customer.shoe"


def test_a_bad_expression_is_no_value() -> None:
    """An expression that is no CEL is refused when it is read."""
    with pytest.raises(ConditionError):
        parse_value({"a": "=1 +"})


def test_the_texts_of_a_nested_value_are_found() -> None:
    """Expressions in lists and mappings are listed with their paths, and what they read with its place."""
    raw = {"a": ["x", "entry.total"], "b": {"c": "=customer.plan + 'x'"}}

    texts = list(texts_in(raw))
    read = [(r.path, r.offset) for r in value_references(raw)]

    assert texts == [(("a", 1), "entry.total"), (("b", "c"), "=customer.plan + 'x'")]
    assert read == [(("entry", "total"), 0), (("customer", "plan"), 1)]

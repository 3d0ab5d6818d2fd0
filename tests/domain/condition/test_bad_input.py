from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.condition.checking import check_condition
from sojourn.domain.condition.evaluation import compile_condition
from sojourn.domain.condition.references import references
from sojourn.domain.condition.types import OPEN, ConditionError, Names, ValueType
from tests.domain.condition.made_up_scope import MadeUpScope
from tests.support.patience import AT_ONCE

OPEN_NAMES = Names(customer={OPEN: ValueType.ANY}, entry={OPEN: ValueType.ANY}, event={OPEN: ValueType.ANY})
PATIENCE = AT_ONCE
"""Seconds no text may take, several times what the slowest does on a busy machine: hangs take hours."""


def nested_maps(depth: int) -> str:
    """Return a list macro in a list macro in a list macro."""
    text = "event.items"
    for level in range(depth):
        text = f"event.items.map(v{level}, {text})"
    return text


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3_900,
        "(" * 1_900 + "1" + ")" * 1_900,
        "!" * 3_900 + "true",
        "-" * 3_900 + "1",
        "[" * 3_900,
        "[" * 1_900 + "]" * 1_900,
        "{'a':" * 700,
        "a." * 1_900 + "b",
        "customer" + ".b" * 1_900,
        "customer" + "[0]" * 1_200,
        "1+" * 1_900 + "1",
        "1<" * 1_900 + "1",
        "true?" * 700,
        "true?1:" * 500 + "2",
        "f(" * 1_900,
        "has(" * 900,
        "event.items.map(x," * 200,
        nested_maps(10) + " == []",
        "event.items" + ".map(x, x)" * 100 + " == []",
        "event.items" + ".map(x, [x, x])" * 8 + " == []",
        "event.items.map(x, {'a': x}) == []",
    ],
)
def test_what_nests_without_bound_is_refused(text: str) -> None:
    """Depth, loops in loops, and lists that grow in loops are a problem of the text, found at once."""
    began = time.perf_counter()

    problems = check_condition(text, OPEN_NAMES)

    assert problems
    assert {"too-large", "syntax"} >= {p.kind for p in problems}
    assert references(text) is not None
    assert time.perf_counter() - began < PATIENCE


@pytest.mark.parametrize("text", ["(" * 5_000, "a" * 4_001, "customer.a == '" + "x" * 4_000 + "'"])
def test_a_text_has_at_most_4000_characters(text: str) -> None:
    """A longer text is one problem that points at what is too much, and reads nothing."""
    (problem,) = check_condition(text, OPEN_NAMES)

    assert problem.kind == "too-large"
    assert (4_000, len(text)) == (problem.offset, problem.offset + problem.length)
    assert references(text) == ()


BIG: list[dict[str, Any]] = [{"name": "a" * 20, "price": n} for n in range(3_000)]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("event.items.all(a, event.items.all(b, true))", {"items": BIG}),
        ("event.items.all(a, event.items == event.items)", {"items": BIG}),
        ("event.items.all(a, a in event.items)", {"items": BIG}),
        ("event.items.exists(a, event.items.exists(b, event.items.exists(c, a == c)))", {"items": BIG[:200]}),
        ("event.items" + ".map(x, x + x)" * 8 + " == []", {"items": ["a" * 1_000]}),
        ("event.items" + ".map(x, x)" * 8 + " == []", {"items": [[[1]]]}),
        (
            "event.items.all(i, event.t.matches('[ab]*a[ab]{40}c'))",
            {"items": [1] * 9_000, "t": "ab" * 50_000},
        ),
        ("event.t.matches('(a|aa)+$') && !event.t.matches('(a*)*b')", {"t": "a" * 200_000 + "c"}),
        ("||".join(["event.t.contains(event.u)"] * 90), {"t": "a" * 250_000, "u": "a" * 120_000 + "c"}),
        (
            "[" + ",".join(["0"] * 1_800) + "].all(x, event.t == event.u)",
            {"t": "a" * 250_000, "u": "a" * 250_000},
        ),
        ("event.a == event.b", {"a": "x" * 250_000, "b": "x" * 250_000}),
        ("+".join(["event.t"] * 25) + " == ''", {"t": "a" * 250_000}),
        (
            "event.items.all(i, " + " && ".join(["event.items == event.b"] * 100) + ")",
            {"items": BIG, "b": BIG},
        ),
    ],
)
def test_much_data_ends_in_a_verdict(text: str, event: dict[str, Any]) -> None:
    """However much an event holds, a condition over it is soon decided, or false with the reason."""
    condition = compile_condition(text)
    began = time.perf_counter()

    verdict = condition.evaluate(MadeUpScope(event=event))

    assert verdict.value in (True, False)
    assert time.perf_counter() - began < PATIENCE


def deep(levels: int) -> Any:
    """Return a list in a list in a list."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "stored",
    [
        deep(60),
        b"bytes",
        object(),
        float("nan"),
        float("inf"),
        10**400,
        Decimal("1E+1000000"),
        Decimal("NaN"),
        "\ud800",
        "a\0b",
        {1: 2},
        {None: 1},
    ],
)
def test_odd_values_do_no_harm(stored: object) -> None:
    """Values no JSON holds, or that C++ could not, give a verdict and never an error."""
    scope = MadeUpScope(event={"a": stored, "b": [stored], "c": {"d": stored}})
    texts = [
        "event.a == event.b",
        "event.c.d > 3",
        "size(event.c) > 0",
        "string(event.a) == 'x'",
        "event.a < now",
    ]

    verdicts = [compile_condition(text).evaluate(scope) for text in texts]

    assert all(verdict.value in (True, False) and verdict.reason for verdict in verdicts)


def test_a_text_with_nul_is_not_cut_at_it() -> None:
    """A NUL in a value does not make it equal to what stands before it."""
    scope = MadeUpScope(event={"a": "x\0y"})

    verdict = compile_condition("event.a == 'x'").evaluate(scope)

    assert not verdict.value


WORDS = st.sampled_from(
    [
        *(
            "customer",
            "plan",
            "entry",
            "event",
            "steps",
            "now",
            ".",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "?",
        ),
        *(
            "!",
            "-",
            "+",
            "*",
            "/",
            "%",
            "<",
            "<=",
            "==",
            "!=",
            "&&",
            "||",
            "in",
            "has",
            "size",
            "did",
            "local",
        ),
        *(
            "last",
            "duration",
            "timestamp",
            "exists",
            "map",
            "filter",
            "x",
            "1",
            "0",
            "2.5",
            "'a'",
            '"7 days"',
        ),
        *("true", "null", ".hour", ".matches", "\\", "'", "\n", "“", "é", "\0"),
    ]
)


@given(
    st.lists(WORDS, max_size=30).map("".join)
    | st.lists(WORDS, max_size=30).map(" ".join)
    | st.text(max_size=60)
)
@settings(max_examples=300)
def test_no_text_breaks_anything(text: str) -> None:
    """Any text is checked, compiled or refused, and evaluated without an unexpected error; places lie within it."""
    problems = check_condition(text, OPEN_NAMES)
    scope = MadeUpScope(customer={"plan": "pro", "x": 1}, event={"x": [1, {"a": "b"}]})

    try:
        verdict = compile_condition(text).evaluate(scope)
    except ConditionError as error:
        assert problems
        problems = (*problems, error.problem)
    else:
        assert verdict.value in (True, False)
    references(text)

    assert all(p.offset >= 0 and p.length >= 0 and p.offset + p.length <= len(text) for p in problems)
    assert all(p.message for p in problems)

from __future__ import annotations

import pytest

from sojourn.domain.condition.comparisons import comparisons


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('customer.plan == "pro"', [("customer.plan", "pro", "pro")]),
        ('"pro" != customer["plan"]', [("customer.plan", "pro", "pro")]),
        ("event.stars in [1, -2.5]", [("event.stars", 1, "1"), ("event.stars", -2.5, "-2.5")]),
        (r'entry.a == "x\ny"', [("entry.a", "x\ny", r'"x\ny"')]),
        ('!(steps.s.event.a == "b") && true ? customer.c == "d" : false',
         [("steps.s.event.a", "b", "b"), ("customer.c", "d", "d")]),
        ('event.items.exists(i, i.kind == "a" && event.kind == "b")', [("event.kind", "b", "b")]),
    ],
)  # fmt: skip
def test_what_is_compared(text: str, found: list[tuple[str, object, str]]) -> None:
    """Each comparison of a path with what is written out is told, with the place of the value."""
    told = comparisons(text)

    assert found == [(one.name, one.value, text[one.offset : one.offset + one.length]) for one in told]


@pytest.mark.parametrize(
    "text",
    ["", "customer.plan ==", 'customer.plan < "pro"', "customer.plan == event.plan", "customer.vip == true",
     'customer.plan.startsWith("p")', '"a" in customer.tags', "did(5) == 3", 'customer.plan == -"x"'],
)  # fmt: skip
def test_what_compares_nothing(text: str) -> None:
    """Neither what is no condition, nor what asks something else, compares a path with a text or number."""
    assert comparisons(text) == ()

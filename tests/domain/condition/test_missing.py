from __future__ import annotations

import pytest

from sojourn.domain.condition.evaluation import compile_condition
from tests.domain.condition.made_up_scope import the_scope


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("customer.shoe == 1", ("customer.shoe",)),
        ("!(customer.shoe == 1)", ("customer.shoe",)),
        ("customer.shoe != 1", ("customer.shoe",)),
        ("customer.nothing == 1", ("customer.nothing",)),
        ("customer.plan.shoe == 1", ("customer.plan.shoe",)),
        ("entry.items[2].price > 1", ("entry.items[2].price",)),
        ('customer["shoe size"] > 1', ('customer["shoe size"]',)),
        ("customer.shoe == 1 || customer.lifetime_value > 3000", ("customer.shoe",)),
        ("customer.shoe == 1 && customer.hat == 1", ("customer.shoe", "customer.hat")),
        ("size(customer.shoes) == 0", ("customer.shoes",)),
        ("steps.call.answer.outcome == 'ok'", ("steps.call.answer.outcome",)),
        ("last(never_done) < now", ('last("never_done")',)),
        ("local(entry.arrival).hour < 9", ("local(entry.arrival).hour",)),
        ("entry.items.all(i, i.colour == 'red')", ("i.colour",)),
        ("customer.shoe - event.total > 1", ("customer.shoe",)),
        ("customer.shoe ? true : true", ("customer.shoe",)),
    ],
)
def test_reading_what_is_absent_is_false_and_named(text: str, missing: tuple[str, ...]) -> None:
    """A condition that touches something absent is false, however it is written, and says what was absent."""
    verdict = compile_condition(text).evaluate(the_scope())

    assert not verdict.value
    assert missing == verdict.missing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer.shoe == 1 || customer.lifetime_value > 3", True),
        ("customer.lifetime_value > 3 || customer.shoe == 1", True),
        ("!(customer.shoe == 1 && customer.lifetime_value < 3)", True),
        ("customer.shoe == 1 && customer.lifetime_value < 3", False),
        ("entry.items.exists(i, i.from == '2026-03-05')", True),
        ("has(customer.shoe) && customer.shoe > 3", False),
        ("!has(customer.shoe) || customer.shoe > 3", True),
    ],
)
def test_what_the_other_side_decides_is_decided(text: str, expected: bool) -> None:
    """As in CEL, `||` and `&&` absorb something absent where the other side decides; then nothing is missing."""
    verdict = compile_condition(text).evaluate(the_scope())

    assert expected is verdict.value
    assert verdict.missing == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("has(customer.plan)", True),
        ("has(customer.shoe)", False),
        ("has(customer.nothing)", False),
        ("has(customer.zero)", True),
        ("has(entry.total)", True),
        ("has(entry.shoe)", False),
        ("has(event.cart.total)", True),
        ("has(event.cart.shoe)", False),
        ("has(event.shoe.size)", False),
        ("has(steps.reminder.channel)", True),
        ("has(steps.reminder.path)", False),
        ("has(steps.call.channel)", False),
        ("has(entry.items[0].price)", True),
        ("has(entry.items[9].price)", False),
        ('has(customer["plan"])', True),
    ],
)
def test_has_asks(text: str, expected: bool) -> None:
    """`has` gives true or false and never misses anything; None counts as absent."""
    verdict = compile_condition(text).evaluate(the_scope())
    opposite = compile_condition(f"!{text}").evaluate(the_scope())

    assert expected is verdict.value
    assert expected is not opposite.value
    assert verdict.missing == ()


def test_null_inside_a_list_of_objects_is_absent_too() -> None:
    """A None anywhere in an event counts as absent, not only at its top."""
    scope = the_scope()
    scope.event = {"items": [{"sku": None}]}

    verdict = compile_condition("event.items.exists(i, has(i.sku))").evaluate(scope)

    assert not verdict.value

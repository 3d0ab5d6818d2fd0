from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sojourn.domain.condition.evaluation import Missing, NoValue, compile_condition
from sojourn.domain.condition.types import ConditionError
from tests.domain.condition.made_up_scope import MadeUpScope, the_scope


@pytest.mark.parametrize(
    "text",
    [
        "customer.lifetime_value > 500",
        "customer.lifetime_value > 500.0",
        "500 < customer.lifetime_value",
        "customer.lifetime_value == 600.0",
        "customer.lifetime_value > event.total",
        "customer.lifetime_value + 1 == 601",
        "-customer.lifetime_value < -599",
        "size(event.items) > 0",
        "event.items.size() == 1",
        "size(event.items) + 1 == 2",
        "size(event.items) > 0.5",
        "times(order_completed) >= 2",
        "times(order_completed) < 2.5",
        "entry.total + event.total == 27.5",
        "10 / 4 == 2.5",
        "7 % 4 == 3",
        "(1 + 2) * 3 == 9 && 2 - (3 - 1) == 0 && 12 / (2 * 3) == 2 && -(-1) == 1",
        "600 in [1, customer.lifetime_value]",
        "int(entry.total) == 20",
        'double("20.5") == entry.total',
        "entry.items[size(entry.items) - 1].price == 5.5",
        "local(now).hour > 3.5 && local(now).hour < 5",
    ],
)
def test_numbers_compare_however_they_are_written(text: str) -> None:
    """Whole and fractional numbers mix in every comparison and sum, wherever each comes from."""
    verdict = compile_condition(text).evaluate(the_scope())

    assert verdict.value, verdict.reason


@pytest.mark.parametrize("stored", [600, 600.0, Decimal(600), Decimal("6E2")])
def test_a_stored_number_may_have_any_type(stored: object) -> None:
    """A number from JSON and a Decimal from the table are the same number."""
    scope = MadeUpScope(customer={"value": stored, "list": [stored]})

    verdict = compile_condition("customer.value == 600 && 600 in customer.list").evaluate(scope)

    assert verdict.value
    assert verdict.inputs == (("customer.value", 600), ("customer.list", [600]))


@pytest.mark.parametrize(
    "text",
    [
        'customer.plan == "pro" && customer["plan"] != "free"',
        'customer.plan in ["pro", "free"]',
        'customer.plan.startsWith("p") && customer.plan.endsWith("o") && customer.plan.contains("r")',
        'customer.plan.matches("^p.o$")',
        'customer.plan + "-1" == "pro-1"',
        "customer.vip",
        "!(customer.vip && false)",
        'customer.plan == "pro" ? customer.vip : false',
        'string(customer.number_of_order) == "12345678901"',
        'string(customer.lifetime_value) + "" == "600"',
        'string(entry.total) == "20.5"',
        "entry.items[0].price == 3",
        "entry.items.exists(i, i.price > 5)",
        "entry.items.all(i, i.price > 1)",
        "entry.items.exists_one(i, i.price == 3)",
        "entry.items.filter(i, i.price > 4).size() == 1",
        "entry.items.map(i, i.price) == [3, 5.5]",
        "entry.items.map(i, i.price * 2).exists(p, p == 11)",
        'entry.items.exists(i, i.sku == "A-1" && has(i.from) && !has(i.to))',
        "[1, 2, 3].map(x, x + 1) == [2, 3, 4]",
        '{"a": 1}.a == 1 && "a" in {"a": 1}',
        "event.cart.total == 3",
        'steps.reminder.sent && steps.reminder.channel == "email"',
        '"cart" in event && size(event) == 3',
        "[1, 2].all(customers, customers > 0)",
        r'"\u00e9" == "é" && r"\n" != "\n" && "\"" == ' + "'\"'",
        '"a\U0001f600b" == "a\\U0001F600b"',
    ],
)
def test_cel_means_what_cel_says(text: str) -> None:
    """Text, lists, objects, choices and list macros work as CEL describes them."""
    verdict = compile_condition(text).evaluate(the_scope())

    assert verdict.value, verdict.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("did(order_completed)", True),
        ('did("order_completed")', True),
        ('did(order_completed, "7 days")', True),
        ('did(order_completed, "2 days")', False),
        ('times("order_completed", "7 days") == 1', True),
        ("did(nothing_like_it)", False),
        ("in_segment('lapsed-buyers')", True),
        ("in_segment(lapsed)", False),
        ("opened(reminder) && !clicked(reminder)", True),
        ('consented("cart-reminders", email)', True),
        ('consented("cart-reminders", sms)', False),
        ("reachable(email) && !reachable(sms)", True),
    ],
)
def test_functions_ask_the_scope(text: str, expected: bool) -> None:
    """Functions of the journey language take bare or quoted names, and are answered by the scope."""
    actual = compile_condition(text).evaluate(the_scope()).value

    assert expected is actual


def test_only_what_is_read_is_asked_and_only_once() -> None:
    """A call that a text makes twice is looked up once, and nothing else is."""
    scope = the_scope()

    compile_condition('did(a, "1 day") || did(a, "1 day") || customer.vip').evaluate(scope)

    assert [f"did a {timedelta(days=1)}"] == scope.asked


def test_a_condition_says_what_it_reads() -> None:
    """Paths and calls are listed in the order written, durations in seconds."""
    condition = compile_condition(
        'customer.plan == "a" || did(order_completed, "7 days") || has(entry.x) || event.items[0].price > 1'
    )

    actual = [found.key for found in condition.inputs]

    expected: list[tuple[Any, ...]] = [
        ("customer", "plan"),
        ("did", "order_completed", 604800.0),
        ("has", "entry", "x"),
        ("event", "items", 0, "price"),
    ]
    assert expected == actual


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer.vip", '"customer.vip" is true: customer.vip is true'),
        (
            'customer.plan == "free" && entry.total > 3',
            (
                '"customer.plan == "free" && entry.total > 3" is false: '
                'customer.plan is "pro" and entry.total is 20.5'
            ),
        ),
        ("customer.shoe > 3", '"customer.shoe > 3" is false: customer.shoe is missing'),
        (
            "customer.shoe > entry.foot",
            '"customer.shoe > entry.foot" is false: customer.shoe and entry.foot are missing',
        ),
        ("customer.plan > 3", '"customer.plan > 3" is false: ">" does not fit text and a number'),
        ("customer.plan < now", '"customer.plan < now" is false: customer.plan is "pro", which is no time'),
        ("10 / customer.zero > 1", '"10 / customer.zero > 1" is false: it divides by zero'),
        ("entry.items[7.0].x", '"entry.items[7.0].x" is false: a list has nothing at that place'),
        ("customer.plan", '"customer.plan" is false: it gives a value, not true or false'),
        ("entry.items == []", '"entry.items == []" is false: entry.items is a list of 2'),
        ("1 == 1", '"1 == 1" is true'),
    ],
)
def test_the_reason_is_a_sentence(text: str, expected: str) -> None:
    """A verdict says what the condition came to, and of what, or why it could not be decided."""
    actual = compile_condition(text).evaluate(the_scope()).reason

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer.plan", "pro"),
        ("customer.number_of_order", 12345678901),
        ("customer.lifetime_value + 1", 601),
        ("10 / 4", 2.5),
        ("now", "2026-03-06T09:30:00Z"),
        ('now + duration("1h")', "2026-03-06T10:30:00Z"),
        ("entry.departure - now", 102600),
        ("last(order_completed)", "2026-03-01T00:00:00Z"),
        ("entry.items.map(i, i.price)", [3, 5.5]),
        ('{"value": customer.lifetime_value, "at": [now]}', {"value": 600, "at": ["2026-03-06T09:30:00Z"]}),
        ("has(customer.shoe)", False),
        ("local(now).date", "2026-03-06"),
        ("event.cart", {"total": 3}),
        ('customer.plan + "-" + string(size(entry.items))', "pro-2"),
    ],
)
def test_values_are_json(text: str, expected: object) -> None:
    """A value expression gives JSON: whole numbers stay whole, times are ISO texts, lengths are seconds."""
    actual = compile_condition(text).value(the_scope())

    assert expected == actual
    assert type(expected) is type(actual)


def test_a_value_read_alone_is_what_is_stored() -> None:
    """A lone path takes no way through CEL, so a number of twenty digits keeps them all."""
    scope = MadeUpScope(event={"order": 12345678901234567890})

    actual = compile_condition("event.order").value(scope)

    assert actual == 12345678901234567890


@pytest.mark.parametrize("text", ["customer.shoe", "customer.shoe + 1", "entry.items.map(i, i.shoe)"])
def test_a_value_of_something_absent_is_missing(text: str) -> None:
    """Reading what is not there raises Missing with its name."""
    with pytest.raises(Missing) as caught:
        compile_condition(text).value(the_scope())

    assert caught.value.name.endswith("shoe")


@pytest.mark.parametrize("text", ["1 / customer.zero", "customer.plan - 1", "1e300 * 1e300"])
def test_a_value_that_cannot_be_worked_out_says_why(text: str) -> None:
    """Any other failure of a value expression raises NoValue with a reason."""
    with pytest.raises(NoValue) as caught:
        compile_condition(text).value(the_scope())

    assert caught.value.reason


def test_compiling_again_gives_the_same_condition() -> None:
    """Compiled conditions are kept."""
    assert compile_condition("customer.a > 1") is compile_condition("customer.a > 1")


@pytest.mark.parametrize(
    "text", ["", "customer.plan ==", "plan == 1", "foo(1)", "did()", "did(1 + 1)", "has(3)"]
)
def test_what_is_no_condition_does_not_compile(text: str) -> None:
    """Compiling raises where a text cannot be a condition under any names, and points at the place."""
    with pytest.raises(ConditionError) as caught:
        compile_condition(text)

    assert 0 <= caught.value.problem.offset <= len(text)
    assert caught.value.problem.message


def test_a_scope_without_event_misses_it() -> None:
    """Where no event is at hand, its properties are missing."""
    scope = replace(the_scope(), event=None)

    verdict = compile_condition("event.total > 1").evaluate(scope)

    assert verdict.missing == ("event.total",)

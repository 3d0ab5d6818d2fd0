from __future__ import annotations

from dataclasses import replace

import pytest

from sojourn.domain.condition.checking import check_condition, check_value
from sojourn.domain.condition.types import OPEN, Names, ValueType

NAMES = Names(
    customer={
        "plan": ValueType.STRING,
        "lifetime_value": ValueType.NUMBER,
        "birthday": ValueType.DATE,
        "vip": ValueType.BOOLEAN,
        "tags": ValueType.LIST,
        "address": ValueType.OBJECT,
        "extra": ValueType.ANY,
    },
    entry={"cart_id": ValueType.STRING, "departure": ValueType.TIME, "total": ValueType.NUMBER},
    steps={
        "reminder": {"sent": ValueType.BOOLEAN, "channel": ValueType.STRING},
        "bought": {"path": ValueType.STRING, "event": {"total": ValueType.NUMBER}},
        "call": {"answer": ValueType.ANY},
    },
    events=frozenset({"order_completed", "cart_updated"}),
    segments=frozenset({"lapsed-buyers"}),
    topics=frozenset({"cart-reminders"}),
    channels=frozenset({"email", "sms"}),
    sends=frozenset({"reminder"}),
)


@pytest.mark.parametrize(
    "text",
    [
        "customer.lifetime_value > 500 && entry.total > 500.0",
        'entry.departure < now + duration("48h") || !has(customer.plan)',
        'customer.birthday == "1990-05-01" && customer.birthday < entry.departure',
        'local(now).weekday in ["monday", "tuesday"] && local(now).time < "09:30"',
        'customer.tags.exists(t, t == "x") && "x" in customer.tags && size(customer.tags) > 0',
        "steps.bought.event.total > 3 && steps.call.answer.outcome == 'ok' && steps.reminder.sent",
        'did(order_completed, "7 days") && times("cart_updated") >= 3 && now - last(cart_updated) > duration("1h")',
        'in_segment("lapsed-buyers") && opened(reminder) && consented("cart-reminders", sms) && reachable(email)',
        'customer.address.city == "Paris" && customer.extra > 3 && customer.extra == "x"',
        'customer.vip && (customer.plan == "pro" ? true : customer.vip)',
        'customer.plan.matches("^A-[0-9]{2,4}$") && customer["plan"] != "x"',
        'customer.tags.filter(t, t.startsWith("a")).size() > 1',
        'customer.birthday in ["1990-05-01"]',
        "true",
    ],
)
def test_what_is_right_is_let_pass(text: str) -> None:
    """Conditions over declared names and fitting types have no problems."""
    assert check_condition(text, NAMES) == ()


@pytest.mark.parametrize(
    ("text", "kind", "at", "message", "advice"),
    [
        (
            "customer.plan > 3",
            "type",
            "customer.plan > 3",
            '"customer.plan" is text, 3 is a number: they cannot be compared with ">"',
            "numbers are written without quotes, text with them",
        ),
        (
            "customer.pln == 'x'",
            "unknown-attribute",
            "pln",
            "a customer has no attribute",
            'did you mean "plan"?',
        ),
        (
            "entry.cart == 'x'",
            "unknown-property",
            "cart",
            "the entry has no property",
            'did you mean "cart_id"?',
        ),
        ('customer["pln"] == "x"', "unknown-attribute", "pln", "no attribute", 'did you mean "plan"?'),
        ("steps.remindr.sent", "unknown-step", "remindr", "no step of this journey", '"reminder"?'),
        ("steps.reminder.sentt", "unknown-property", "sentt", '"steps.reminder.sentt"', '"sent"?'),
        ("steps.bought.event.totl > 1", "unknown-property", "totl", "steps.bought.event", '"total"?'),
        ("did(order_complete)", "unknown-event", "order_complete", "there is no event", '"order_completed"?'),
        (
            'did("order_complete")',
            "unknown-event",
            "order_complete",
            "there is no event",
            '"order_completed"?',
        ),
        ("in_segment(lapsed_buyers)", "unknown-segment", "lapsed_buyers", "no segment", '"lapsed-buyers"?'),
        ("opened(remindr)", "unknown-step", "remindr", "there is no step", '"reminder"?'),
        ("clicked(bought)", "unknown-step", "bought", 'step "bought" sends nothing', "reminder"),
        (
            'consented("cart-reminder", sms)',
            "unknown-topic",
            "cart-reminder",
            "no topic",
            '"cart-reminders"?',
        ),
        (
            "consented(cart-reminders, sms)",
            "type",
            "cart-reminders",
            "written out",
            "hyphen is written in quotes",
        ),
        ("reachable(emial)", "unknown-name", "emial", "there is no channel", '"email"?'),
        ("plan == 'pro'", "unknown-name", "plan", '"plan" is not known', '"customer.plan"?'),
        ("pro == customer.plan", "unknown-name", "pro", '"pro" is not known', 'in quotes: "pro"'),
        ("siz(customer.tags) > 3", "unknown-function", "siz", 'no function "siz"', '"size"?'),
        ("customer.plan.startWith('x')", "unknown-function", "startWith", "no function", '"startsWith"?'),
        ("contains(customer.plan, 'x')", "unknown-function", "contains", "no function", "sku.contains("),
        ("event.total > 3", "not-available", "event", "not available here", '"entry"?'),
        (
            "customer.lifetime_value",
            "type",
            "customer.lifetime_value",
            "a condition is true or false",
            "compare",
        ),
        ("customer.plan && customer.vip", "type", "customer.plan", '"&&" joins conditions', "compare"),
        ("!customer.plan", "type", "customer.plan", '"!" turns true into false', ""),
        ("customer.vip == 'true'", "type", "customer.vip == 'true'", "cannot be compared", "without quotes"),
        (
            "customer.plan == null",
            "type",
            "customer.plan == null",
            "cannot be compared",
            "has(customer.plan)",
        ),
        ("entry.departure < now + 3", "type", "now + 3", "cannot be added", 'duration("7 days")'),
        ("entry.departure == 'soon'", "type", "'soon'", '"soon" is not a date and time', "write it like"),
        ("customer.birthday == '1990-13-01'", "type", "'1990-13-01'", "not in the calendar", "2026-12-24"),
        ("customer.birthday < customer.plan", "type", None, '"customer.birthday" is a date', "timestamp("),
        ("local(now).weekday == 'Monday'", "type", "'Monday'", "no day of the week", '"monday"'),
        ("local(now).weekday in ['Monday']", "type", "'Monday'", "no day of the week", '"monday"'),
        ("local(now).time > '9:30'", "type", "'9:30'", "no time of day", '"09:30"'),
        ("local(now) == 3", "type", None, "is a local time", "say which part"),
        ("local(now).huor == 3", "type", "huor", 'has no "huor"', '"hour"?'),
        ("local('x').hour == 3", "type", "'x'", '"local" takes now', "local(now).hour"),
        ("entry.departure.hour == 3", "type", "hour", "is a time", "local(entry.departure).hour"),
        ("customer.tags.length > 3", "type", "length", "is a list", "size("),
        ("customer.tags > 3", "type", None, "is a list", "size("),
        ("customer.tags.contains('x')", "type", "customer.tags", "is a list", "in the list"),
        ("'x' in customer.plan", "type", None, "looks in a list or an object", "text.contains("),
        ("1 < entry.total < 3", "type", None, "they cannot be compared", "a < b && b < c"),
        ("customer.plan.matches('[')", "type", "'['", "no pattern", ""),
        ("customer.plan.matches(entry.cart_id)", "type", "entry.cart_id", "written out", "matches("),
        (
            "customer.plan.matches('a{999}{9}')",
            "too-large",
            "'a{999}{9}'",
            "too costly",
            "take counted repeats",
        ),
        ("now + duration('7 dais') > now", "type", "'7 dais'", "no unit of time", '"days"?'),
        ("timestamp('x') < now", "type", "'x'", "not a date and time", "write it like"),
        ("entry.departure.getHours('Mars') > 1 && 1", "type", "1", "joins conditions", ""),
        ("now.getHours('no zone!') > 1", "type", "'no zone!'", "no time zone", "Europe/Berlin"),
        ("did()", "type", "did()", "takes 1 to 2 arguments", 'did(event, "7 days")'),
        ("did(order_completed, 7)", "type", "7", "how far to look back", '"7 days"'),
        ("did(order_completed, '7 dais')", "type", "'7 dais'", "no unit of time", '"days"?'),
        ("size() > 3", "type", "size()", "is given 0 arguments", "size(event.items)"),
        ("size(3) > 1", "type", "3", "3 is a number", "size(event.items)"),
        ("has(customer)", "type", "customer", "asks about one attribute", "has(customer.plan)"),
        ("has(customer.pln)", "unknown-attribute", "pln", "no attribute", '"plan"?'),
        ("customer.tags.map(t, t) > 1", "type", None, "is a list", "size("),
        ("customer.tags.exists(t, t + 'a' == 'b')", "too-large", "t + 'a'", "not joined", "outside"),
        ("customer.tags.map(t, [t]).size() > 1", "too-large", "[t]", "written out", ""),
        ("customer.plan.x == 1", "type", "x", '"customer.plan" is text and has no "x"', ""),
        ("(entry.total > 1 ? 'a' : 2) == 2", "type", "entry.total > 1 ? 'a' : 2", 'both sides of ":"', ""),
        ("-customer.plan < 1", "type", "customer.plan", "turns a number around", ""),
        ("{1: 2} == {}", "type", "1", "names in an object are text", "in quotes"),
        ("customer.plan[0] == 'p'", "type", "customer.plan[0]", "only a list or an object", ""),
        ("customer.plan.exists(c, c == 'p')", "type", "customer.plan", "goes through a list", ""),
    ],
)
def test_a_problem_points_and_helps(text: str, kind: str, at: str | None, message: str, advice: str) -> None:
    """Each slip gives one problem: its kind, the very words it is about, what is wrong and what to write."""
    (problem,) = check_condition(text, NAMES)

    assert kind == problem.kind
    assert (at or text) == text[problem.offset : problem.offset + problem.length]
    assert message in problem.message
    assert advice in problem.help


@pytest.mark.parametrize(
    ("text", "at", "message", "advice"),
    [
        ("customer.plan = 'pro'", "=", "not expected", '"=="'),
        ("customer.vip and true", "and", "not expected", '"&&"'),
        ("customer.vip OR true", "OR", "not expected", '"||"'),
        ("not customer.vip", "customer", "not expected", '"!customer"'),
        ("customer.vip <> true", "<>", "not expected", '"!="'),
        ("customer.vip & true", "&", "not expected", '"&&"'),
        ("now + 7 days > now", "days", "not expected", 'duration("7 days")'),
        ("(customer.vip", "(", "never closed", '")"'),
        ("size(customer.tags > 3", "(", "never closed", '")"'),
        ("customer.vip)", ")", "not expected", ""),
        ("customer.plan ==", "==", "something is missing", ""),
        ("customer.", ".", "something is missing", ""),
        ("customer.plan == 'x", "'x", "no closing quote", "add '"),
        ("customer.plan == “x”", "“", "no meaning", "straight quotes"),
        ("customer.total ≥ 3", "≥", "no meaning", '">="'),
        ("customer.plan == 'a\\qb'", "\\q", "no known escape", "backslash"),
        ("entry.total > 1e999", "1e999", "too big", ""),
        ("customer.tags.exists(now, true)", "now", "already has a meaning", "something else"),
        ("customer.tags.exists(true)", "exists(true)", "needs a name for the item", ".exists(item"),
        ("if customer.vip", "customer", "not expected", "only the condition"),
    ],
)
def test_slips_of_grammar_are_said_plainly(text: str, at: str, message: str, advice: str) -> None:
    """A text that is no CEL gives one problem at the word where it goes wrong, with what to write instead."""
    (problem,) = check_condition(text, NAMES)

    assert problem.kind == "syntax"
    assert at == text[problem.offset : problem.offset + problem.length]
    assert message in problem.message
    assert advice in problem.help


def test_all_problems_are_found_at_once() -> None:
    """Every unknown name and misfit of a text is reported in one go, in order of position."""
    text = "customer.pln == 'x' && entry.crt_id == 'y' && did(nope) && customer.vip > 'a' && foo(1)"

    actual = [(p.kind, text[p.offset : p.offset + p.length]) for p in check_condition(text, NAMES)]

    expected = [
        ("unknown-attribute", "pln"),
        ("unknown-property", "crt_id"),
        ("unknown-event", "nope"),
        ("type", "customer.vip > 'a'"),
        ("unknown-function", "foo"),
    ]
    assert expected == actual


def test_positions_hold_over_several_lines() -> None:
    """Offsets count characters of the text as it is, line breaks and wide letters included."""
    text = "customer.plan == 'größe 😀' &&\n    // a remark\n  customer.pln == 'x'"

    (problem,) = check_condition(text, NAMES)

    assert text[problem.offset : problem.offset + problem.length] == "pln"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("entry.cart_id", ValueType.STRING),
        ("entry.total + 1", ValueType.NUMBER),
        ("entry.departure", ValueType.TIME),
        ("customer.birthday", ValueType.DATE),
        ("entry.departure - now", ValueType.NUMBER),
        ('now + duration("1h")', ValueType.TIME),
        ("has(customer.plan)", ValueType.BOOLEAN),
        ("customer.tags", ValueType.LIST),
        ("customer.tags[0]", ValueType.ANY),
        ("customer.address", ValueType.OBJECT),
        ("steps.bought.event.total", ValueType.NUMBER),
        ("local(now).weekday", ValueType.STRING),
        ("local(now).date", ValueType.DATE),
        ("{'a': 1}", ValueType.OBJECT),
        ("customer.extra", ValueType.ANY),
    ],
)
def test_a_value_has_a_type(text: str, expected: ValueType) -> None:
    """Checking a value expression says the type its value has as JSON."""
    problems, actual = check_value(text, NAMES)

    assert problems == ()
    assert expected is actual


def test_a_wrong_value_has_any_type() -> None:
    """A value expression with problems is reported, and its type left open."""
    problems, value_type = check_value("entry.cart_di", NAMES)

    assert [p.kind for p in problems] == ["unknown-property"]
    assert ValueType.ANY is value_type


def test_an_open_set_of_names_takes_any() -> None:
    """Where a plan leaves names open, unknown ones pass and known ones keep their types."""
    names = replace(NAMES, event={"total": ValueType.NUMBER, OPEN: ValueType.ANY})

    assert check_condition("event.whatever == 3", names) == ()
    assert [p.kind for p in check_condition("event.total == 'x'", names)] == ["type"]

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sojourn.domain.condition.evaluation import compile_condition
from tests.domain.condition.made_up_scope import MadeUpScope, the_scope


@pytest.mark.parametrize(
    "text",
    [
        'entry.departure < now + duration("48h")',
        'entry.departure < now + duration("2 days")',
        'entry.departure > now + duration("28h30m") - duration("1 second")',
        "now < entry.departure",
        'entry.departure - now == duration("28h30m")',
        'entry.departure - duration("28h30m") == now',
        'duration("28h30m") + now == entry.departure',
        'now - (entry.departure - now) < now - duration("28h")',
        'entry.departure - customer.signup > duration("6 days")',
        'now - customer.signup < duration("6 days")',
        'entry.departure == timestamp("2026-03-07T14:00:00Z")',
        'entry.departure == "2026-03-07T14:00:00Z"',
        'timestamp(customer.signup) < now && timestamp("2026-03-06") < now',
        "customer.signup < now && customer.birthday < entry.departure",
        'customer.birthday == "1990-05-01"',
        'customer.birthday == "1990-05-01T00:00:00Z"',
        'customer.birthday < "1990-05-02" && customer.birthday != "1990-05-02"',
        'customer.birthday in ["1990-05-01"]',
        'customer.birthday + duration("1 day") == timestamp("1990-05-02")',
        'entry.items.exists(i, i.from < now && now - i.from > duration("24h"))',
        "now.getHours() == 9 && now.getFullYear() == 2026",
        'entry.departure.getHours() == 14 && entry.departure.getHours("Europe/Berlin") == 15',
        'last(order_completed) < now - duration("24h")',
        'now - last(cart_updated) == duration("1 hour")',
        'string(now) == "2026-03-06T09:30:00Z"',
        'duration("7 days") == duration("168h") && duration("-1h") < duration("0s")',
        'duration("1h").getMinutes() == 60',
        "(entry.total > 3 ? entry.departure : now) > now",
    ],
)
def test_times_compare_as_instants(text: str) -> None:
    """Stored ISO texts are times where something beside them is one, whatever their zone; a date is midnight UTC."""
    verdict = compile_condition(text).evaluate(the_scope())

    assert verdict.value, verdict.reason


@pytest.mark.parametrize(
    "text",
    [
        "local(now).hour == 4 && local(now).minute == 30",
        'local(now).weekday == "friday" && local(now).weekday in ["friday", "saturday"]',
        'local(now).date == "2026-03-06" && local(now).date < "2026-12-24"',
        'local(now).time >= "04:30" && local(now).time < "09:00"',
        "local(entry.departure).hour == 9",
        'local(customer.signup).date == "2026-02-28"',
        'local(last(order_completed)).weekday == "saturday"',
        "local(now).date > customer.signup",
        'local(now).date == "2026-03-06" && local(now).date + duration("1 day") > now',
    ],
)
def test_local_is_the_customers_clock(text: str) -> None:
    """`local` says hour, minute, weekday, date and time of day in the customer's zone."""
    verdict = compile_condition(text).evaluate(the_scope())

    assert verdict.value, verdict.reason


def test_two_stored_times_compare_whatever_their_zones() -> None:
    """Between two stored values, both of which look like times, instants compare and not letters."""
    scope = MadeUpScope(entry={"a": "2026-03-07T09:00:00-05:00"}, event={"a": "2026-03-07T14:00:00Z"})

    verdict = compile_condition("entry.a == event.a && entry.a <= event.a").evaluate(scope)

    assert verdict.value


def test_text_that_is_no_time_compares_as_text() -> None:
    """Only what has the form of a date or time is taken for one."""
    scope = MadeUpScope(customer={"code": "2026-99-99x", "b": "apple"})

    verdict = compile_condition('customer.code == "2026-99-99x" && customer.b < "banana"').evaluate(scope)

    assert verdict.value


@pytest.mark.parametrize(
    "stored",
    [
        datetime(2026, 3, 6, 10, 30, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 3, 6, 9, 30, tzinfo=UTC).replace(tzinfo=None),
        "2026-03-06T09:30Z",
    ],
)
def test_python_times_are_times_too(stored: object) -> None:
    """A scope may hold datetimes, aware or in UTC, where JSON would hold a text."""
    scope = MadeUpScope(customer={"at": stored})

    verdict = compile_condition("customer.at == now").evaluate(scope)

    assert verdict.value, verdict.reason


def test_python_dates_are_dates_too() -> None:
    """A scope may hold a date, and its midnight in UTC is compared."""
    scope = MadeUpScope(customer={"at": date(2026, 3, 6)})

    verdict = compile_condition('customer.at < now && customer.at == "2026-03-06"').evaluate(scope)

    assert verdict.value, verdict.reason


@pytest.mark.parametrize(
    "stored", ["soon", "", 17, True, ["2026-03-06"], "2026-13-01", "2026-03-06T25:00:00Z"]
)
def test_what_is_no_time_makes_the_condition_false(stored: object) -> None:
    """A stored value that is no time is no error where a time is meant; the reason says so."""
    scope = MadeUpScope(customer={"at": stored})

    verdict = compile_condition('customer.at < now || customer.at + duration("1h") > now').evaluate(scope)

    assert not verdict.value
    assert "no time" in verdict.reason


def test_years_at_the_edge_do_no_harm() -> None:
    """Times at the ends of the calendar, or pushed beyond them, give a verdict."""
    scope = MadeUpScope(customer={"a": "9999-12-31T23:59:59-12:00", "b": "0001-01-01T00:00:00+12:00"})

    later = compile_condition('customer.a + duration("3650 days") > now').evaluate(scope)
    order = compile_condition("customer.b < now && now < customer.a").evaluate(scope)

    assert not later.value
    assert "out of range" in later.reason
    assert order.value

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.condition.types import ValueType
from sojourn.domain.customer.rows import Event
from sojourn.domain.decide.plan import Misfit, misfits
from sojourn.domain.decide.policy import Policy
from sojourn.domain.journey.builtin_events import BUILTIN, OF_CALLS

PLAN = {"order": {str(kind): str(kind) for kind in ValueType}}
AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
VALUES: dict[str, list[Any]] = {
    "string": ["", "x", "2026-03-06"],
    "number": [0, -1, 99.5],
    "boolean": [True, False],
    "date": ["2026-03-06", "2026-03-06T09:00:00Z"],
    "time": ["2026-03-06T09:00:00Z", "2026-03-06T09:00", "2026-03-06"],
    "list": [[], [1, "x"]],
    "object": [{}, {"a": 1}],
}
ALL = [value for values in VALUES.values() for value in values]


def order(**properties: Any) -> Event:
    return Event("e1", "order", AT, properties)


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in VALUES.items() for value in values]
)
def test_what_is_planned_fits(kind: str, value: Any) -> None:
    """Whole numbers are numbers; dates and times are the texts that conditions read as such."""
    assert misfits(PLAN, order(**{kind: value})) == ()


@pytest.mark.parametrize("kind", VALUES)
def test_what_is_of_another_type_does_not(kind: str) -> None:
    """Nothing is made of something else: a text of digits is no number, true is no number."""
    fitting = [
        *VALUES[kind],
        *(VALUES["date"] if kind == "string" else ()),
        *(VALUES["time"] if kind == "string" else ()),
    ]
    times = VALUES["date"] + VALUES["time"] + ["2026-03-06"]
    others = [
        value for value in ALL
        if not any(type(value) is type(one) and value == one for one in fitting)
        and not (kind in ("date", "time") and value in times)
        and not (isinstance(value, list | dict) and type(value) is type(VALUES[kind][0]))
    ]  # fmt: skip

    assert [value for value in others if not misfits(PLAN, order(**{kind: value}))] == []


def test_it_is_said_where_what_is_wanted_and_what_is_found() -> None:
    """And not what stands there."""
    found = misfits(PLAN, order(number="ana@example.com", list={"a": "ana@example.com"}))

    assert found == (
        Misfit("properties.number", "a number", "a text"),
        Misfit("properties.list", "a list", "an object"),
    )
    assert str(found[0]) == "properties.number: a number is wanted, and it is a text"


@given(
    st.dictionaries(
        st.sampled_from([*map(str, ValueType), "more"]), st.text() | st.integers() | st.booleans()
    )
)
def test_a_reason_never_holds_a_value(properties: dict[str, Any]) -> None:
    """Reasons are listed for whoever looks after events, who need not know what customers do."""
    marked = {name: f"<{value}>" if isinstance(value, str) else value for name, value in properties.items()}

    assert not any("<" in str(one) for one in misfits(PLAN, order(**marked)))


@pytest.mark.parametrize(
    "event",
    [
        Event("e1", "another", AT, {"number": "x"}),
        order(more="x"),
        order(),
        order(number=None),
        order(any=[1]),
    ],
)
def test_what_the_plan_says_nothing_about_is_kept(event: Event) -> None:
    """Unknown events, further properties, missing ones, and those that are null."""
    assert misfits(PLAN, event) == ()


@pytest.mark.parametrize("name", sorted(BUILTIN.keys() - OF_CALLS))
def test_our_own_events_are_never_refused(name: str) -> None:
    """Whatever a plan says of a name of ours: a consent that was taken back must be heard."""
    assert misfits({name: {"channel": "number"}}, Event("e1", name, AT, {"channel": "email"})) == ()


@pytest.mark.parametrize("name", sorted(OF_CALLS))
def test_what_a_plan_says_of_a_call_holds(name: str) -> None:
    """What an application tells by `page` or `identify` is its own, and so is what it plans of that."""
    (misfit,) = misfits({name: {"channel": "number"}}, Event("e1", name, AT, {"channel": "email"}))

    assert misfit.place == "properties.channel"


def test_a_type_of_a_later_release_is_no_reason() -> None:
    """A function that is older than the plan lets pass what it does not know."""
    assert misfits({"order": {"total": "money"}}, order(total={"EUR": 5})) == ()


def test_the_plan_travels_with_the_policy() -> None:
    """What an earlier release registered has none, and then nothing is compared."""
    policy = Policy("acme", events={"order": {"total": "number"}})
    earlier = {name: value for name, value in policy.to_json().items() if name != "events"}

    assert Policy.from_json(policy.to_json()) == policy
    assert Policy.from_json(earlier) == Policy("acme")

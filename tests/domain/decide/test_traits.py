"""What a customer's events come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.customer.rows import Event
from sojourn.domain.decide.segments import segment_rule
from sojourn.domain.decide.traits import HOW, TraitRule, traits_from, traits_json, worked_out
from sojourn.domain.journey.model import workspace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = 86_400.0


def bought(*told: tuple[float, dict[str, Any]]) -> list[Event]:
    """Return purchases, so many days before noon."""
    return [Event(f"e{n}", "bought", NOON - timedelta(days=ago), said) for n, (ago, said) in enumerate(told)]


ORDERS = bought(
    (40, {"total": 5, "kind": "book", "gift": True}),
    (9, {"total": 2.5, "kind": "pen"}),
    (30, {"total": "free", "kind": "book"}),
    (1, {"total": 10, "kind": "pen"}),
    (3, {"gift": False, "kind": None}),
)


@pytest.mark.parametrize(
    ("how", "name", "within", "where", "expected"),
    [
        ("count", "", 0.0, "", 5),
        ("count", "", 30 * DAY, "", 3),
        ("count", "", 0.0, "event.total > 4", 2),
        ("count", "", 0.0, 'event.kind == "glue"', 0),
        ("sum", "total", 0.0, "", 17.5),
        ("sum", "total", 5 * DAY, "", 10),
        ("sum", "gift", 0.0, "", 0),
        ("first", "kind", 0.0, "", "book"),
        ("first", "total", 0.0, 'event.kind == "pen"', 2.5),
        ("last", "kind", 0.0, "", "pen"),
        ("last", "gift", 0.0, "", False),
        ("last", "colour", 0.0, "", None),
        ("first", "kind", 0.5 * DAY, "", None),
        ("most_frequent", "kind", 0.0, "", "pen"),
        ("most_frequent", "kind", 0.0, "event.total != 10", "book"),
        ("most_frequent", "colour", 0.0, "", None),
        ("average", "total", 0.0, "", None),
    ],
)
def test_a_trait_is_what_the_events_come_to(
    how: str, name: str, within: float, where: str, expected: object
) -> None:
    """In the order in which they happened; of what comes equally often, the latest; None where there is nothing."""
    found = worked_out(TraitRule("t", how, "bought", name, within, where), ORDERS, NOON)

    assert (found, type(found)) == (expected, type(expected))


def test_an_event_at_the_edge_of_the_window_is_out_of_it() -> None:
    """As with `times`: what happened exactly so long ago happened not within that time."""
    rule = TraitRule("t", "count", "bought", within=DAY)

    assert worked_out(rule, bought((1, {}), (0.999, {})), NOON) == 1


def test_true_is_not_one() -> None:
    """Python takes them for the same, a customer does not."""
    events = bought((5, {"x": 1}), (4, {"x": True}), (3, {"x": True}), (2, {"x": 1}), (1, {"x": True}))

    assert worked_out(TraitRule("t", "most_frequent", "bought", "x"), events, NOON) is True


def test_numbers_beyond_all_bounds_have_no_sum() -> None:
    """A condition on it is false, and says what is missing, instead of failing."""
    events = bought((2, {"x": 1e308}), (1, {"x": 1e308}), (0, {"x": 10**400}))

    assert worked_out(TraitRule("t", "sum", "bought", "x"), events, NOON) is None


@settings(max_examples=50, deadline=None)
@given(st.permutations(ORDERS), st.sampled_from(HOW), st.sampled_from(["total", "kind", "gift"]))
def test_in_which_order_events_came_does_not_matter(events: list[Event], how: str, name: str) -> None:
    """So late events, and those of two customers who turn out to be one, are where they belong."""
    rule = TraitRule("t", how, "bought", name)

    assert worked_out(rule, events, NOON) == worked_out(rule, ORDERS, NOON)


def test_traits_are_written_as_they_are_read() -> None:
    """What is as usual is left out, and what a newer release wrote besides is passed over."""
    traits = {
        "a": TraitRule("a", "count", "bought"),
        "b": TraitRule("b", "sum", "bought", "total", DAY, "event.total > 1"),
    }

    told = traits_json(traits)

    assert told["a"] == {"how": "count", "event": "bought"}
    assert traits_from({**told, "a": {**told["a"], "colour": "red"}}) == traits


def test_the_language_and_the_engine_name_the_same_ways() -> None:
    """The models of the language are not imported by what runs, so the list is written twice."""
    assert workspace.HOW == HOW


def test_a_segment_depends_on_what_its_traits_are_worked_out_from() -> None:
    """So it is asked again on such an event, and by the sweep when one leaves the window."""
    traits = {
        "orders": TraitRule("orders", "count", "bought", within=DAY),
        "plan": TraitRule("plan", "last", "chose", "plan"),
    }

    rule = segment_rule("s", "customer.orders > 1 && has(customer.plan) && customer.score > 2", traits)

    assert rule.attributes == {"score"}
    assert rule.events == {"bought", "chose"}
    assert (set(rule.ages), rule.timed, set(rule.traits)) == ({("bought", DAY)}, True, {"orders", "plan"})


def test_a_segment_of_the_engaged_is_asked_on_feedback_and_when_a_window_ends() -> None:
    """The window is that of the last engagement on the channel, which the profile tells."""
    rule = segment_rule("s", 'engaged("email", "1 days") || engaged("sms")')
    hour, day = timedelta(hours=1), timedelta(days=1)
    engaged = {
        "email": {"opened": NOON, "sent": NOON + hour, "clicked": NOON - hour},
        "sms": {"replied": NOON},
    }

    changed = [
        rule.may_have_changed(lambda *_: [], known, since, since + day)
        for known, since in (
            (engaged, NOON - hour),
            (engaged, NOON),
            (engaged, NOON + day),
            ({"sms": engaged["sms"]}, NOON),
        )
    ]

    assert rule.events == {"message_opened", "message_clicked", "message_replied"}
    assert (rule.attributes | rule.ages, set(rule.engagements), rule.timed) == (
        frozenset(),
        {("email", DAY)},
        True,
    )
    assert changed == [False, True, False, False]

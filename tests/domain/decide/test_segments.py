"""A segment's rule knows what it depends on, and when the passing of time can change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.domain.customer.rows import Event
from sojourn.domain.decide.segments import segment_rule

NOW = datetime(2026, 3, 10, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


def ordered(*days_ago: float) -> Sequence[Event]:
    """Return orders of so many days ago, oldest first."""
    return [Event(str(days), "order", NOW - timedelta(days=days)) for days in sorted(days_ago, reverse=True)]


@pytest.mark.parametrize(
    ("when", "timed"),
    [
        ('did("order")', False), ("customer.plan == 'pro'", False), ('did("order", "60 days")', True),
        ('times("order", "7 days") > 2', True), ('last("order") < now', True), ("local(now).hour > 3", True),
    ],
)  # fmt: skip
def test_only_conditions_about_time_are_asked_daily(when: str, timed: bool) -> None:
    """What reads neither the clock nor a window changes with the customer alone."""
    assert segment_rule("s", when).timed is timed


@pytest.mark.parametrize(
    ("days_ago", "changes"),
    [
        ((), False),
        ((3,), False),
        ((90,), False),
        ((60.5,), True),
        ((60,), True),
        ((61,), False),
        ((90, 60.5, 3), True),
    ],
)
def test_a_window_changes_when_an_event_leaves_it(days_ago: tuple[float, ...], changes: bool) -> None:
    """An event counts until its window is over; exactly then it counts no more."""
    rule = segment_rule("s", '!did("order", "60 days")')

    assert rule.may_have_changed(lambda name: ordered(*days_ago), YESTERDAY, NOW) is changes


def test_a_condition_about_the_clock_may_change_at_any_time() -> None:
    """Nothing is known about what compares with now."""
    rule = segment_rule("s", 'now - last("order") > duration("3h")')

    assert rule.may_have_changed(lambda name: (), YESTERDAY, NOW)

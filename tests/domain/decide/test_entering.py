"""Who may enter a journey, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import keys
from sojourn.domain.compile.compiled import Entering
from sojourn.domain.customer.rows import Run
from sojourn.domain.decide.entering import LONGEST_KEY, MOST_RUNS, why_no_key, why_not_enter

ENTERED = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUN = Run(
    "j-1", "ana", "j", "v", "", ENTERED, ENTERED, "j-1", status="ended", ended=ENTERED + timedelta(days=1)
)
DAY = 86_400.0


@pytest.mark.parametrize("again", ["never", "always", "unless goal", "after"])
def test_the_first_time_is_always_allowed_and_a_second_run_at_once_never(again: str) -> None:
    """Whatever `again` says."""
    rules = Entering(again=again, again_seconds=DAY)

    assert why_not_enter(rules, None, ENTERED) == ""
    for status in ("running", "parked"):
        assert (
            why_not_enter(rules, replace(RUN, status=status, ended=None), ENTERED + timedelta(days=99))
            == "already_running"
        )


@pytest.mark.parametrize(
    ("again", "goal", "why"),
    [
        ("never", False, "again: never"),
        ("never", True, "again: never"),
        ("always", True, ""),
        ("unless goal", False, ""),
        ("unless goal", True, "again: unless goal"),
    ],
)
def test_again_says_whether_an_ended_run_may_be_followed(again: str, goal: bool, why: str) -> None:
    """The reason names the rule that was written."""
    assert (
        why_not_enter(Entering(again=again), replace(RUN, goal_reached=goal), ENTERED + timedelta(days=9))
        == why
    )


@pytest.mark.parametrize(
    ("seconds", "later", "why"),
    [
        (28 * DAY, 28 * DAY - 1, "again: after 28 days"),
        (28 * DAY, 28 * DAY, ""),
        (7200.0, 7199.0, "again: after 2 hours"),
        (7200.0, 7200.0, ""),
        (1.5 * DAY, DAY, "again: after 1.5 days"),
    ],
)
def test_after_counts_from_the_last_entry_and_not_from_its_end(
    seconds: float, later: float, why: str
) -> None:
    """To the second; the reason says the time as it would be written."""
    rules = Entering(again="after", again_seconds=seconds)

    assert why_not_enter(rules, RUN, ENTERED + timedelta(seconds=later)) == why


def test_nobody_is_in_more_runs_of_a_journey_than_can_be_read_with_each_event() -> None:
    """Under whatever key the next would be; one that is on, or may not come again, has its own reason."""
    rules = Entering(key="event.ref", again="always")

    assert why_not_enter(rules, None, ENTERED, MOST_RUNS - 1) == ""
    assert why_not_enter(rules, None, ENTERED, MOST_RUNS) == "too_many_runs"
    assert why_not_enter(rules, RUN, ENTERED + timedelta(days=99), MOST_RUNS) == "too_many_runs"
    assert why_not_enter(Entering(), RUN, ENTERED, MOST_RUNS) == "again: never"


@given(st.text())
def test_a_key_has_room_in_the_table_or_is_none(text: str) -> None:
    """As it is written there: `#` and `%` take three bytes, and the journey's name and the row's kind stand before."""
    for key in (text, text * 40):
        long = len(keys.run("", key).encode()) - len(keys.run("", "")) > LONGEST_KEY

        assert bool(why_no_key(key)) == (long or not key)
        assert long or len(keys.run("j" * 60, key).encode()) <= 1_024


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (7, ""),
        (1.5, ""),
        (0, ""),
        (10**LONGEST_KEY, f"is longer than {LONGEST_KEY} bytes"),
        ("", "is empty"),
        (False, "is true or false; a text or a number is wanted"),
        ([], "is a list; a text or a number is wanted"),
        ({}, "is an object; a text or a number is wanted"),
        (None, "is no text; a text or a number is wanted"),
    ],
)
def test_a_key_is_a_text_or_a_number(value: object, why: str) -> None:
    """Anything else is no name of anything."""
    assert why_no_key(value) == why

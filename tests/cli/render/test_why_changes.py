"""What a pause or a change of the journey did to somebody, as it is read out to them."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.cli.render.condition_words import condition_words
from sojourn.cli.render.customer import customer_text
from sojourn.cli.render.spoken import Spoken
from sojourn.cli.render.why import Why, why_text
from sojourn.cli.render.why_story import Journey
from sojourn.domain.condition.verdict import Verdict
from tests.cli.customer_rows import STEPS, TITLES, TOPICS, happened, instant, ledger, whole

CART = "abandoned-cart"
WORDS = {
    (CART, "v1", "pause"): "wait 11 days", (CART, "v1", "clicked"): "wait for hi clicked",
    (CART, "v1", "thanks"): "send thanks",
}  # fmt: skip
SPOKEN = Spoken("Europe/Berlin", "customer", TITLES, STEPS | WORDS, TOPICS, False, 200)


def told(at: str, *rows: dict[str, Any], ended: str = "", **more: Any) -> list[str]:
    """Return what is told of somebody who is at a step, or whose run ended."""
    run = {
        "id": "r1", "journey": CART, "version": "v1", "entered": instant("06T08:00"), "status": "running",
        "at": {"": at},
    }  # fmt: skip
    over = {"status": "ended", "ended": instant("07T08:00"), "exit_reason": ended, "at": {}} if ended else {}
    found = whole(runs=[run | over], ledger=ledger(*rows), **more)
    return [line.strip() for line in why_text(Why(found, Journey(CART, live="v1"), SPOKEN)).splitlines()]


def test_of_a_wait_that_went_on_elsewhere_what_was_left_is_told() -> None:
    """And not how long the new version's author lets others wait."""
    row = happened("06T09:00", "waiting", "pause", "migrated", until=instant("16T09:00"))

    assert told("pause", row)[-1] == (
        "Now they are at “wait 11 days”, with what was left of their wait, since Fri 6 Mar 2026, 10:00,"
        " until Mon 16 Mar 2026, 10:00."
    )


def test_whoever_finishes_a_wait_only_to_leave_is_told_so() -> None:
    """Support must not promise what comes after it."""
    drained = happened("06T09:00", "migrated", "clicked")

    assert told("clicked", drained)[-1] == (
        "Now they wait for hi clicked, and leave then, because the journey was changed."
    )


def test_whoever_left_because_of_a_change_is_told_so() -> None:
    """In the title, in the sentence, and where the customer is shown."""
    lines = told("", happened("07T08:00", "exited", "", "exit:migrated"), ended="exit:migrated")

    assert lines[3] == "Fri 6 Mar 2026, 09:00 to Sat 7 Mar 2026, 09:00: was left, because it was changed"
    assert lines[-1] == "09:00  They left, because the journey was changed."


def test_while_clocks_stand_still_it_is_the_wait_that_does() -> None:
    """The message after it has not been put off: it is not due."""
    lines = told("thanks", happened("06T10:00", "waiting", "pause", "paused"))

    assert lines[-2:] == [
        "11:00  The clocks stood still at “wait 11 days”, because the journey was paused.",
        "Now the clocks stand still at “wait 11 days”; what is left of it begins after the pause.",
    ]


def test_what_a_pause_put_off_and_what_is_spread_after_it_are_two_things() -> None:
    """Each is told once, and the message goes by its name in both."""
    put_off = happened("06T10:00", "held", "thanks", "paused", message="thanks")
    spread = happened("06T11:00", "held", "thanks", "paused", until=instant("06T15:00"))

    assert told("thanks", put_off, spread)[-3:] == [
        "11:00  “thanks” was put off, because the journey was paused.",
        "12:00  What fell due in the pause was put off until 16:00, so that not all goes out at once.",
        "Now “thanks” is put off until Fri 6 Mar 2026, 16:00, because the journey was paused.",
    ]


def test_a_publisher_is_quoted() -> None:
    """What they said is no part of the sentence."""
    row = happened("06T08:00", "not_entered", "", "paused", run="", detail="again")
    lines = why_text(Why(whole(ledger=ledger(row)), Journey(CART, live="v1"), SPOKEN))

    assert "They did not enter, because it was paused, and nobody entered it (“again”)." in lines


def test_who_it_is_and_in_which_journey_stand_alone() -> None:
    """Since when they are known is said where the customer is shown: here it would read as known in the journey."""
    profile = {"id": "c-42", "email": "ada@example.com", "since": instant("01T08:00")}

    assert told("pause", profile=profile)[0] == "ada@example.com in “Win back a cart”"


def test_what_several_cases_read_is_told_once() -> None:
    """With each of the questions that were asked about it."""
    asked = [f"entry.total > {limit}" for limit in (900, 600, 300)]
    reasons = [Verdict(text == asked[-1], (), (("entry.total", 450),), text).reason for text in asked]

    assert condition_words("; ".join(reasons), SPOKEN) == (
        "the total they entered with was 450 (asked: entry.total > 900 – no; entry.total > 600 – no;"
        " entry.total > 300 – yes)"
    )


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("audience:trip", {"run": "r1"}, "entered, by an audience: booking 1010"),
        ("audience:trip", {"why": "where"}, "did not enter, by an audience: booking 1010"),
        ("schedule:trip", {"run": "r1"}, "entered, by a schedule: booking 1010"),
    ],
)
def test_an_entry_by_an_audience_is_no_event_of_the_customer(
    name: str, answer: dict[str, str], said: str
) -> None:
    """It is told as that of a call is."""
    event = {"id": "e1", "name": name, "at": instant("06T08:00"), "properties": {"booking": 1010},
             "context": {"answer": answer}}  # fmt: skip

    assert f"Fri 6 Mar 2026, 09:00   {said}" in customer_text(whole(events=[event]), SPOKEN, 10, "")

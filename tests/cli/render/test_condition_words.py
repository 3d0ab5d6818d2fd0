from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.cli.render.condition_words import asked, condition_words
from sojourn.cli.render.spoken import Spoken, Topic
from sojourn.domain.condition.verdict import Verdict

SPOKEN = Spoken("Europe/Berlin", topics={"news": Topic("Offers and news")})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("customer.plan", "free", "their plan was free"),
        ("customer.name", "Ana, Bea and Cleo", "their name was Ana, Bea and Cleo"),
        ("customer.vip", True, "their vip was yes"),
        ("entry.total", 20.5, "the total they entered with was 20.5"),
        ("event.items", [], "the event's items was empty"),
        ("event.items", [1, 2], "the event's items was a list of 2"),
        ("steps.call.answer.outcome", "no_answer", "what “call” came to (answer.outcome) was no_answer"),
        ("now", "2026-03-06T08:00:00Z", "the time was Fri 6 Mar 2026, 09:00"),
        ("local(now).hour", 9, "the hour of the time, by their clock, was 9"),
        ("has(customer.plan)", False, "their plan was not known"),
        ('did("order_completed")', False, "they had not done “order completed”"),
        ('did("order_completed", "7 days")', True, "they had done “order completed” within 7 days"),
        ('times("began")', 0, "they had never done “began”"),
        ('times("began")', 2, "they had done “began” twice"),
        ('times("began")', 12, "they had done “began” 12 times"),
        ('last("began")', "2026-03-06T08:00:00Z", "when they last did “began” was Fri 6 Mar 2026, 09:00"),
        ('in_segment("big-spenders")', False, "they did not belong to “big spenders”"),
        ('opened("hello")', True, "they had opened the message of “hello”"),
        ('clicked("hello")', False, "they had not followed a link in the message of “hello”"),
        ('consented("news", "sms")', False, "they did not want Offers and news by SMS"),
        ('reachable("push")', False, "push did not reach them"),
        ('engaged("email", "30 days")', False, "they had not opened or followed anything by email within 30 days"),
    ],
)  # fmt: skip
def test_what_was_read_is_told_in_words(name: str, value: Any, said: str) -> None:
    """As a person says it, whatever the kind of input."""
    (one,) = asked(Verdict(True, (), ((name, value),), "the condition").reason, SPOKEN)

    assert (one.text, one.held, one.because) == ("the condition", True, said)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (("customer.plan",), "their plan is not known"),
        (("customer.plan", "event.n"), "their plan and the event's n are not known"),
    ],
)
def test_what_was_missing_is_told(missing: tuple[str, ...], said: str) -> None:
    """It is why the answer was no."""
    (one,) = asked(Verdict(False, missing, (), "c").reason, SPOKEN)

    assert (one.held, one.because) == (False, said)


def test_each_case_of_a_branch_is_told() -> None:
    """In the order in which they were asked, the condition itself last, for whoever wants to look it up."""
    reasons = [
        Verdict(False, (), (("customer.score", 3),), "customer.score > 5").reason,
        Verdict(True, (), (("customer.score", 3), ('did("began")', True)), 'did("began")').reason,
    ]

    assert condition_words("; ".join(reasons), SPOKEN) == (
        "their score was 3 (asked: customer.score > 5 – no);"
        ' their score was 3 and they had done “began” (asked: did("began") – yes)'
    )


@pytest.mark.parametrize("reason", ["else", "", "12.3 of 100", 'a "quoted" word'])
def test_what_is_no_condition_is_left_as_it_is(reason: str) -> None:
    """A branch of which nothing was asked, a draw, a text of an older release."""
    assert asked(reason, SPOKEN) == ()
    assert condition_words(reason, SPOKEN) == reason


def test_a_condition_that_reads_nothing_has_its_answer() -> None:
    """There is nothing else to tell."""
    assert condition_words(Verdict(True, (), (), "1 < 2").reason, SPOKEN) == "the answer to “1 < 2” is yes"


@given(
    text=st.text(alphabet="abc ><=!&|\"'().", max_size=80),
    value=st.one_of(st.text(max_size=80), st.booleans(), st.integers(), st.floats(), st.lists(st.integers())),
    held=st.booleans(),
)
def test_no_reason_is_lost(text: str, value: Any, held: bool) -> None:
    """Whatever somebody wrote, and whatever was read, something is told, and nothing raises."""
    reason = Verdict(held, (), (("customer.x", value),), text).reason

    assert condition_words(reason, SPOKEN)

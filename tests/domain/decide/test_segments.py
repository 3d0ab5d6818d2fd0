"""Which changes can move a customer in or out of a segment, and what feedback does to a profile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.domain.customer.rows import Event, Profile
from sojourn.domain.decide.feedback import engagement, profile_after
from sojourn.domain.decide.segments import segment_rule

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "attributes", "events", "timed"),
    [
        ('customer.plan == "pro"', {"plan"}, set(), False),
        ('customer.plan == "pro" && customer.score > 2', {"plan", "score"}, set(), False),
        ("has(customer.plan)", {"plan"}, set(), False),
        ('did("bought")', set(), {"bought"}, False),
        ('did("bought", "7 days")', set(), {"bought"}, True),
        ('times("bought") > 3 && customer.vip', {"vip"}, {"bought"}, False),
        ('last("bought") < now', set(), {"bought"}, True),
        ("local(now).hour > 9", set(), set(), True),
        ('consented("news", "email")', {"*"}, set(), False),
        ('in_segment("others")', set(), set(), False),
    ],
)
def test_a_segment_knows_what_it_depends_on(
    when: str, attributes: set[str], events: set[str], timed: bool
) -> None:
    """Only then is it asked again; what time alone can change is asked by the daily sweep."""
    rule = segment_rule("s", when)

    assert (set(rule.attributes), set(rule.events), rule.timed) == (attributes, events, timed)


def after(name: str, **properties: Any) -> Profile:
    return profile_after(Event("e", name, NOON, properties), Profile("ana", suppressed={"push": "bounce"}))


@pytest.mark.parametrize(
    ("name", "properties", "suppressed"),
    [
        ("message_bounced", {"channel": "email"}, {"email": "bounce"}),
        ("message_bounced", {"channel": "email", "hard": True}, {"email": "bounce"}),
        ("message_bounced", {"channel": "email", "hard": False}, {}),
        ("message_complained", {"channel": "email"}, {"email": "complaint"}),
        ("message_replied", {"channel": "sms", "text": " Stop\n"}, {"sms": "stop"}),
        ("message_replied", {"channel": "sms", "text": "Stop."}, {"sms": "stop"}),
        ("message_replied", {"channel": "sms", "text": "STOP ALL"}, {"sms": "stop"}),
        ("message_replied", {"channel": "whatsapp", "text": "stopp"}, {"whatsapp": "stop"}),
        ("message_replied", {"channel": "sms", "text": "Cancel my appointment"}, {}),
        ("message_replied", {"channel": "email", "text": "STOP"}, {}),
        ("message_opened", {"channel": "email"}, {}),
        ("bought", {"channel": "email"}, {}),
    ],
)
def test_what_must_never_be_written_to_again_is_suppressed(
    name: str, properties: dict[str, Any], suppressed: dict[str, str]
) -> None:
    """Hard bounces, complaints and STOP; a soft bounce is the provider's to try again."""
    assert after(name, **properties).suppressed == {"push": "bounce"} | suppressed


def test_a_word_about_a_topic_is_about_its_channels() -> None:
    """One channel, or several at once."""
    one, several = (
        after("unsubscribed", topic="news", channel="email"),
        after("subscribed", topic="news", channels=["sms", "push"]),
    )

    assert dict(one.consents) == {("news", "email"): False}
    assert dict(several.consents) == {("news", "sms"): True, ("news", "push"): True}


def test_what_changes_nothing_gives_the_same_profile() -> None:
    """So that nothing is written."""
    profile = Profile("ana")

    assert profile_after(Event("e", "bought", NOON), profile) is profile


def test_engagement_names_the_run_and_step_of_the_message() -> None:
    """Of opens, clicks and replies; of nothing else."""
    about = {"run": "j-1", "step": "s"}
    found = [
        engagement(Event("e", name, NOON, about)) for name in ("message_clicked", "message_bounced", "bought")
    ]

    assert found == [("j-1", "s", "clicked"), None, None]

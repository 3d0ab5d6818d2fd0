"""However a channel is written in what is told of a message: it is the channel that it is in consents too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.domain.customer.rows import Event, Profile
from sojourn.domain.decide.feedback import about, is_worn_out, profile_after

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
ANA = Profile("ana", email="ana@example.com", phone="+12025550123", device="d")


def event(name: str, channel: Any, at: datetime = NOON, **properties: Any) -> Event:
    return Event(f"{name}-{at}", name, at, {"channel": channel, **properties})


@pytest.mark.parametrize(
    ("name", "written", "suppressed"),
    [
        ("message_bounced", "Email", {"email": "bounce"}),
        ("message_bounced", " EMAIL ", {"email": "bounce"}),
        ("message_complained", "E-Mail", {"email": "complaint"}),
        ("message_complained", "Whats App", {"whatsapp": "complaint"}),
        ("message_replied", "SMS", {"sms": "stop"}),
        ("message_replied", "WhatsApp", {"whatsapp": "stop"}),
    ],
)
def test_a_channel_is_read_without_regard_to_case(
    name: str, written: str, suppressed: dict[str, str]
) -> None:
    """As in a word about consent: who complained is not written to because a letter is a capital."""
    said = event(name, written, text="STOP")

    assert profile_after(said, ANA).suppressed == suppressed
    assert about(said, None).properties["channel"] in suppressed


@pytest.mark.parametrize("channel", ["pigeon", 7, ["email"], "email, sms", None, ""])
def test_what_is_no_channel_is_none(channel: Any) -> None:
    """It changes nothing, and says so; nobody knows which address it was."""
    bounced = event("message_bounced", channel)

    assert profile_after(bounced, ANA) is ANA
    assert about(bounced, None).properties["ignored"] == "no_channel"


def test_messages_that_come_back_softly_are_counted_however_it_is_written() -> None:
    """Also those that were kept before the channel was."""
    written = ["email", "Email", "EMAIL", "e-mail", "Email"]
    bounces = [
        event("message_bounced", one, NOON + timedelta(hours=hours), hard=False)
        for hours, one in enumerate(written)
    ]

    assert is_worn_out(bounces[-1], bounces[:-1], ANA)

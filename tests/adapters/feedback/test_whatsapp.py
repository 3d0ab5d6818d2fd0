from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.adapters.feedback import whatsapp
from sojourn.adapters.feedback.told import NotRead, PassedOver
from tests.support.provider_events import recorded

WAMID = "wamid.HBgLMTIwMjU1NTAxMjMVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA"
ABOUT = {
    "channel": "whatsapp", "send": "3f2a9c0d5e7b41868a1c2d3e4f", "journey": "welcome", "run": "welcome-5d1f0c2b3a4e",
    "step": "hello", "provider_id": WAMID,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "event", "more"),
    [
        ("whatsapp-sent", "message_sent", {}),
        ("whatsapp-delivered", "message_delivered", {}),
        ("whatsapp-read", "message_opened", {}),
        ("whatsapp-failed-nobody", "message_bounced", {"hard": True, "reason": "131026"}),
        ("whatsapp-failed-outside-window", "message_rejected", {"reason": "131047"}),
        ("whatsapp-failed-otherwise", "message_failed", {"reason": "131000"}),
    ],
)
def test_every_status_is_an_event_of_the_customer(name: str, event: str, more: dict[str, Any]) -> None:
    """What we sent along comes back with it; that it was read is an opening."""
    message = recorded(name)

    (told,) = whatsapp.read(message)

    assert whatsapp.is_whatsapp(message)
    assert (told.name, told.customer, told.properties) == (event, "ana@example.com", ABOUT | more)
    assert told.at == datetime(2026, 3, 6, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("whatsapp-text", {"text": "Is it still there?"}),
        ("whatsapp-button", {"text": "Yes", "kind": "button", "provider_id": WAMID}),
        ("whatsapp-interactive", {"text": "Stop", "kind": "interactive", "provider_id": WAMID}),
        ("whatsapp-image", {"text": "This one", "kind": "image"}),
    ],
)
def test_what_somebody_writes_or_presses_is_a_reply(name: str, more: dict[str, Any]) -> None:
    """Known by its number alone, which Meta writes without a plus."""
    (told,) = whatsapp.read(recorded(name))

    assert (told.name, told.phone) == ("message_replied", "+12025550123")
    assert told.properties == {"channel": "whatsapp"} | more


def test_one_message_may_tell_several_things() -> None:
    """All of them are told, each with an id of its own."""
    told = whatsapp.read(recorded("whatsapp-both"))

    assert [one.name for one in told] == ["message_delivered", "message_opened", "message_replied"]
    assert len({one.id for one in told}) == 3


@pytest.mark.parametrize(
    ("name", "why"), [("whatsapp-not-ours", "no_tags"), ("whatsapp-reaction", "unknown_type")]
)
def test_what_is_none_of_ours_is_passed_over(name: str, why: str) -> None:
    """A message that another system sent; a thumb up, which answers nothing."""
    with pytest.raises(PassedOver, match=why):
        whatsapp.read(recorded(name))


@pytest.mark.parametrize(
    "entry",
    [
        "{",
        "[]",
        "[" * 100_000,
        json.dumps({"changes": {}}),
        json.dumps({"changes": [{"value": {"messages": [{}]}}]}),
    ],
)
def test_what_is_not_metas_webhook_is_not_read(entry: str) -> None:
    """However it is malformed, nothing breaks."""
    with pytest.raises(NotRead):
        whatsapp.read({"whatsAppWebhookEntry": entry})


def test_data_that_is_not_ours_is_nobodys() -> None:
    """Whoever else sends from the same account may put anything there."""
    for data in ("order-1", "[]", '{"send": 1}', "[" * 100_000, 7):
        status = {
            "id": "wamid.1",
            "status": "sent",
            "timestamp": "1772798405",
            "biz_opaque_callback_data": data,
        }
        entry = json.dumps({"changes": [{"value": {"statuses": [status]}}]})

        with pytest.raises(PassedOver, match="no_tags"):
            whatsapp.read({"whatsAppWebhookEntry": entry})

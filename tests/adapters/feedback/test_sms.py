from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.adapters.feedback import sms
from sojourn.adapters.feedback.told import NotRead, PassedOver
from tests.support.provider_events import NOON, recorded

ABOUT = {
    "channel": "sms", "send": "3f2a9c0d5e7b41868a1c2d3e4f", "journey": "welcome", "run": "welcome-5d1f0c2b3a4e",
    "step": "hello", "provider_id": "9539975a-e71f-45f3-b496-8d98dc098a77",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "event", "more"),
    [
        ("sms-successful", "message_sent", {}),
        ("sms-unknown", "message_sent", {}),
        ("sms-delivered", "message_delivered", {}),
        ("sms-invalid", "message_bounced", {"hard": True, "reason": "TEXT_INVALID"}),
        ("sms-unreachable", "message_bounced", {"hard": False, "reason": "TEXT_UNREACHABLE"}),
        ("sms-carrier-unreachable", "message_failed", {"reason": "TEXT_CARRIER_UNREACHABLE"}),
        ("sms-ttl-expired", "message_failed", {"reason": "TEXT_TTL_EXPIRED"}),
        ("sms-carrier-blocked", "message_rejected", {"reason": "TEXT_CARRIER_BLOCKED"}),
        ("sms-spam", "message_rejected", {"reason": "TEXT_SPAM"}),
        ("sms-protect-blocked", "message_rejected", {"reason": "TEXT_PROTECT_BLOCKED"}),
        ("voice-no-answer", "message_bounced", {"hard": False, "reason": "VOICE_NO_ANSWER"}),
    ],
)
def test_every_receipt_is_an_event_of_the_customer(name: str, event: str, more: dict[str, Any]) -> None:
    """The context that we sent along says whose it is; only a number that is none is a hard bounce."""
    message = recorded(name)

    (told,) = sms.read_receipt(message)

    assert sms.is_receipt(message)
    assert (told.name, told.customer) == (event, "ana@example.com")
    assert told.properties == ABOUT | more
    assert told.at == datetime(2026, 3, 6, 12, 0, 5, 120_000, tzinfo=UTC)


def test_every_type_that_aws_knows_has_a_meaning() -> None:
    """Those of the API's own list, but for the names of groups; a type without a branch of ours is no message's."""
    import gzip
    import json
    from pathlib import Path

    import botocore

    folder = Path(botocore.__file__).parent / "data" / "pinpoint-sms-voice-v2"
    (model,) = folder.glob("*/service-2.json.gz")
    types = json.loads(gzip.decompress(model.read_bytes()))["shapes"]["EventType"]["enum"]

    kinds = {kind.partition("_")[2] for kind in types if kind != "ALL"} - {"ALL"}
    assert kinds == set(sms.MEANINGS)


def test_a_message_of_somebody_elses_is_passed_over() -> None:
    """Without our context nobody knows whose it is."""
    with pytest.raises(PassedOver, match="no_tags"):
        sms.read_receipt(recorded("sms-not-ours"))


def test_a_receipt_told_twice_is_the_same() -> None:
    """A carrier may tell the same again later."""
    message = recorded("sms-delivered")

    first, again = sms.read_receipt(message), sms.read_receipt(message | {"eventTimestamp": 1772798999000})

    assert first[0].id == again[0].id


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sms-reply-stop", "STOP"),
        ("sms-reply-start", "Start"),
        ("sms-reply-text", "Yes please, the blue one"),
    ],
)
def test_a_reply_is_known_by_its_number(name: str, text: str) -> None:
    """What it says, and which of our messages it follows; when it came is what SNS says."""
    message = recorded(name)

    (told,) = sms.read_reply(message, NOON)

    assert sms.is_reply(message)
    assert (told.name, told.customer, told.phone, told.at) == ("message_replied", "", "+12025550123", NOON)
    assert (told.properties["channel"], told.properties["text"]) == ("sms", text)
    assert told.properties["provider_id"] == ABOUT["provider_id"]


@pytest.mark.parametrize(
    "change", [{"originationNumber": None}, {"inboundMessageId": ""}, {"inboundMessageId": 7}]
)
def test_a_reply_of_nobody_is_not_read(change: dict[str, Any]) -> None:
    """Without a number or an id there is nothing to go by."""
    with pytest.raises(NotRead, match="wanted"):
        sms.read_reply(recorded("sms-reply-text") | change, NOON)


@pytest.mark.parametrize(
    "change", [{"eventTimestamp": "soon"}, {"eventTimestamp": None}, {"messageId": None}]
)
def test_a_receipt_that_is_not_whole_is_not_read(change: dict[str, Any]) -> None:
    """It is said which field is wrong."""
    with pytest.raises(NotRead, match=next(iter(change))):
        sms.read_receipt(recorded("sms-delivered") | change)

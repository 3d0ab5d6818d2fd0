"""Reads what AWS End User Messaging tells of text messages (voice, media and RCS too), and what people write back.

Receipts come from the event destination of a configuration set, replies from a number's or pool's two-way channel,
both through SNS. Source: End User Messaging SMS, "Example event data" and "two-way SMS message payload".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sojourn.adapters.feedback.told import (
    NotRead,
    PassedOver,
    Told,
    about,
    event_id,
    instant,
    mapping,
    text,
    words,
)
from sojourn.domain.decide.feedback import BOUNCED, DELIVERED, FAILED, OPENED, REJECTED, REPLIED, SENT

SMS = "sms"
BRANCHES = ("TEXT_", "VOICE_", "MEDIA_", "RCS_")
"""What the types of events begin with: how the message travelled. All of them are of channel `sms`, as sends are."""
HARD, SOFT = {"hard": True}, {"hard": False}

MEANINGS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "SUCCESSFUL": (SENT, {}),  # the carrier has it, and may never tell more
    "SENT": (SENT, {}),
    "QUEUED": (SENT, {}),
    "PENDING": (SENT, {}),
    "UNKNOWN": (SENT, {}),  # after three days nobody knows more
    "FALLEN_BACK_TO_SMS": (SENT, {}),
    "DELIVERED": (DELIVERED, {}),
    "READ": (OPENED, {}),
    "INVALID": (BOUNCED, HARD),  # it is no number, or nobody's
    "UNREACHABLE": (BOUNCED, SOFT),  # switched off, or out of reach
    "CARRIER_UNREACHABLE": (FAILED, {}),  # says nothing of the number
    "TTL_EXPIRED": (FAILED, {}),
    "FAILED": (FAILED, {}),
    "BLOCKED": (REJECTED, {}),
    "CARRIER_BLOCKED": (REJECTED, {}),
    "PROTECT_BLOCKED": (REJECTED, {}),
    "SPAM": (REJECTED, {}),
    "INVALID_MESSAGE": (REJECTED, {}),
    "FILE_INACCESSIBLE": (REJECTED, {}),
    "FILE_TYPE_UNSUPPORTED": (REJECTED, {}),
    "FILE_SIZE_EXCEEDED": (REJECTED, {}),
    "INITIATED": (SENT, {}),
    "RINGING": (SENT, {}),
    "ANSWERED": (DELIVERED, {}),
    "COMPLETED": (DELIVERED, {}),
    "BUSY": (BOUNCED, SOFT),
    "NO_ANSWER": (BOUNCED, SOFT),
}
"""What the end of an event's type means. That a phone is off or busy is a soft bounce: another day it is not."""


def is_receipt(message: Mapping[str, Any]) -> bool:
    """Say whether it looks like an event of a message that was sent."""
    return text(message.get("eventType")).startswith(BRANCHES)


def is_reply(message: Mapping[str, Any]) -> bool:
    """Say whether it looks like what somebody wrote."""
    return "inboundMessageId" in message and "originationNumber" in message


def read_receipt(message: Mapping[str, Any]) -> list[Told]:
    """Return what a receipt tells.

    Raises:
        PassedOver: the message bears no context of ours, or nobody here knows what it says.
        NotRead: it is no receipt.
    """
    kind = text(message.get("eventType"))
    customer, tags = about(mapping(message.get("context") or {}, "context"))
    name, said = MEANINGS.get(kind.partition("_")[2], ("", {}))
    if not name:
        raise PassedOver("unknown_type")
    provider_id = text(message.get("messageId"))
    if not provider_id:
        raise NotRead("messageId: it is missing")
    tags.pop("version", None)
    at = instant(message.get("eventTimestamp"), "eventTimestamp")
    reason = "" if name in (SENT, DELIVERED, OPENED) else kind
    properties = {"channel": SMS, **tags, **said, **words(provider_id=provider_id, reason=reason)}
    # Carriers say the same word once more, with another time: it is the same.
    return [Told(event_id(name, provider_id, kind), name, at, customer, properties=properties)]


def read_reply(message: Mapping[str, Any], at: datetime) -> list[Told]:
    """Return what somebody wrote; whose it is says their number alone.

    Args:
        at: when SNS took it, as it does not say itself.

    Raises:
        NotRead: it is no message.
    """
    phone, inbound = text(message.get("originationNumber")), text(message.get("inboundMessageId"))
    if not phone or not inbound:
        raise NotRead("originationNumber, inboundMessageId: both are wanted")
    said = words(
        text=text(message.get("messageBody")),
        keyword=text(message.get("messageKeyword")),
        provider_id=text(message.get("previousPublishedMessageId")),
    )
    return [Told(event_id(REPLIED, inbound), REPLIED, at, phone=phone, properties={"channel": SMS, **said})]

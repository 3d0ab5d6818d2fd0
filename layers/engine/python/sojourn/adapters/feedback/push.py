"""Reads what Amazon SNS tells of push notifications that a platform did not take.

It names a device's endpoint and no customer: our sender keeps the customer's id with the endpoint. A token that is
nobody's our sender hears of as well, when it publishes next; this is sooner. Source: Amazon SNS, "application event
notifications" (`EventDeliveryFailure`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sojourn.adapters.feedback.told import PassedOver, Told, event_id, instant, text, words
from sojourn.domain.decide.feedback import BOUNCED, FAILED

PUSH = "push"
FAILURE = "DeliveryFailure"
NOBODY = frozenset(("InvalidPlatformToken", "EndpointDisabled", "TokenExpired", "Unregistered"))
"""The kinds of failure after which a device's token reaches nobody."""


def is_push(message: Mapping[str, Any]) -> bool:
    """Say whether it looks like an event of a platform application."""
    return "EndpointArn" in message and "EventType" in message


def read(message: Mapping[str, Any]) -> list[Told]:
    """Return what an event of a platform application tells; whose it is, its endpoint says.

    Raises:
        PassedOver: an endpoint was made, changed or removed.
        NotRead: it is no such event.
    """
    if text(message.get("EventType")) != FAILURE:
        raise PassedOver("unknown_type")
    kind, provider_id = text(message.get("FailureType")), text(message.get("MessageId"))
    at = instant(message.get("Time"), "Time")
    name = BOUNCED if kind in NOBODY else FAILED
    said = words(reason=kind, provider_id=provider_id, hard=True if name == BOUNCED else None)
    endpoint = text(message.get("EndpointArn"))
    return [
        Told(
            event_id(name, endpoint, provider_id or at.isoformat()), name, at,
            endpoint=endpoint, properties={"channel": PUSH, **said},
        )
    ]  # fmt: skip

"""The events that Sojourn itself raises about a customer: their names, and what each tells.

Conditions may ask about them (`did("message_opened", "7 days")`) and journeys may enter on them, without the
tracking plan naming them. This is the one place where they are defined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sojourn.domain.condition.types import ValueType

_STRING = ValueType.STRING
_MESSAGE: Final = {
    "journey": _STRING, "run": _STRING, "step": _STRING, "message": _STRING, "channel": _STRING, "send": _STRING,
    "provider_id": _STRING,
}  # fmt: skip
_BY: Final = {**_MESSAGE, "machine": ValueType.BOOLEAN, "reason": _STRING}
_WHY: Final = {**_MESSAGE, "reason": _STRING}

OF_CALLS: Final[Mapping[str, Mapping[str, ValueType]]] = {
    "identified": {},
    "page_viewed": dict.fromkeys(("name", "category", "url", "path", "title", "referrer", "search"), _STRING),
    "screen_viewed": {"name": _STRING, "category": _STRING},
    "group_joined": {"group_id": _STRING},
    "aliased": {"previous_id": _STRING},
}
"""What the calls of the tracking API become that name no event themselves; a tracking plan may say more of them."""

BUILTIN: Final[Mapping[str, Mapping[str, ValueType]]] = {
    **OF_CALLS,
    "message_sent": _MESSAGE,
    "message_delivered": _MESSAGE,
    "message_delayed": _WHY,
    "message_bounced": {**_WHY, "hard": ValueType.BOOLEAN},
    "message_complained": _WHY,
    "message_rejected": _WHY,
    "message_failed": _WHY,
    "message_opened": _BY,
    "message_clicked": {**_BY, "url": _STRING},
    "message_replied": {**_MESSAGE, "text": _STRING},
    "subscribed": {"topic": _STRING, "channel": _STRING, "channels": ValueType.LIST},
    "unsubscribed": {"topic": _STRING, "channel": _STRING, "channels": ValueType.LIST},
    "customer_updated": {},
    "segment_entered": {"segment": _STRING},
    "segment_left": {"segment": _STRING},
}
"""Event name -> property -> type."""

OF_RELEASE: Final[Mapping[str, str]] = {
    "opened": "message_opened",
    "clicked": "message_clicked",
    "replied": "message_replied",
    "entered_segment": "segment_entered",
    "left_segment": "segment_left",
}
"""What a `wait_for` or a trigger can name instead of an event -> the event that it waits for."""

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
}  # fmt: skip

BUILTIN: Final[Mapping[str, Mapping[str, ValueType]]] = {
    "message_opened": _MESSAGE,
    "message_clicked": {**_MESSAGE, "url": _STRING},
    "message_replied": {**_MESSAGE, "text": _STRING},
    "message_bounced": {**_MESSAGE, "hard": ValueType.BOOLEAN},
    "message_complained": _MESSAGE,
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

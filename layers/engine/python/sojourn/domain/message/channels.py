"""The channels that a message can have content for, in the order in which they are listed, however they are written."""

from __future__ import annotations

import re
from typing import Any

CHANNELS = ("email", "sms", "push", "whatsapp", "in_app", "webhook")

_LEFT_AWAY = re.compile(r"[\s_-]+")


def bare(name: str) -> str:
    """Return a name without what people write now so, now so: case, spaces, hyphens, underscores."""
    return _LEFT_AWAY.sub("", name).casefold()


_BY_BARE_NAME = {bare(channel): channel for channel in CHANNELS}


def channel_named(name: Any) -> str:
    """Return the channel that a name means: `In App`, `in-app` and `in_app` are one. "" for none, and for no text."""
    return _BY_BARE_NAME.get(bare(name), "") if isinstance(name, str) else ""

"""Finds what in a message tells us that it was opened, or a link followed, and where those lead."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TRACKED = re.compile(r"(https?://[^\s\"'<>]*?)(?:\?|&|&amp;)sj=([0-9a-f]+)")
"""The form of `MemoryLinks.tracked`, in HTML or plain text."""


def tracked_links(parts: Iterable[str], send: str) -> list[str]:
    """Return where the tracked links of one send lead, each once, in the order they stand."""
    found = (match for part in parts for match in _TRACKED.finditer(part) if match[2] == send)
    return list(dict.fromkeys(html.unescape(match[1]) for match in found))


def tells_opening(parts: Mapping[str, str], send: str) -> bool:
    """Say whether an email holds the picture of `MemoryLinks.opened`."""
    return f"/opened/{send}.gif" in parts.get("html", "")

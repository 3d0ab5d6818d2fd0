"""Who tells of a customer's journey, and the words that several sentences have in common. It knows no sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sojourn.cli.render.spoken import Spoken, channel, plain
from sojourn.domain.decide.feedback import CLICKED, ENTERED_SEGMENT, LEFT_SEGMENT, OPENED, REPLIED

Row = Mapping[str, Any]
_DID: Mapping[str, str] = {
    OPENED: "they opened the message", CLICKED: "they followed a link in the message",
    REPLIED: "they answered the message",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells.

    Args:
        entries: run -> the properties of what made it begin.
        happened: all that happened to the customer, for what one sentence must know of another.
    """

    spoken: Spoken
    entries: Mapping[str, Row] = field(default_factory=dict)
    happened: Sequence[Row] = ()

    def words(self, one: Row) -> str:
        """Return what a step does, as far as that is known; else its id."""
        return self.spoken.step(one["journey"], str(one.get("version", "")), str(one.get("step", "")))

    def did(self, event: str, properties: Row | None = None) -> str:
        """Return that they did something, or what it was if it was nothing that they did."""
        if event in (ENTERED_SEGMENT, LEFT_SEGMENT):
            name = (properties or {}).get("segment")
            segment = f"“{plain(str(name))}”" if name else "a segment that counts here"
            return f"they came to belong to {segment}" if event == ENTERED_SEGMENT else f"they left {segment}"
        return _DID.get(event, f"they did “{plain(event)}”")


def details_of(one: Row) -> Row:
    """Return the details of what happened; none where there are none."""
    found: Row = one.get("details", {})
    return found


def by_channel(details: Row) -> str:
    """Return on which channel, where that is told: ` by email`."""
    return f" by {channel(str(details['channel']))}" if details.get("channel") else ""


def message_of(details: Row) -> str:
    """Return what a message is called."""
    return f"“{details['message']}”" if details.get("message") else "the message"

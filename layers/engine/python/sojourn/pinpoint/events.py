"""What Pinpoint calls an event, and what it is here: Sojourn's own, or one that an application tells.

The names are those of Pinpoint's event stream (developer guide, "Streaming Amazon Pinpoint events").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sojourn.domain.condition.types import ValueType
from sojourn.pinpoint.conditions import Conditions, measured, quoted
from sojourn.pinpoint.expression import All, Ask, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYSTEM: Final[dict[str, tuple[str, str]]] = {
    "_email.send": ("message_sent", "email"),
    "_email.delivered": ("message_delivered", "email"),
    "_email.open": ("message_opened", "email"),
    "_email.click": ("message_clicked", "email"),
    "_email.hardbounce": ("message_bounced", "email"),
    "_email.softbounce": ("message_delayed", "email"),
    "_email.deliverydelay": ("message_delayed", "email"),
    "_email.complaint": ("message_complained", "email"),
    "_email.rejected": ("message_rejected", "email"),
    "_email.rendering_failure": ("message_failed", "email"),
    "_email.unsubscribe": ("unsubscribed", "email"),
    "_SMS.BUFFERED": ("message_sent", "sms"),
    "_SMS.SUCCESS": ("message_delivered", "sms"),
    "_SMS.FAILURE": ("message_failed", "sms"),
    "_SMS.OPTOUT": ("unsubscribed", "sms"),
    "_SMS.RECEIVED": ("message_replied", "sms"),
    "_campaign.send": ("message_sent", "push"),
    "_campaign.opened_notification": ("message_opened", "push"),
    "_campaign.received_foreground": ("message_delivered", "push"),
    "_campaign.received_background": ("message_delivered", "push"),
    "_journey.send": ("message_sent", ""),
}
"""Pinpoint's own event -> the event that Sojourn reports instead, and the channel that it is about."""
_NO_STEP: Final = ("unsubscribed",)
_TIMES: Final = ("BEFORE", "AFTER", "ON", "BETWEEN")


class Filter:
    """The events that `EventDimensions` ask for.

    Args:
        journey: the name of the journey, of whose messages Sojourn's own events are.
    """

    def __init__(self, asked: Conditions, journey: str = "") -> None:
        self.asked = asked
        self.journey = journey

    def events(self, given: dict[str, Any], step: str = "") -> Iterator[tuple[str, Node]]:
        """Yield the events by name, each with the question about its properties.

        Args:
            step: the step whose message they are about, where they are about one.
        """
        for name in dict.fromkeys(given["EventType"]["Values"]):
            known, channel = _SYSTEM[name] if name in _SYSTEM else (self.asked.words.event(name), "")
            questions: list[Node] = []
            if name in _SYSTEM and step and known not in _NO_STEP:
                questions.append(Ask(f"event.step == {quoted(step)}", "event.step"))
            elif name in _SYSTEM:
                if self.journey and known not in _NO_STEP:
                    questions.append(Ask(f"event.journey == {quoted(self.journey)}", "event.journey"))
                if channel:
                    questions.append(Ask(f"event.channel == {quoted(channel)}", "event.channel"))
            elif name != known:
                self.asked.row.note(
                    f'the event "{name}" is called `{known}` here: let your app tell it by that name'
                )
            questions.extend(self._properties(known, given))
            yield known, All(tuple(questions))

    def _properties(self, event: str, given: dict[str, Any]) -> Iterator[Node]:
        for name, dimension in given.get("Attributes", {}).items():
            used_as = ValueType.TIME if dimension.get("AttributeType") in _TIMES else ValueType.STRING
            found = self.asked.words.property_(event, name, used_as)
            if found is None:
                yield self.asked.lost(f"{name} of {event}", f"`{event}` does not tell `{name}`")
            else:
                yield self.asked.value(f"event.{found[0]}", found[1], dimension)
        for name, dimension in given.get("Metrics", {}).items():
            found = self.asked.words.property_(event, name, ValueType.NUMBER)
            if found is None:
                yield self.asked.lost(f"{name} of {event}", f"`{event}` does not tell `{name}`")
            else:
                yield measured(f"event.{found[0]}", dimension)


def unclear(given: dict[str, Any]) -> str:
    """Return why it cannot be said which events are asked for, "" where it can."""
    types = given.get("EventType")
    if types is None or not types["Values"]:
        return "it asks for any event, whatever it is called"
    return "it asks for all events but some" if types.get("DimensionType") == "EXCLUSIVE" else ""

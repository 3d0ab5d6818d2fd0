"""What the feedback on a message does to a customer: suppression, consent, engagement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Event, Profile

OPENED, CLICKED, REPLIED = "message_opened", "message_clicked", "message_replied"
BOUNCED, COMPLAINED = "message_bounced", "message_complained"
ENTERED_SEGMENT, LEFT_SEGMENT = "segment_entered", "segment_left"
UNSUBSCRIBED, SUBSCRIBED = "unsubscribed", "subscribed"
MESSAGE_EVENTS = {
    "opened": OPENED,
    "clicked": CLICKED,
    "replied": REPLIED,
    "bounced": BOUNCED,
    "complained": COMPLAINED,
}
_STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "ARRET", "STOPP"})
"""The words that end text messages: AWS's own list for long codes in the US, and two that Europeans write."""


def profile_after(event: Event, profile: Profile) -> Profile:
    """Return the profile as *event* leaves it; the same object where it changes nothing."""
    properties = event.properties
    channel = str(properties.get("channel", ""))
    if event.name == BOUNCED and properties.get("hard", True):
        return replace(profile, suppressed={**profile.suppressed, channel: "bounce"})
    if event.name == COMPLAINED:
        return replace(profile, suppressed={**profile.suppressed, channel: "complaint"})
    if (
        event.name == REPLIED
        and channel == "sms"
        and str(properties.get("text", "")).strip().upper() in _STOP_WORDS
    ):
        return replace(profile, suppressed={**profile.suppressed, "sms": "stop"})
    if event.name in (UNSUBSCRIBED, SUBSCRIBED):
        channels = [channel] if channel else list(properties.get("channels", ()))
        said = {(str(properties.get("topic", "")), one): event.name == SUBSCRIBED for one in channels}
        return replace(profile, consents={**profile.consents, **said})
    return profile


def engagement(event: Event) -> tuple[str, str, str] | None:
    """Return (run, step, how) where *event* shows a reader's engagement with a message."""
    for how in ("opened", "clicked", "replied"):
        if event.name == MESSAGE_EVENTS[how]:
            return str(event.properties.get("run", "")), str(event.properties.get("step", "")), how
    return None

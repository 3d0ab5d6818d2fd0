"""What the feedback on a message does to a customer: suppression, consent, engagement."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.domain.customer.rows import EVERY_TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
_PLAIN_STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "ARRET", "STOPP"})
"""The words that end text messages: AWS's own list for long codes in the US, and two that Europeans write."""


def profile_after(event: Event, profile: Profile) -> Profile:
    """Return the profile as *event* leaves it; the same object where it changes nothing."""
    properties = event.properties
    channel = str(properties.get("channel", ""))
    if event.name == BOUNCED and properties.get("hard", True):
        return replace(profile, suppressed={**profile.suppressed, channel or "email": "bounce"})
    if event.name == COMPLAINED:
        return replace(profile, suppressed={**profile.suppressed, channel or "email": "complaint"})
    if (
        event.name == REPLIED
        and channel in ("sms", "whatsapp")
        and _says_stop(str(properties.get("text", "")))
    ):
        return replace(profile, suppressed={**profile.suppressed, channel: "stop"})
    if event.name in (UNSUBSCRIBED, SUBSCRIBED):
        return replace(profile, consents=_consents_after(event, profile, channel))
    return profile


def _says_stop(text: str) -> bool:
    """Say whether a reply asks to hear no more: a stop word alone, or a message that begins with a plain one."""
    words = [word for word in re.split(r"\W+", text.upper()) if word]
    return bool(words) and (words[0] in _PLAIN_STOP_WORDS or (len(words) == 1 and words[0] in _STOP_WORDS))


def _consents_after(event: Event, profile: Profile, channel: str) -> Mapping[tuple[str, str], bool]:
    """Write down a word about consent. One that takes it back without saying for what, or where, means all."""
    listed = event.properties.get("channels")
    named = [channel] if channel else [str(one) for one in listed] if isinstance(listed, list | tuple) else []
    channels = named or _all_channels()
    topic = str(event.properties.get("topic") or "")
    if event.name == SUBSCRIBED:
        return {**profile.consents, **{(topic, one): True for one in channels if topic}}
    kept = {key: said for key, said in profile.consents.items() if topic or key[1] not in channels}
    return {**kept, **{(topic or EVERY_TOPIC, one): False for one in channels}}


def _all_channels() -> Iterable[str]:
    # Imported here: the models of the language take longer to read in than all that routes an event, and few ask.
    from sojourn.domain.journey.model.workspace import CHANNELS

    return CHANNELS


def engagement(event: Event) -> tuple[str, str, str] | None:
    """Return (run, step, how) where *event* shows a reader's engagement with a message."""
    for how in ("opened", "clicked", "replied"):
        if event.name == MESSAGE_EVENTS[how]:
            return str(event.properties.get("run", "")), str(event.properties.get("step", "")), how
    return None

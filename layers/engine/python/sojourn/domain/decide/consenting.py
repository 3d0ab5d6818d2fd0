"""What a word about consent does to a customer: who may be sent what, and since when that is so.

A word counts by its own time, of all topics or of one. Of the workspace's own topics every word is kept; of others so
many as there is room for (`bounding`). It knows no message: what the feedback on one does is `feedback`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.domain.customer.rows import EVERY_TOPIC, changed
from sojourn.domain.decide.as_of_names import consent_name
from sojourn.domain.decide.bounding import has_room
from sojourn.domain.decide.consent_words import understood

if TYPE_CHECKING:
    from collections.abc import Collection

    from sojourn.domain.customer.rows import Event, Profile

CLOCKS_DIFFER = timedelta(minutes=10)
"""So much older than its opposite a withdrawal of consent may seem, and still counts."""


def consents_after(event: Event, profile: Profile, *, yes: bool, own: Collection[str] = ()) -> Profile:
    """Write down a word about consent, as `consent_words.understood` reads it.

    One that comes late does not outweigh what was said since, of this topic or of all.

    Args:
        yes: the consent is given; else it is taken back.
        own: the workspace's topics.
    """
    word = understood(event.properties, own, yes=yes)
    consents, as_of = dict(profile.consents), dict(profile.as_of)
    for topic in word.topics:
        if topic != EVERY_TOPIC and not has_room(consents, topic, own):
            continue
        for channel in word.channels:
            said = event.at
            if topic == EVERY_TOPIC:
                older = [
                    key for key in consents if key[1] == channel and _outweighs(event, profile, *key, yes=yes)
                ]
                for key in older:
                    del consents[key]
                    said = max(said, as_of.pop(consent_name(*key), said))
            if all(_outweighs(event, profile, known, channel, yes=yes) for known in (topic, EVERY_TOPIC)):
                name = consent_name(topic, channel)
                consents[(topic, channel)] = yes
                as_of[name] = max(said, profile.as_of.get(name, said))
    return changed(profile, consents=consents, as_of=as_of) if word.topics else profile


def topics_left_out(event: Event, profile: Profile, own: Collection[str], *, yes: bool) -> list[str]:
    """Return the topics of a word about consent for which there is no room: the workspace does not have them."""
    known, left = dict(profile.consents), []
    for topic in understood(event.properties, own, yes=yes).topics:
        if topic == EVERY_TOPIC:
            continue
        if has_room(known, topic, own):
            known[(topic, "")] = yes
        else:
            left.append(topic)
    return left


def _outweighs(event: Event, profile: Profile, topic: str, channel: str, *, yes: bool) -> bool:
    """Say whether a word about consent counts beside what is known of a topic: the later does, of two at once the no.

    Clocks differ. Who takes their consent back may mean what they gave a moment before by a clock that is ahead.
    """
    known = profile.as_of.get(consent_name(topic, channel))
    if known is None:
        return True
    if not yes:
        return known <= event.at + CLOCKS_DIFFER
    return known < event.at or (known == event.at and profile.consents.get((topic, channel), False))

"""What becomes known of a customer with an event: attributes, and among them how to reach them.

Five names are no attributes of a workspace but the engine's own: three addresses, the zone and the locale. So an
application reports an address like anything else it knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.domain.decide.sending import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.customer.rows import Profile

CONTACT = ("email", "phone", "device", "timezone", "locale")
"""The names; a text, or null where there is none any more."""
_OF_THE_ADDRESS = frozenset(("bounce",))
"""Why a channel is suppressed that a new address puts right; whoever complained or said STOP stays unreachable."""


def learned(profile: Profile, attributes: Mapping[str, Any]) -> Profile:
    """Return the profile with what is known now; the same object where nothing is said."""
    if not attributes:
        return profile
    said: dict[str, Any] = {
        name: str(value) if value else None for name, value in attributes.items() if name in CONTACT
    }
    others = {name: value for name, value in attributes.items() if name not in CONTACT}
    suppressed = {
        channel: why
        for channel, why in profile.suppressed.items()
        if why not in _OF_THE_ADDRESS or not _new(profile, said, ADDRESS.get(channel, ""))
    }
    return replace(profile, **said, attributes={**profile.attributes, **others}, suppressed=suppressed)


def _new(profile: Profile, said: Mapping[str, str | None], field: str) -> bool:
    return said.get(field) is not None and said[field] != getattr(profile, field)

"""How a customer can be reached: where, on what topics, and by which clocks they live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.customer.identity import PHONE, normalised
from sojourn.domain.customer.rows import EVERY_TOPIC

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Profile
    from sojourn.domain.decide.policy import Policy
    from sojourn.domain.time.zones import Zone

ADDRESS = {"email": "email", "sms": "phone", "whatsapp": "phone", "push": "device"}
"""The field of a profile that has the address of a channel; the others reach a customer by their id."""


def address_of(profile: Profile, channel: str) -> str | None:
    """Return where a channel reaches the customer, None where it does not."""
    field = ADDRESS.get(channel)
    if field is None:
        return profile.id
    address = getattr(profile, field)
    # As it was spelled, but for a number: it has one form.
    return str(address) if address and _is_one(field, str(address)) else None


def _is_one(kind: str, address: str) -> bool:
    """Say whether an address is one as it stands: what was stored with blanks, or in another form, is not sent to."""
    same = normalised(kind, address)
    return bool(same) and (same == address if kind == PHONE else address.strip() == address)


def consented(profile: Profile, policy: Policy, topic: str, channel: str) -> bool:
    """Say whether a customer wants this topic on this channel."""
    said = profile.consents.get((topic, channel))
    if said is None:
        said = profile.consents.get((EVERY_TOPIC, channel))
    if said is not None:
        return said
    known = policy.topics.get(topic)
    return known is not None and known.opted_in and channel in known.channels


def zone_of(profile: Profile, policy: Policy) -> Zone:
    """Return the zone a customer lives by, and how it is known."""
    # Imported here: what reads zones takes long to import, and few steps go by a clock on the wall.
    from sojourn.domain.time.zones import choose_zone

    return choose_zone(profile.timezone, profile.phone, policy.timezone)

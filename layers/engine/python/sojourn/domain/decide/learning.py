"""What becomes known of a customer with an event: attributes, and among them how to reach them.

Five names are no attributes of a workspace but the engine's own: three addresses, the zone and the locale. So an
application reports an address like anything else it knows. Each name is known as of an instant: what is heard later of
something earlier does not replace what is newer. What there is no room for is not taken (`bounding`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.domain.customer.identity import (
    ADDRESSES,
    DEVICE,
    EMAIL,
    PHONE,
    key_hash,
    normalised,
    phone_number,
)
from sojourn.domain.decide.bounding import LONGEST_CONTACT, fitting
from sojourn.domain.decide.hearsay import believed, is_hearsay, kind_of, marked
from sojourn.domain.decide.reaching import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile

CONTACT = ("email", "phone", "device", "timezone", "locale")
"""The names; a text, or null where there is none any more."""
AS_GIVEN = "phone_as_given"
"""The attribute that keeps what was told as a telephone number and is none, so that it is not lost."""
OF_THE_ADDRESS = frozenset(("bounce", "soft_bounces"))
"""Why a channel is suppressed that a new address puts right; whoever complained or said STOP stays unreachable."""
_OF_CONTEXT = ("timezone", "locale")
"""What is learned from where an event happened."""


def learned(
    profile: Profile,
    attributes: Mapping[str, Any],
    at: datetime | None = None,
    *,
    zone: str = "",
    hearsay: bool = False,
) -> Profile:
    """Return the profile with what is known now; the same object where nothing is said, or nothing new.

    Args:
        at: when it was so; None where nobody knows: then it is taken, and known as of no time.
        zone: the workspace's: its country's telephone numbers may come without `+`, where the customer's own zone is
            not known.
        hearsay: anybody may have said it (`sojourn.domain.decide.hearsay`); what others say outweighs it.
    """
    if hearsay:
        attributes = believed(profile, attributes)
    due = {
        name: value
        for name, value in attributes.items()
        if is_due(profile, name, at) or (not hearsay and is_hearsay(profile, name))
    }
    if not due:
        return profile
    texts = {name: _text(profile, name, value) for name, value in due.items() if name in CONTACT}
    said = {name: text for name, text in texts.items() if len(text or "") <= LONGEST_CONTACT}
    others = fitting(profile.attributes, {name: value for name, value in due.items() if name not in CONTACT})
    if not said and not others:
        return profile
    attributes = {**profile.attributes, **others}
    if PHONE in said:
        _read_phone(said, attributes, said.get("timezone") or profile.timezone, zone)
    suppressed = {
        channel: why
        for channel, why in profile.suppressed.items()
        if why not in OF_THE_ADDRESS or not _new(profile, said, ADDRESS.get(channel, ""))
    }
    as_of = profile.as_of
    if at is not None:
        as_of = marked({**as_of, **dict.fromkeys([*said, *others], at)}, said, at, hearsay=hearsay)
    return replace(profile, **said, attributes=attributes, suppressed=suppressed, as_of=as_of)  # type: ignore[arg-type]


def is_due(profile: Profile, name: str, at: datetime | None) -> bool:
    """Say whether what was so at *at* is to be taken: nothing newer is known under this name."""
    known = profile.as_of.get(name)
    return at is None or known is None or at >= known


def told_by_context(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what an event's context says of its customer: zone and locale, where they are some."""
    told = {name: context.get(name) for name in _OF_CONTEXT}
    return {
        name: value
        for name, value in told.items()
        if isinstance(value, str) and value and (name != "timezone" or _is_zone(value))
    }


def _is_zone(name: str) -> bool:
    # Imported here and below: what reads zones takes long to import, and few events tell one.
    from sojourn.domain.time.zones import is_zone

    return is_zone(name)


def new_addresses(before: Profile, after: Profile, *, hearsay: bool = False) -> dict[str, str]:
    """Return the addresses that became known, by kind, as they are compared; to be told makes hearsay known."""
    had = {
        kind: value for kind, value in addresses(before).items() if hearsay or not is_hearsay(before, kind)
    }
    return {kind: value for kind, value in addresses(after).items() if had.get(kind) != value}


def addresses(profile: Profile) -> dict[str, str]:
    """Return a customer's addresses, by kind, as they are compared: whoever has the same is perhaps the same."""
    found = {EMAIL: profile.email, PHONE: profile.phone, DEVICE: profile.device}
    return {kind: same for kind, value in found.items() if value and (same := normalised(kind, value))}


def is_found_alike(before: Profile, after: Profile) -> bool:
    """Say whether a customer is found by the same addresses as before; it is asked with every commit, and is cheap."""
    return before is after or all(
        getattr(before, kind) == getattr(after, kind) and is_hearsay(before, kind) == is_hearsay(after, kind)
        for kind in ADDRESSES
    )


def address_keys(profile: Profile) -> set[tuple[str, str]]:
    """Return what stands for a customer's addresses in keys: (kind, hash); those known by hearsay stand apart."""
    found = {kind_of(profile, kind): value for kind, value in addresses(profile).items()}
    return {(kind, key_hash(kind, value)) for kind, value in found.items()}


def _text(profile: Profile, name: str, value: Any) -> str | None:
    """Return an address, a zone or a locale as it is kept; an address that is known already as it was spelled."""
    text = str(value).strip() if value else ""
    known = getattr(profile, name)
    if name == EMAIL and known and normalised(name, known) == normalised(name, text):
        return str(known)
    return text or None


def _read_phone(said: dict[str, str | None], attributes: dict[str, Any], own: str | None, zone: str) -> None:
    """Bring a telephone number into one form; what is none is kept under another name."""
    from sojourn.domain.time.zones import country_of

    text = said[PHONE]
    country = (country_of(own) if own else "") or (country_of(zone) if zone else "")
    number = phone_number(text, country) if text else None
    if text and number is None:
        del said[PHONE]
        attributes[AS_GIVEN] = text
        return
    said[PHONE] = number
    attributes.pop(AS_GIVEN, None)


def _new(profile: Profile, said: Mapping[str, str | None], field: str) -> bool:
    value, known = said.get(field), getattr(profile, field) if field in ADDRESSES else None
    return value is not None and (known is None or normalised(field, value) != normalised(field, known))

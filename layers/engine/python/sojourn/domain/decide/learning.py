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
    as_known,
    key_hash,
    normalised,
    phone_number,
)
from sojourn.domain.decide.bounding import LONGEST_CONTACT, fitting
from sojourn.domain.decide.hearsay import ZONE, believed, is_hearsay, kind_of, marked
from sojourn.domain.decide.own_words import with_addresses

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile

CONTACT = ("email", "phone", "device", "timezone", "locale")
"""The names; a text, or null where there is none any more."""
AS_GIVEN = "_as_given"
"""What the attributes end with that keep what was told as an address, a zone or a locale, and is none."""
_AS_GIVEN = frozenset(name + AS_GIVEN for name in CONTACT)
_NOTHING = object()
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
        hearsay: anybody may have said it (`sojourn.domain.decide.hearsay`); what others say outweighs it, though theirs
            be older. That there was none once says nothing of what is newer.
    """
    if hearsay:
        attributes = believed(profile, attributes)
    due = {
        name: value
        for name, value in attributes.items()
        if is_due(profile, name, at) or (value and not hearsay and is_hearsay(profile, name))
    }
    if not due:
        return profile
    said, given = _read(profile, {name: value for name, value in due.items() if name in CONTACT}, zone)
    told = {name: value for name, value in due.items() if name not in CONTACT}
    others = fitting(profile.attributes, {**told, **given})
    if not said and not others:
        return profile
    right = {as_given(name) for name in said}
    attributes = {name: value for name, value in profile.attributes.items() if name not in right} | others
    suppressed, as_of = with_addresses(profile, said, hearsay=hearsay)
    if at is not None:
        known = [name for name in others if name not in given]
        as_of = marked({**as_of, **dict.fromkeys([*said, *known], at)}, said, at, hearsay=hearsay)
    return replace(profile, **said, attributes=attributes, suppressed=suppressed, as_of=as_of)  # type: ignore[arg-type]


def without_room(before: Profile, after: Profile, told: Mapping[str, Any], at: datetime) -> list[str]:
    """Return the names of what was *told*, and due, and has found no room: *after* is what `learned` made of it."""
    return [
        name for name, value in told.items()
        if (len(str(value or "").strip()) > LONGEST_CONTACT if name in CONTACT
            else name not in _AS_GIVEN and is_due(before, name, at) and after.attributes.get(name, _NOTHING) != value)
    ]  # fmt: skip


def is_due(profile: Profile, name: str, at: datetime | None) -> bool:
    """Say whether what was so at *at* is to be taken: nothing newer is known under this name."""
    known = profile.as_of.get(name)
    return at is None or known is None or at >= known


def told_by_context(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what an event's context says of its customer: zone and locale, where they are some."""
    # Imported here: few events tell a locale.
    from sojourn.domain.message.locales import is_locale

    told = {name: value for name in _OF_CONTEXT if isinstance(value := context.get(name), str) and value}
    return {
        name: value for name, value in told.items() if (_zone(value) if name == ZONE else is_locale(value))
    }


def _zone(text: str) -> str | None:
    # Imported here, as all that reads zones: it takes long to import, and few events tell one.
    from sojourn.domain.time.zones import zone_named

    return zone_named(text)


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
    """Return what stands for a customer's addresses in keys: (kind, hash); those known by hearsay stand apart.

    Also for those that are none by the rule of today: who has one is found by it, and joined by it with nobody.
    """
    found = {kind_of(profile, kind): as_known(kind, getattr(profile, kind) or "") for kind in ADDRESSES}
    return {(kind, key_hash(kind, value)) for kind, value in found.items() if value}


def as_given(name: str) -> str:
    """Return the attribute that keeps what was told as an address, a zone or a locale and is none: it is not lost."""
    return f"{name}{AS_GIVEN}"


def _read(
    profile: Profile, told: Mapping[str, Any], zone: str
) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return addresses, zone and locale as they are kept, and what is none of its kind under another name."""
    said: dict[str, str | None] = {}
    given: dict[str, str] = {}
    # The zone first: its country is the telephone number's, where that has none of its own.
    for name in sorted(told, key=lambda name: name != ZONE):
        text = str(told[name]).strip() if told[name] else ""
        if len(text) > LONGEST_CONTACT:
            continue
        one = _one(profile, name, text, said.get(ZONE) or profile.timezone, zone) if text else None
        if text and not one:
            given[as_given(name)] = text
        else:
            said[name] = one
    return said, given


def _one(profile: Profile, name: str, text: str, own: str | None, zone: str) -> str | None:
    """Return what is kept of a text; an address that is known already as it was spelled; None where it is none."""
    if name == ZONE:
        return _zone(text)
    if name not in ADDRESSES:
        # Imported here: few events tell a locale.
        from sojourn.domain.message.locales import is_locale

        return text if is_locale(text) else None
    if name == PHONE:
        from sojourn.domain.time.zones import country_of

        return phone_number(text, (country_of(own) if own else "") or (country_of(zone) if zone else ""))
    same = normalised(name, text)
    known = getattr(profile, name)
    return str(known) if name == EMAIL and known and normalised(name, known) == same else same and text

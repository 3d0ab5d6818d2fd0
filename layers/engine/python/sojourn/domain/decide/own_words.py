"""Whose word it is that a channel must not be used: the customer's own, another's at the same address, or hearsay.

Who says STOP, or calls a message spam, is heard for good. But of whose address that is anybody may have told: what is
said at such an address goes when it does (`hearsay_words`), and changes nothing that the customer said themselves. It
knows no events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.customer.identity import DEVICE, address_key, is_same
from sojourn.domain.customer.rows import changed
from sojourn.domain.decide.as_of_names import hearsay_name, keyword_name, without, word_name
from sojourn.domain.decide.hearsay import is_hearsay
from sojourn.domain.decide.hearsay_words import (
    WORDS,
    Known,
    bounded,
    heard_again,
    is_word_of_hearsay,
    left_at,
    not_said_at,
    said_at,
    set_apart,
    with_word,
)
from sojourn.domain.decide.reaching import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile

OF_THE_ADDRESS = frozenset(("bounce", "soft_bounces"))
"""Why a channel is suppressed that a new address puts right; whoever complained or said STOP stays unreachable."""


def complained(profile: Profile, channel: str, at: datetime, *, to: str = "", heard: bool = False) -> Profile:
    """Return the profile of somebody who called a message spam.

    Args:
        to: where it went, by `address_key`; "" where nobody knows: then to the address that they have.
        heard: that address was known by hearsay when it went there. Whoever reads there has not said it of the address
            that the customer has since.
    """
    field = ADDRESS.get(channel, "")
    elsewhere = bool(to and field) and to != address_key(getattr(profile, field))
    if elsewhere and heard:
        return changed(profile, as_of=bounded(said_at(profile.as_of, channel, "complaint", to, at)))
    hearsay = not elsewhere and is_hearsay(profile, field)
    if hearsay and has_own_word(profile, channel):
        return with_word_there(profile, channel, "complaint", at)
    if profile.suppressed.get(channel) == "complaint" and hearsay == is_word_of_hearsay(profile, channel):
        return profile
    suppressed = {**profile.suppressed, channel: "complaint"}
    return changed(
        profile, suppressed=suppressed, as_of=with_word(profile.as_of, channel, at, hearsay=hearsay)
    )


def unreachable(profile: Profile, channel: str, why: str, at: datetime) -> Profile:
    """Return the profile of somebody whose provider refuses their address for good.

    Args:
        why: `stop`, where its reader told the provider so; else what is about the address, and outweighs no word.
        at: when it was refused.
    """
    hearsay = why == "stop" and is_hearsay(profile, ADDRESS.get(channel, ""))
    if hearsay and has_own_word(profile, channel):
        return with_word_there(profile, channel, why, at)
    if profile.suppressed.get(channel) in WORDS:
        return profile
    suppressed = {**profile.suppressed, channel: why}
    return changed(
        profile, suppressed=suppressed, as_of=with_word(profile.as_of, channel, at, hearsay=hearsay)
    )


def has_own_word(profile: Profile, channel: str) -> bool:
    """Say whether the customer themselves said STOP or complained: nobody at an address of hearsay changes that."""
    return profile.suppressed.get(channel) in WORDS and not is_word_of_hearsay(profile, channel)


def with_word_there(
    profile: Profile, channel: str, why: str, at: datetime, *, taken_back: bool = False
) -> Profile:
    """Return the profile that remembers what was said at the address alone, as the customer's own word holds anyway.

    Args:
        taken_back: it was said that it holds no more.
    """
    address = getattr(profile, ADDRESS.get(channel, ""), "") or ""
    if not address:
        return profile
    change = not_said_at if taken_back else said_at
    return changed(profile, as_of=change(profile.as_of, channel, why, address_key(address), at))


def with_addresses(profile: Profile, said: Mapping[str, str | None], *, hearsay: bool) -> Known:
    """Return what is suppressed with the addresses that are told, and since when what is known.

    A bounce goes with the address. So does a word said at one known by hearsay, until that very address is told again;
    told by those who may, the address is the customer's, and so is what was said there.
    """
    fields = [field for field in dict.fromkeys(ADDRESS.values()) if field in said]
    if not fields:
        return dict(profile.suppressed), profile.as_of
    suppressed, as_of = set_apart(profile, fields)
    for field in fields:
        new = said[field] and not is_same(field, getattr(profile, field), said[field])
        for channel in [one for one, why in suppressed.items() if new and why in OF_THE_ADDRESS]:
            if ADDRESS.get(channel) == field:
                del suppressed[channel]
        suppressed, as_of = heard_again((suppressed, as_of), field, said[field], hearsay=hearsay)
    return suppressed, bounded(as_of)


def without_device(profile: Profile) -> Profile:
    """Return the profile of somebody who has no device any more; what was said there by hearsay goes with it."""
    suppressed, as_of = with_addresses(profile, {DEVICE: None}, hearsay=False)
    return changed(profile, device=None, suppressed=suppressed, as_of=as_of)


def never_had_device(profile: Profile) -> Profile:
    """Return the profile of somebody whose device is another's, as if nobody had told of it."""
    left = without_device(profile)
    return changed(left, as_of=without(left.as_of, DEVICE, hearsay_name(DEVICE)))


def taken_over(profile: Profile, other: Profile, kind: str, address: str, at: datetime) -> Profile:
    """Return the profile that remembers what was said at an address that somebody else has, or had, and is told now.

    It holds once the address is told (`with_addresses`): for good, or as long as the address stays.

    Args:
        kind: of the address; the same profile comes back where nothing was said.
        at: when it became both's; what it is not known of when it was said was said then.
    """
    as_of, key = profile.as_of, address_key(address)
    for channel in [one for one, its in ADDRESS.items() if its == kind]:
        for why, said in _said_there(other, channel, kind, address, at).items():
            as_of = said_at(as_of, channel, why, key, said)
    return profile if as_of is profile.as_of else changed(profile, as_of=as_of)


def _said_there(other: Profile, channel: str, kind: str, address: str, at: datetime) -> dict[str, datetime]:
    """Return what somebody has said at an address, with when; of one known by hearsay nothing said elsewhere.

    Else anybody might say STOP at home, give out another's number as theirs, and so say STOP for whoever is told to
    have that number.
    """
    said = left_at(other.as_of, channel, address_key(address))
    why = other.suppressed.get(channel, "")
    if why not in WORDS or not is_same(kind, getattr(other, kind), address):
        return said
    if is_word_of_hearsay(other, channel):
        since = other.as_of[word_name(channel)]
    elif is_hearsay(other, kind):
        return said
    else:
        since = other.as_of.get(keyword_name(channel), at) if why == "stop" else at
    return {**said, why: max(since, said.get(why, since))}

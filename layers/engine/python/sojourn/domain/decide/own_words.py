"""Whose word it is that a channel must not be used: the customer's own, another's at the same address, or hearsay.

Who says STOP, or calls a message spam, is heard for good. But of whose address that is anybody may have told: what is
said at such an address goes when it does (`hearsay`), and changes nothing that the customer said themselves. It knows
no events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.customer.rows import changed
from sojourn.domain.decide.hearsay import KEYWORD, is_hearsay, is_word_of_hearsay, with_word
from sojourn.domain.decide.reaching import ADDRESS

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile

WORDS = ("complaint", "stop")
"""Why a channel is suppressed by somebody's own word."""


def complained(profile: Profile, channel: str, at: datetime) -> Profile:
    """Return the profile of somebody who called a message spam."""
    hearsay = is_hearsay(profile, ADDRESS.get(channel, ""))
    if hearsay and has_own_word(profile, channel):
        return profile
    if profile.suppressed.get(channel) == "complaint" and hearsay == is_word_of_hearsay(profile, channel):
        return profile
    suppressed = {**profile.suppressed, channel: "complaint"}
    return changed(
        profile, suppressed=suppressed, as_of=with_word(profile.as_of, channel, at, hearsay=hearsay)
    )


def has_own_word(profile: Profile, channel: str) -> bool:
    """Say whether the customer themselves said STOP or complained: nobody at an address of hearsay changes that."""
    return profile.suppressed.get(channel) in WORDS and not is_word_of_hearsay(profile, channel)


def taken_over(
    profile: Profile, other: Profile, kind: str, at: datetime, *, hearsay: bool = False
) -> Profile:
    """Return the profile with what somebody else said at an address that is now both's: STOP, or that it is spam.

    Args:
        kind: of the address; the same profile comes back where nothing was said.
        at: when it became both's.
        hearsay: anybody may have said so: what is taken over goes when the address does.
    """
    for channel, why in other.suppressed.items():
        had = profile.suppressed.get(channel)
        if ADDRESS.get(channel) != kind or why not in WORDS or (hearsay and had in WORDS):
            continue
        as_of = with_word(profile.as_of, channel, at, hearsay=hearsay)
        if had in ("complaint", why):
            # Said at another's address it would go with that; here it is said as well.
            profile = profile if as_of is profile.as_of else changed(profile, as_of=as_of)
            continue
        name = f"{KEYWORD}:{channel}"
        said = [one.as_of[name] for one in (profile, other) if name in one.as_of]
        as_of = {**as_of, name: max(said)} if why == "stop" and said else as_of
        profile = changed(profile, suppressed={**profile.suppressed, channel: why}, as_of=as_of)
    return profile

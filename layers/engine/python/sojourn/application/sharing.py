"""What an address brings along that becomes a customer's while others have it, or had it: asked on a change only.

Who said STOP by a number, or complained of mail to an address, is whoever reads there, under however many names they
are known. And a device is in one hand at a time: its token belongs to the known customer who was last told to have it.
Hearsay gives it to nobody while somebody else was told to have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.customer.identity import DEVICE, is_unknown
from sojourn.domain.customer.rows import Change, changed
from sojourn.domain.decide.hearsay import by_hearsay, is_hearsay
from sojourn.domain.decide.learning import addresses
from sojourn.domain.decide.own_words import taken_over, without_device

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sojourn.application.ports import Customers
    from sojourn.domain.customer.rows import CustomerFile, Profile

MOST_TAKEN = 25
"""From so many others a device is taken with one event: each is a read and a write. It is in one hand, most often."""
ASKED = 5
"""So many others are asked what was said at an address: as each takes it over from the ones before, one would do."""


def who_have(customers: Customers, kind: str, value: str) -> tuple[str, ...]:
    """Return who has an address, those at the end who have it by hearsay only."""
    return (*customers.known_by(kind, value), *customers.known_by(by_hearsay(kind), value))


def with_words_of_others(
    customers: Customers, profile: Profile, kind: str, value: str, at: datetime
) -> Profile:
    """Return the profile that remembers what others who have an address said there: STOP, or that it is spam.

    Args:
        at: when the address became known.
    """
    others = [one for one in who_have(customers, kind, value) if one != profile.id]
    for other in others[:ASKED]:
        profile = taken_over(profile, customers.load(other, leaving=True).profile, kind, value, at)
    return profile


def is_told_of_another(customers: Customers, same: Collection[str], token: str) -> bool:
    """Say whether somebody else was told to have a device, known or not: hearsay neither moves nor doubles it."""
    return any(one not in same for one in customers.known_by(DEVICE, token))


def take_device(
    customers: Customers,
    same: Collection[str],
    token: str,
    at: datetime,
    finish: Callable[[CustomerFile], CustomerFile],
    *,
    hearsay: bool = False,
) -> int | None:
    """Take a device from others who have it; a visitor takes nothing but what is hearsay.

    Args:
        same: by all their ids, who has it from now on.
        at: as of when they have it.
        finish: does what an event before left to be done for somebody.
        hearsay: anybody may have said so: it is taken from those known who have it by hearsay too, and nobody else;
            by a visitor from nobody.

    Returns:
        From how many more it was not taken; None where it is another's, who has it as of a later time: then nobody
        loses it.

    Raises:
        Conflict: somebody wrote one of them meanwhile.
    """
    visitor = all(map(is_unknown, same))
    told = [] if hearsay or visitor else customers.known_by(DEVICE, token)
    heard = [] if hearsay and visitor else customers.known_by(by_hearsay(DEVICE), token)
    # A visitor's hearsay gives way to what is told: they may become somebody, and would bring it along.
    heard = [one for one in heard if not (hearsay and is_unknown(one))]
    told = [one for one in told if not is_unknown(one)]
    have = [one for one in (*told, *heard) if one not in same]
    files = [customers.load(one) for one in have[:MOST_TAKEN]]
    holding = [
        file for file in files if file.profile.id not in same and addresses(file.profile).get(DEVICE) == token
    ]
    if any(_has_it_since(file.profile, at, hearsay=hearsay) for file in holding):
        return None
    for file in map(finish, holding):
        left = without_device(file.profile)
        left = changed(left, as_of={**left.as_of, DEVICE: at})
        customers.commit(file, Change(profile=left))
    return max(0, len(have) - MOST_TAKEN)


def _has_it_since(profile: Profile, at: datetime, *, hearsay: bool) -> bool:
    """Say whether somebody has their device as of a later time, by a word of the same weight."""
    since = profile.as_of.get(DEVICE)
    return since is not None and since > at and is_hearsay(profile, DEVICE) == hearsay

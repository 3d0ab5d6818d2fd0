"""What an address brings along that becomes a customer's while others have it, or had it: asked on a change only.

Who said STOP by a number, or complained of mail to an address, is whoever reads there, under however many names they
are known. And a device is in one hand at a time: its token belongs to whoever told it last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.customer.identity import DEVICE, is_unknown
from sojourn.domain.customer.rows import Change, changed
from sojourn.domain.decide.hearsay import by_hearsay
from sojourn.domain.decide.learning import addresses
from sojourn.domain.decide.own_words import taken_over

if TYPE_CHECKING:
    from collections.abc import Callable
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
    customers: Customers, profile: Profile, kind: str, value: str, at: datetime, *, hearsay: bool
) -> Profile:
    """Return the profile with what others who have an address said there: STOP, or that it is spam.

    Args:
        at: when the address became known; hearsay: anybody may have said that it is theirs.
    """
    others = [one for one in who_have(customers, kind, value) if one != profile.id]
    for other in others[:ASKED]:
        profile = taken_over(profile, customers.load(other, leaving=True).profile, kind, at, hearsay=hearsay)
    return profile


def take_device(
    customers: Customers,
    customer: str,
    token: str,
    at: datetime,
    finish: Callable[[CustomerFile], CustomerFile],
    *,
    hearsay: bool = False,
) -> int:
    """Take a device from the known customers who had it, but for who told it later; return how many were not asked.

    Args:
        finish: does what an event before left to be done for somebody.
        hearsay: anybody may have said whose it is: it is taken from those who have it by hearsay too, and nobody else.

    Raises:
        Conflict: somebody wrote one of them meanwhile.
    """
    have = customers.known_by(by_hearsay(DEVICE), token) if hearsay else who_have(customers, DEVICE, token)
    known = [one for one in have if not is_unknown(one) and one != customer]
    for other in known[:MOST_TAKEN]:
        file = customers.load(other)
        told = file.profile.as_of.get(DEVICE)
        if (
            file.profile.id == customer
            or addresses(file.profile).get(DEVICE) != token
            or (told and told > at)
        ):
            continue
        file = finish(file)
        left = changed(file.profile, device=None, as_of={**file.profile.as_of, DEVICE: at})
        customers.commit(file, Change(profile=left))
    return max(0, len(known) - MOST_TAKEN)

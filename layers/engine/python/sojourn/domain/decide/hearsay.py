"""What is believed of a customer's addresses where anybody may have said it: by a write key that a browser has too.

Whoever knows somebody's email address must not become them by saying it, nor lead their messages elsewhere. So an
address told by hearsay fills a gap and nothing else; it replaces none, and joins nobody, then or later. What is told
by those who may outweighs it. Nor must anybody end what somebody is sent by saying STOP at a number that they gave out
as that person's: such a word goes when the address does (`hearsay_words`). It knows no write keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.customer.identity import ADDRESSES, DEVICE, is_unknown
from sojourn.domain.decide.as_of_names import hearsay_name, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile

ZONE = "timezone"
"""By whose clocks somebody is let sleep: hearsay replaces no zone that is known otherwise."""
OF_HEARSAY = (*ADDRESSES, ZONE)
"""What is noted as known by hearsay."""


def is_hearsay(profile: Profile, kind: str) -> bool:
    """Say whether an address, or the zone, is known by hearsay only; `as_of` has an instant under `hearsay:<kind>`."""
    return hearsay_name(kind) in profile.as_of


def believed(profile: Profile, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is taken of what is told by hearsay: an address only where none is known.

    Of somebody unknown the device is taken each time: their browser gets a new token now and then. A zone that is known
    by hearsay is replaced: people travel.
    """
    return {
        name: value
        for name, value in told.items()
        if name not in OF_HEARSAY or _is_taken(profile, name, value)
    }


def _is_taken(profile: Profile, name: str, value: Any) -> bool:
    if not value:
        return False
    if name == ZONE:
        return profile.timezone is None or is_hearsay(profile, name)
    return not getattr(profile, name) or (name == DEVICE and is_unknown(profile.id))


def marked(
    as_of: Mapping[str, datetime], said: Iterable[str], at: datetime, *, hearsay: bool
) -> Mapping[str, datetime]:
    """Return since when what is known, with it noted which of what was just said is hearsay."""
    marks = [hearsay_name(kind) for kind in said if kind in OF_HEARSAY]
    if hearsay:
        return {**as_of, **dict.fromkeys(marks, at)}
    return without(as_of, *marks)


def kind_of(profile: Profile, kind: str) -> str:
    """Return the kind under which somebody is found by an address: one of its own where it is hearsay."""
    return by_hearsay(kind) if is_hearsay(profile, kind) else kind


def by_hearsay(kind: str) -> str:
    """Return the kind under which those are found who have an address by hearsay."""
    return f"hearsay-{kind}"

"""What is believed of a customer's addresses where anybody may have said it: by a write key that a browser has too.

Whoever knows somebody's email address must not become them by saying it, nor lead their messages elsewhere. So an
address told by hearsay fills a gap and nothing else; it replaces none, and joins nobody, then or later. What is told
by those who may outweighs it. It knows no write keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.customer.identity import ADDRESSES, DEVICE, is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile

_MARK = "hearsay:"


def is_hearsay(profile: Profile, kind: str) -> bool:
    """Say whether an address is known by hearsay only; an instant under `hearsay:<kind>` in `as_of` says so."""
    return f"{_MARK}{kind}" in profile.as_of


def believed(profile: Profile, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is taken of what is told by hearsay: an address only where none is known.

    Of somebody unknown the device is taken each time: their browser gets a new token now and then.
    """
    return {
        name: value
        for name, value in told.items()
        if name not in ADDRESSES
        or (value and (not getattr(profile, name) or (name == DEVICE and is_unknown(profile.id))))
    }


def marked(
    as_of: Mapping[str, datetime], said: Iterable[str], at: datetime, *, hearsay: bool
) -> Mapping[str, datetime]:
    """Return since when what is known, with it noted which of the addresses just said are hearsay."""
    marks = [f"{_MARK}{kind}" for kind in said if kind in ADDRESSES]
    if hearsay:
        return {**as_of, **dict.fromkeys(marks, at)}
    if not any(mark in as_of for mark in marks):
        return as_of
    return {name: known for name, known in as_of.items() if name not in marks}


def kind_of(profile: Profile, kind: str) -> str:
    """Return the kind under which somebody is found by an address: one of its own where it is hearsay."""
    return by_hearsay(kind) if is_hearsay(profile, kind) else kind


def by_hearsay(kind: str) -> str:
    """Return the kind under which those are found who have an address by hearsay."""
    return f"hearsay-{kind}"

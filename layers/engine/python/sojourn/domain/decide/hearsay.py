"""What is believed of a customer's addresses where anybody may have said it: by a write key that a browser has too.

Whoever knows somebody's email address must not become them by saying it, nor lead their messages elsewhere. So an
address told by hearsay fills a gap and nothing else; it replaces none, and joins nobody, then or later. What is told
by those who may outweighs it. Nor must anybody end what somebody is sent by saying STOP at a number that they gave out
as that person's: such a word goes when the address does. It knows no write keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.customer.identity import ADDRESSES, DEVICE, is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile

_MARK = "hearsay:"
_WORD = "hearsay-word:"
KEYWORD = "keyword"
"""Under `keyword:<channel>` a profile's `as_of` has when the customer said STOP or START last."""
ZONE = "timezone"
"""By whose clocks somebody is let sleep: hearsay replaces no zone that is known otherwise."""
OF_HEARSAY = (*ADDRESSES, ZONE)
"""What is noted as known by hearsay."""


def is_hearsay(profile: Profile, kind: str) -> bool:
    """Say whether an address, or the zone, is known by hearsay only; `as_of` has an instant under `hearsay:<kind>`."""
    return f"{_MARK}{kind}" in profile.as_of


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
    marks = [f"{_MARK}{kind}" for kind in said if kind in OF_HEARSAY]
    if hearsay:
        return {**as_of, **dict.fromkeys(marks, at)}
    return without(as_of, *marks)


def is_word_of_hearsay(profile: Profile, channel: str) -> bool:
    """Say whether a STOP or a complaint was said at an address known by hearsay: it goes when the address does."""
    return f"{_WORD}{channel}" in profile.as_of


def said_by_hearsay(one: Profile, other: Profile, channel: str) -> datetime | None:
    """Return when such a word was said last of two who are one; None where there is none."""
    name = f"{_WORD}{channel}"
    return max((profile.as_of[name] for profile in (one, other) if name in profile.as_of), default=None)


def with_word(
    as_of: Mapping[str, datetime], channel: str, at: datetime | None = None, *, hearsay: bool
) -> Mapping[str, datetime]:
    """Return since when what is known, with it noted whether the word on a channel goes with its address.

    Args:
        at: when it was said, where it does.
    """
    if hearsay and at is not None:
        return {**as_of, f"{_WORD}{channel}": at}
    return without(as_of, f"{_WORD}{channel}")


def without_word(as_of: Mapping[str, datetime], channel: str) -> Mapping[str, datetime]:
    """Return since when what is known, once such a word went: also when it was said."""
    return without(as_of, f"{_WORD}{channel}", f"{KEYWORD}:{channel}")


def without(as_of: Mapping[str, datetime], *names: str) -> Mapping[str, datetime]:
    """Return since when what is known, without some names; the same object where there is none of them."""
    if not any(name in as_of for name in names):
        return as_of
    return {name: at for name, at in as_of.items() if name not in names}


def kind_of(profile: Profile, kind: str) -> str:
    """Return the kind under which somebody is found by an address: one of its own where it is hearsay."""
    return by_hearsay(kind) if is_hearsay(profile, kind) else kind


def by_hearsay(kind: str) -> str:
    """Return the kind under which those are found who have an address by hearsay."""
    return f"hearsay-{kind}"

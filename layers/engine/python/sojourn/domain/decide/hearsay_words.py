"""What was said at an address that a customer has by hearsay: STOP, or that a message was spam.

Whose address that is, anybody may have told: so such a word goes when the address does. But whoever reads there has
said it: it is remembered with the address, and holds again where that is told again. Of one customer the last few are
remembered, as a profile is one row. It knows no events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.customer.identity import address_key
from sojourn.domain.decide.as_of_names import AsOf, is_left, keyword_name, left_name, without, word_name
from sojourn.domain.decide.reaching import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from sojourn.domain.customer.rows import Profile

WORDS = ("complaint", "stop")
"""Why a channel is suppressed by what somebody said, the gravest first; all other reasons come after."""
REMEMBERED = 20
"""So many words at addresses that a customer has no more. Only who may tell addresses takes one away that is known."""
Known = tuple[dict[str, str], AsOf]
"""The channels that must not be used, and since when what is known."""


def gravity(why: str) -> int:
    """Return the place of a reason among all: of two the lower counts."""
    return WORDS.index(why) if why in WORDS else len(WORDS)


def is_word_of_hearsay(profile: Profile, channel: str) -> bool:
    """Say whether a channel is suppressed by a word that goes when the address does."""
    return profile.suppressed.get(channel) in WORDS and word_name(channel) in profile.as_of


def with_word(as_of: AsOf, channel: str, at: datetime | None = None, *, hearsay: bool) -> AsOf:
    """Return since when what is known, with it noted whether the word on a channel goes with its address.

    Args:
        at: when it was said, where it does.
    """
    if hearsay and at is not None:
        return {**as_of, word_name(channel): at}
    return without(as_of, word_name(channel))


def said_at(as_of: AsOf, channel: str, why: str, key: str, at: datetime) -> AsOf:
    """Return since when what is known, with a word remembered that was said at an address: it holds once that is told.

    Nothing is forgotten for it: that is done where addresses are told (`bounded`), as it may hold at once.

    Args:
        key: of the address, see `address_key`; here and below.
    """
    name = left_name(channel, why, key)
    return {**as_of, name: max(at, as_of.get(name, at))}


def not_said_at(as_of: AsOf, channel: str, why: str, key: str, at: datetime) -> AsOf:
    """Return since when what is known, without a word that was said at an address, unless it was said later."""
    name = left_name(channel, why, key)
    return without(as_of, name) if name in as_of and as_of[name] <= at else as_of


def left_at(as_of: AsOf, channel: str, key: str) -> dict[str, datetime]:
    """Return the words that are remembered of an address, with when each was said."""
    return {why: as_of[name] for why in WORDS if (name := left_name(channel, why, key)) in as_of}


def set_apart(profile: Profile, fields: Container[str]) -> Known:
    """Return what is known of a customer but for where they are reached: words of hearsay are their addresses' alone.

    Args:
        fields: the addresses that may be others now.
    """
    suppressed, as_of = dict(profile.suppressed), profile.as_of
    for channel, field in ADDRESS.items():
        if field not in fields or word_name(channel) not in as_of:
            continue
        why, said, address = suppressed.get(channel, ""), as_of[word_name(channel)], getattr(profile, field)
        as_of = without(as_of, word_name(channel))
        # When they said STOP or START last is forgotten with the word that it is of, not with an earlier one.
        its_own = [name for name in (keyword_name(channel),) if as_of.get(name) == said]
        # Where it was said nobody knows any more, or it was no word: it stays as it is.
        if address and why in WORDS:
            del suppressed[channel]
            as_of = said_at(without(as_of, *its_own), channel, why, address_key(address), said)
    return suppressed, as_of


def heard_again(known: Known, field: str, address: str | None, *, hearsay: bool) -> Known:
    """Return what is known once an address is the customer's: what was said there holds on its channels.

    Args:
        field: of a profile; address: None for none.
        hearsay: anybody may have told it: the words go with it again, and none takes the place of the customer's own.
    """
    suppressed, as_of = known
    if not address or not any(map(is_left, as_of)):
        return known  # most often
    key = address_key(address)
    for channel in [one for one, its in ADDRESS.items() if its == field]:
        said, had = left_at(as_of, channel, key), suppressed.get(channel, "")
        if not said or (hearsay and had in WORDS):
            continue
        as_of = without(as_of, *(left_name(channel, why, key) for why in said))
        as_of = with_word(as_of, channel, max(said.values()), hearsay=hearsay)
        if "stop" in said:
            keyword = keyword_name(channel)
            as_of = {**as_of, keyword: max(said["stop"], as_of.get(keyword, said["stop"]))}
        suppressed = {**suppressed, channel: min(had, *said, key=gravity)}
    return suppressed, as_of


def bounded(as_of: AsOf) -> AsOf:
    """Return since when what is known, without the oldest words at addresses that the customer has no more."""
    left = sorted((name for name in as_of if is_left(name)), key=lambda name: (as_of[name], name))
    return without(as_of, *left[:-REMEMBERED])

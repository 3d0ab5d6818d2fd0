"""Reads a word about consent: of which topics it is, on which channels it holds, and what of it nobody understands.

Applications write such words by hand, and a slip must never become more messages: what takes consent back and is not
wholly understood means more than it may have meant, and what gives consent means only what is certain. It knows neither
what a customer said before nor whether there is room for it (`consenting`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.domain.customer.profile import EVERY_TOPIC
from sojourn.domain.message.channels import CHANNELS, bare, channel_named

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_TOPIC, _CHANNEL = ("topic", "topics"), ("channel", "channels")
_BETWEEN = re.compile(r"[,;|]")
_EVERYTHING = frozenset(("all", "any", "everything", "*"))
"""How people write that they mean every topic."""


class Word(NamedTuple):
    """What a word about consent comes to.

    Args:
        topics: in the order in which they are named; `EVERY_TOPIC` alone for everything; none: it changes nothing.
        channels: in the order of `CHANNELS`; none: it changes nothing.
        unclear: the properties that are not wholly understood.
    """

    topics: tuple[str, ...]
    channels: tuple[str, ...]
    unclear: tuple[str, ...] = ()


class _Part(NamedTuple):
    """What one side of a word names: None where it names nothing at all."""

    named: tuple[str, ...] | None
    unclear: tuple[str, ...]


def understood(said: Mapping[str, Any], own: Collection[str] = (), *, yes: bool) -> Word:
    """Return what a word about consent comes to.

    Names are compared without case, spaces, hyphens and underscores; commas stand between several. A topic that the
    workspace does not have is one that it may have later; taken back, so is the topic whose name is nearest to it. A
    word that takes consent back holds for every topic, or on every channel, where it names none or one that nobody
    understands. One that gives it holds for what is named and understood; on every channel where it names none. Where
    `topic` and `topics` both say something, a no is of each, a yes of what both name.

    Args:
        said: the event's properties.
        own: the workspace's topics.
        yes: the consent is given; else it is taken back.
    """
    topics = _part(said, _TOPIC, lambda name: _topics(name, own, yes=yes), yes=yes)
    channels = _part(said, _CHANNEL, _channels, yes=yes)
    unclear = topics.unclear + channels.unclear
    if yes:
        named = CHANNELS if channels.named is None else channels.named
        return Word(topics.named or (), tuple(one for one in CHANNELS if one in named), unclear)
    everywhere = not channels.named or channels.unclear
    everything = not topics.named or topics.unclear or EVERY_TOPIC in topics.named
    return Word(
        (EVERY_TOPIC,) if everything else topics.named or (),
        CHANNELS if everywhere else tuple(one for one in CHANNELS if one in (channels.named or ())),
        unclear,
    )


def says_nothing(said: Mapping[str, Any], own: Collection[str] = ()) -> tuple[str, ...]:
    """Return the properties because of which nothing of a word that gives consent is understood; none: something is."""
    word = understood(said, own, yes=True)
    return () if word.topics and word.channels else word.unclear


def _part(
    said: Mapping[str, Any], places: tuple[str, ...], find: Callable[[str], tuple[str, ...]], *, yes: bool
) -> _Part:
    each: list[tuple[str, ...]] = []
    unclear = []
    for place in places:
        value = said.get(place)
        if value is None or (not yes and _is_blank(value)):
            continue
        listed = value if isinstance(value, list | tuple) and value else (value,)
        found = [find(one) if isinstance(one, str) else () for whole in listed for one in _names_in(whole)]
        if not all(found):
            unclear.append(place)
        each.append(tuple(dict.fromkeys(name for names in found for name in names)))
    if not each:
        return _Part(None, tuple(unclear))
    first, *more = each
    if yes:
        both = tuple(name for name in first if all(name in one for one in more))
        if not both and not unclear:
            unclear = [place for place in places if said.get(place) is not None]
        return _Part(both, tuple(unclear))
    return _Part(tuple(dict.fromkeys(name for one in each for name in one)), tuple(unclear))


def _names_in(value: Any) -> list[Any]:
    """Return the names that a text lists with commas; anything else is one."""
    names = _BETWEEN.split(value) if isinstance(value, str) else []
    return [name for name in names if name.strip()] or [value]


def _is_blank(value: Any) -> bool:
    return (isinstance(value, str) and not value.strip()) or value in ([], ())


def _channels(name: str) -> tuple[str, ...]:
    return (channel,) if (channel := channel_named(name)) else ()


def _topics(name: str, own: Collection[str], *, yes: bool) -> tuple[str, ...]:
    """Return the topics that a name means; none where it is none, or where a yes might be of several."""
    if name in own:
        return (name,)
    if not name.strip() or (yes and name.strip() == EVERY_TOPIC):
        return ()
    alike = tuple(one for one in own if bare(one) == bare(name))
    if len(alike) > 1 and yes:
        return ()
    if alike or yes:
        return alike or (name.strip(),)
    if name.strip().casefold() in _EVERYTHING:
        return (EVERY_TOPIC,)
    # Imported here: few words about consent are misspelt.
    from sojourn.domain.findings import nearest

    near = nearest(name.strip(), own)
    return (name.strip(), near) if near else (name.strip(),)

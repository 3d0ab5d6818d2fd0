"""How much room what is told of a customer may take, so that what they allow and forbid always finds some.

All that is known of a customer is one row, and whoever may tell attributes, or name topics, might fill it: then no
withdrawal could be written any more. It knows no storage, but leaves most of a row of 400 kB free.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.domain.decide.as_of_names import is_own

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

MOST_ATTRIBUTES = 300
"""So many attributes one customer may have."""
MOST_BYTES = 64 * 1024
"""So many bytes they may come to as JSON, their names among them."""
LONGEST_NAME = 100
"""Characters of an attribute's name."""
LONGEST_CONTACT = 4_096
"""Characters of an address, a zone or a locale: a device's token may be long."""
MOST_TOPICS = 300
"""So many topics one customer may have said a word about, before those that the workspace does not have are left out.
Of its own topics every word is kept."""
MOST_KNOWN_BY = 1_000
"""So many customers who have an address are read, and so many who have it by hearsay. Whoever may tell of customers may
give one address to any number, and each event that tells it would read them all."""
NAMES_TOLD, LONGEST_TOLD = 20, 100
"""Of what was left out, so many names are told, each of so many characters at most."""


def fitting(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the attributes *told* that there is room for beside those *known*, in their order.

    What is known is never given up for what is told. What takes no more room than before is always taken. There is none
    for a name under which the engine notes its own (`as_of_names`).
    """
    if not told:
        return {}
    names, taken = set(known), dict[str, Any]()
    room = MOST_BYTES - sum(_size(name, value) for name, value in known.items())
    for name, value in told.items():
        new = name not in names
        if is_own(name) or (new and (len(name) > LONGEST_NAME or len(names) >= MOST_ATTRIBUTES)):
            continue
        more = _size(name, value) - (0 if new else _size(name, known[name]))
        if more > 0 and more > room:
            continue
        taken[name] = value
        room -= more
        names.add(name)
    return taken


NO_ROOM, NO_ROOM_FOR_TOPIC, WRONG_TYPE, TOO_MANY = "no_room", "no_room_for_topic", "wrong_type", "too_many"
NOT_UNDERSTOOD = "not_understood"
"""Why something that was told is left out, or taken for more than it says."""


def has_room(known: Iterable[tuple[str, str]], topic: str, own: Container[str]) -> bool:
    """Say whether a word about a topic is kept: one of the workspace's own, one that is known, or one of a few.

    Args:
        known: the (topic, channel) of which a word is kept.
        own: the workspace's topics; what it does not send about nobody can be sent against their will.
    """
    topics = {one for one, _ in known}
    return topic in own or topic in topics or (len(topic) <= LONGEST_NAME and len(topics) < MOST_TOPICS)


def named(names: Iterable[str]) -> dict[str, Any]:
    """Return what is told of what was left out: how much, and some of the names; never what stood there."""
    every = list(names)
    return {"names": [name[:LONGEST_TOLD] for name in every[:NAMES_TOLD]], "count": len(every)}


def left_out(told: Iterable[str], taken: Mapping[str, Any]) -> str:
    """Return why attributes were not taken, "" where all were."""
    return "; ".join(
        f"no {name}: there is no room for another attribute" for name in told if name not in taken
    )


def _size(name: str, value: Any) -> int:
    text = json.dumps([name, value], ensure_ascii=False, separators=(",", ":"), default=str)
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))

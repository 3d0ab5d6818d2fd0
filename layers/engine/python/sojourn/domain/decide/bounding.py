"""How much room a customer's attributes may take, so that what they allow and forbid always finds some.

All that is known of a customer is one row, and whoever may tell attributes might fill it: then no withdrawal could be
written any more. It knows no storage, but leaves most of a row of 400 kB free.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_ATTRIBUTES = 300
"""So many attributes one customer may have."""
MOST_BYTES = 64 * 1024
"""So many bytes they may come to as JSON, their names among them."""
LONGEST_NAME = 100
"""Characters of an attribute's name."""
LONGEST_CONTACT = 4_096
"""Characters of an address, a zone or a locale: a device's token may be long."""


def fitting(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the attributes *told* that there is room for beside those *known*, in their order.

    What is known is never given up for what is told. What takes no more room than before is always taken.
    """
    if not told:
        return {}
    names, taken = set(known), dict[str, Any]()
    room = MOST_BYTES - sum(_size(name, value) for name, value in known.items())
    for name, value in told.items():
        new = name not in names
        if new and (len(name) > LONGEST_NAME or len(names) >= MOST_ATTRIBUTES):
            continue
        more = _size(name, value) - (0 if new else _size(name, known[name]))
        if more > 0 and more > room:
            continue
        taken[name] = value
        room -= more
        names.add(name)
    return taken


def left_out(told: Iterable[str], taken: Mapping[str, Any]) -> str:
    """Return why attributes were not taken, "" where all were."""
    return "; ".join(
        f"no {name}: there is no room for another attribute" for name in told if name not in taken
    )


def _size(name: str, value: Any) -> int:
    text = json.dumps([name, value], ensure_ascii=False, separators=(",", ":"), default=str)
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))

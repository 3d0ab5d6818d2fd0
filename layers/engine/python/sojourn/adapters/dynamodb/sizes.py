"""How large DynamoDB counts an item: for the errors that name a size, and for counting what a call costs.

Rules: "DynamoDB item sizes and formats" in its developer guide. A name and a text count their bytes in UTF-8, a
number about a byte for two digits and one more, a list or a map three bytes and one for each thing in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ITEM_LIMIT = 400 * 1024
"""Bytes an item may have, its names among them."""
ACTIONS_LIMIT = 100
"""Actions a transaction may have."""
TRANSACTION_LIMIT = 4 * 1024 * 1024
"""Bytes that the items of a transaction may have together."""
SORT_KEY_LIMIT = 1024
"""Bytes a sort key may have, that of an index too."""
PARTITION_LIMIT = 2048
"""Bytes a partition key may have."""


def item_size(item: Mapping[str, Any]) -> int:
    """Return the bytes of an item in the form of DynamoDB's API."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Mapping[str, Any]) -> int:
    """Return the bytes of one value: `{type: value}`."""
    ((kind, held),) = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "N":
        return (len(held.lstrip("-").replace(".", "").strip("0")) + 1) // 2 + 1
    if kind == "B":
        return len(held)
    if kind == "L":
        return 3 + sum(1 + value_size(one) for one in held)
    if kind == "M":
        return 3 + len(held) + item_size(held)
    if kind in ("SS", "NS", "BS"):
        return sum(value_size({kind[0]: one}) for one in held)
    return 1

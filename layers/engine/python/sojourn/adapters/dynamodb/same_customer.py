"""Which places in the table are one customer's: their own, and those of everybody who became them.

Whoever hands out or takes away everything about a person must come to all of them. It writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.changes import link_key
from sojourn.adapters.dynamodb.rows import Item
from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.learning import address_keys

Items = Callable[[str], Iterable[Item]]
"""Returns the rows of a customer's partition."""


def who_is(items: Items, customer: str) -> list[str]:
    """Return who a customer is now, and before that all they were on the way: `[customer, …, who they are now]`."""
    chain = [customer]
    while True:
        into = next((after for item in items(chain[-1]) if (after := _into(item))), "")
        if not into or into in chain:
            return chain
        chain.append(into)


def who_became(items: Items, customer: str) -> list[str]:
    """Return everybody who became this customer, or became one of those, the nearest first."""
    found = [customer]
    for one in found:
        for item in items(one):
            if item["sk"]["S"].startswith(keys.MERGED) and (other := _named(item)) not in found:
                found.append(other)
    return found[1:]


def links_of(profile: Mapping[str, Any] | None) -> list[Item]:
    """Return the keys of the rows by which a customer is found by their addresses.

    Args:
        profile: the item of their profile.
    """
    if not profile or "data" not in profile:
        return []
    row = rows.row(Profile, profile)
    return [link_key(*key, row.id) for key in sorted(address_keys(row))]


def _into(item: Item) -> str:
    if item["sk"]["S"] != keys.PROFILE:
        return ""
    return next((item[name]["S"] for name in (keys.MERGED_INTO, keys.MERGING_INTO) if name in item), "")


def _named(item: Item) -> str:
    return keys.parts(item["sk"]["S"])[1]

"""Which part of all customers one is in: what goes through all of them does so in as many strands.

A profile's row has its part, by which an index lists the customers. It knows no rows and no client.
"""

from __future__ import annotations

from hashlib import sha256

from sojourn.adapters.dynamodb import keys

INDEX = "by_part"
"""The index of customers by part; it holds keys alone, so that no change of a customer writes it."""
PART = "part"
"""The attribute of a profile's row that the index goes by."""
PARTS = 32
"""Never to be changed: rows have them."""


def part_of(customer_id: str) -> int:
    """Return which part a customer is in: always the same one."""
    return sha256(customer_id.encode("utf-8", "surrogatepass")).digest()[0] % PARTS


def name_of(part: int) -> str:
    """Return a part as profiles' rows, and the sort keys of a sweep's strands, have it."""
    return f"part#{part:02d}"


def customer_of(partition: str) -> str:
    """Return the customer whose partition this is."""
    return keys.unescaped(partition.removeprefix("C#"))

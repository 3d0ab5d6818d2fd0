"""Which part of all customers one is in, or of a journey's runs: what goes through them does so in as many strands.

A profile's row has its part, by which an index lists the customers; the row of a run that goes on has one, by which the
same index lists the runs of its journey; the row of an operation that is not over has one too. It knows no rows and no
client.
"""

from __future__ import annotations

from hashlib import sha256

from sojourn.adapters.dynamodb import keys

INDEX = "by_part"
"""The index of customers, active runs and open operations by part; it holds keys alone: no change of a customer writes
it, and of the others only that one begins and that it ends.
"""
PART = "part"
"""The attribute of a row that the index goes by."""
PARTS = 32
"""Never to be changed: rows have them. So with `RUN_PARTS`."""
RUN_PARTS = 8
"""A partition of the index takes some thousand writes a second: so many runs of a journey begin at most."""


OPERATIONS = "operations"
"""The part of operations that are not over: those are few, and their rows are among all others."""


def part_of(customer_id: str) -> int:
    """Return which part a customer is in: always the same one."""
    return _digit(customer_id) % PARTS


def runs_of(journey: str, part: int) -> str:
    """Return a part of a journey's runs, as their rows have it."""
    return f"run#{keys.escaped(journey)}#{part}"


def run_part(journey: str, customer_id: str) -> str:
    """Return the part that a run is in, as its row has it."""
    return runs_of(journey, _digit(customer_id) % RUN_PARTS)


def name_of(part: int) -> str:
    """Return a part as profiles' rows, and the sort keys of a sweep's strands, have it."""
    return f"part#{part:02d}"


def customer_of(partition: str) -> str:
    """Return the customer whose partition this is."""
    return keys.unescaped(partition.removeprefix("C#"))


def _digit(customer_id: str) -> int:
    return sha256(customer_id.encode("utf-8", "surrogatepass")).digest()[0]

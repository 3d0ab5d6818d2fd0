"""The quota on state data, held without measuring data that cannot have outgrown it."""

from __future__ import annotations

from typing import Any

from sojourn.local.states.errors import DATA_LIMIT_EXCEEDED, StateError
from sojourn.local.states.evaluation import Growth
from sojourn.local.states.payload import LIMIT, size


def too_large(what: str) -> StateError:
    """Return the error for data beyond 256 KiB."""
    return StateError(
        DATA_LIMIT_EXCEEDED,
        f"{what} returned a result with a size exceeding the maximum number of bytes service limit.",
    )


def measured(value: Any, state: str) -> int:
    """Return the size of what a state made.

    Raises:
        StateError: `States.DataLimitExceeded`.
    """
    length = size(value)
    if length > LIMIT:
        raise too_large(f"The state/task '{state}'")
    return length


def within(bound: float, growth: Growth, value: Any, state: str) -> float:
    """Return a bound for *value*, made from data of a known bound; it is measured where that says too little.

    Raises:
        StateError: `States.DataLimitExceeded`.
    """
    bound = bound * growth.copies + growth.fixed
    return measured(value, state) if bound > LIMIT else bound

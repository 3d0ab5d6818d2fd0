"""Numbers that are known only between bounds, and sums of them: what a forecast says instead of guessing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CLOSE = 1e-9
"""Two numbers that differ by less, of one, are the same: sums of fractions are not exact."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number between two bounds, neither below zero.

    Args:
        likely: the best guess; None where there is no reason to take one number within the bounds for another.
    """

    low: float
    high: float
    likely: float | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the bounds are the same number."""
        return self.high - self.low <= CLOSE * max(1.0, self.high)

    def same(self, other: Amount) -> bool:
        """Say whether both are one number, or have the same bounds."""
        near = CLOSE * max(1.0, self.high)
        return abs(self.low - other.low) <= near and abs(self.high - other.high) <= near

    def __add__(self, other: Amount) -> Amount:
        """Return the sum; likely where both are."""
        likely = None if self.likely is None or other.likely is None else self.likely + other.likely
        return Amount(self.low + other.low, self.high + other.high, likely)

    def __mul__(self, other: Amount) -> Amount:
        """Return the product; likely where both are, and where either is nothing."""
        likely = None if self.likely is None or other.likely is None else self.likely * other.likely
        high = self.high * other.high
        return Amount(self.low * other.low, high, likely if high else 0.0)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        likely = None if self.likely is None else round(self.likely, 6)
        return {"low": round(self.low, 6), "high": round(self.high, 6), "likely": likely}


def exactly(number: float) -> Amount:
    """Return a number that is known."""
    return Amount(number, number, number)


def between(low: float, high: float, likely: float | None = None) -> Amount:
    """Return a number within bounds."""
    return Amount(low, high, likely)


NOTHING, ONE = exactly(0.0), exactly(1.0)
Tally = Mapping[str, Amount]
"""Amounts by name; one that is not there is nothing."""


def summed(tallies: Iterable[Tally]) -> dict[str, Amount]:
    """Return the sum of tallies."""
    total: dict[str, Amount] = {}
    for tally in tallies:
        for name, amount in tally.items():
            total[name] = total[name] + amount if name in total else amount
    return total


def times(tally: Tally, amount: Amount) -> dict[str, Amount]:
    """Return a tally of so many times as much."""
    return {name: one * amount for name, one in tally.items()}


def either(amounts: Iterable[Amount], likely: float | None = None) -> Amount:
    """Return what one of several is, or any mixture of them."""
    found = list(amounts)
    return Amount(min(one.low for one in found), max(one.high for one in found), likely)


def either_of(tallies: Iterable[Tally]) -> dict[str, Amount]:
    """Return what one of several tallies is, or any mixture of them, name by name."""
    found = list(tallies)
    names = {name for tally in found for name in tally}
    mixed = {name: either(tally.get(name, NOTHING) for tally in found) for name in sorted(names)}
    return {name: exactly(one.low) if one.is_exact else one for name, one in mixed.items()}

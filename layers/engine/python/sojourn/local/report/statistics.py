"""What a holdout says about a journey: conversion rates with intervals, and the lift between them.

Sources: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927),
for the interval of one rate; R. G. Newcombe, "Interval estimation for the difference between independent
proportions: comparison of eleven methods", Statistics in Medicine 17 (1998), 873-890, method 10 (the score method
without continuity correction), for the difference of two. Both stay within 0 and 1 and hold for small numbers,
where the textbook interval does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

Z_95 = 1.959963984540054
FEWEST = 30
FEWEST_GOALS = 5

Verdict = Literal["no_holdout", "too_few", "no_difference", "better", "worse"]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of *whole* with its 95 % interval, all between 0 and 1."""

    part: int
    whole: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Lift:
    """How much more often treated customers converted than held out ones, as a difference of rates.

    `difference`, `low` and `high` are None where there is nothing to compare.
    """

    verdict: Verdict
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def wilson(part: int, whole: int, z: float = Z_95) -> Rate:
    """Return a rate with its Wilson score interval; of nothing, it may be anything from 0 to 1."""
    if whole <= 0:
        return Rate(part, 0, 0.0, 0.0, 1.0)
    rate = part / whole
    middle = rate + z * z / (2 * whole)
    spread = z * sqrt(rate * (1 - rate) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    # At the ends the bounds are 0 and 1 exactly, which floating point misses by a hair.
    low = 0.0 if part == 0 else max(0.0, (middle - spread) / scale)
    high = 1.0 if part == whole else min(1.0, (middle + spread) / scale)
    return Rate(part, whole, rate, low, high)


def newcombe(first: Rate, second: Rate) -> tuple[float, float]:
    """Return the interval of the difference *first* − *second*."""
    difference = first.rate - second.rate
    below = sqrt((first.rate - first.low) ** 2 + (second.high - second.rate) ** 2)
    above = sqrt((first.high - first.rate) ** 2 + (second.rate - second.low) ** 2)
    return difference - below, difference + above


def lift(treated: Rate, holdout: Rate) -> Lift:
    """Compare treated with held out customers, and say plainly whether the numbers carry a statement."""
    if holdout.whole == 0 or treated.whole == 0:
        return Lift("no_holdout" if holdout.whole == 0 else "too_few")
    low, high = newcombe(treated, holdout)
    difference = treated.rate - holdout.rate
    few = min(treated.whole, holdout.whole) < FEWEST or treated.part + holdout.part < FEWEST_GOALS
    verdict: Verdict = "too_few" if few else "better" if low > 0 else "worse" if high < 0 else "no_difference"
    return Lift(verdict, difference, low, high)

"""When customers do things of their own accord: more by day than by night, by their own clocks."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from sojourn.domain.time.local_time import wall_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

HOUR = 3600
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHOP = {"00:00": 1.0, "06:00": 3.0, "09:00": 6.0, "12:00": 7.0, "14:00": 6.0, "18:00": 9.0, "22:00": 4.0}
"""A shop's day, as long as nobody says otherwise: quiet nights, a busy lunch, the evening busiest."""


class Curve:
    """The busy and the quiet hours of a span of days, on one zone's clocks.

    Args:
        start: the first instant.
        seconds: how long the span is.
        day: from each full hour on, how busy it is; empty for a shop's usual day.
        week: weekday -> how busy it is; 1 where nothing is said.
    """

    def __init__(
        self, start: datetime, seconds: float, zone: str, day: Mapping[str, float], week: Mapping[str, float]
    ) -> None:
        hours = _by_hour(day or SHOP)
        local = wall_clock(start, zone)
        # The first hour of the span may begin anywhere on the clock: cells follow the span, weights the clock.
        cells = [local + timedelta(hours=n) for n in range(max(1, -int(-seconds // HOUR)))]
        weights = [hours[at.hour] * week.get(WEEKDAYS[at.weekday()], 1.0) for at in cells]
        if not any(weights):
            weights = [1.0] * len(cells)
        self._seconds = seconds
        self._weights = weights
        self._until = list(accumulate(weights))

    def at(self, share: float) -> float:
        """Return the second since the start by which *share* (from 0 to below 1) of everything has happened."""
        wanted = share * self._until[-1]
        cell = min(bisect_right(self._until, wanted), len(self._until) - 1)
        weight = self._weights[cell]
        within = (wanted - self._until[cell] + weight) / weight if weight else 0.0
        return min((cell + within) * HOUR, self._seconds)


def _by_hour(day: Mapping[str, float]) -> list[float]:
    """Return 24 weights; each holds until the next that is given, the last over midnight."""
    given = {int(text[:2]): weight for text, weight in day.items()}
    weight = given[max(given)]
    made = []
    for hour in range(24):
        weight = given.get(hour, weight)
        made.append(weight)
    return made

"""What time it is where the table is, so that functions agree on it whose own clocks do not.

Every answer of AWS has a `Date`, in whole seconds: the server's time was no earlier than that, and less than a second
later, at some instant between our question and its answer. Each answer narrows how far our clock can be off. A clock
that may be right by all that was heard counts as right: it is usually so to some milliseconds. One that cannot be is
corrected by what is known of it. It knows no requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import ceil, inf
from typing import Any

TOLERANCE = 0.02
"""Seconds by which servers may differ among themselves."""
JUMP = 0.05
"""Seconds by which two clocks of a function may disagree on how much time went by."""


@dataclass(slots=True)
class ServerTime:
    """A function's clock, held against the server's.

    Args:
        wall: the clock, in seconds since 1970; it may be wrong, and set anew.
        steady: one that nobody sets; it may stand still while the function is frozen.
    """

    wall: Callable[[], float]
    steady: Callable[[], float]
    _least: float = -inf
    _most: float = inf
    _heard: tuple[float, float] | None = None

    def heard(self, response: Mapping[str, Any], asked: float) -> None:
        """Learn from an answer, or an error that was answered.

        Args:
            asked: `wall()` before the question.
        """
        answered = self.wall()
        date = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date is not None:
            second = parsedate_to_datetime(date).timestamp()
            least, most = second - answered - TOLERANCE, second + 1 - asked + TOLERANCE
            # Where nothing is left, the clock was set anew or ran unevenly: what was heard before counts no more.
            if max(self._least, least) > min(self._most, most):
                self._least, self._most = -inf, inf
            self._least, self._most = max(self._least, least), min(self._most, most)
        self._heard = (answered, self.steady())

    def bounds(self) -> tuple[float, float] | None:
        """Return between what the server's time is now: twice the same where our clock counts as right.

        None where an answer must be heard first: the clock has been set anew, or the function stood still.
        """
        wall, steady = self.wall(), self.steady()
        if self._heard is None or abs(wall - self._heard[0] - (steady - self._heard[1])) > JUMP:
            self._least, self._most, self._heard = -inf, inf, None
            return None
        if self._least <= 0 <= self._most:
            return wall, wall
        return wall + self._least, wall + self._most

    @staticmethod
    def until_it_tells(bounds: tuple[float, float]) -> float:
        """Return in how many seconds an answer halves what is unknown: when the second may just have turned."""
        middle = sum(bounds) / 2
        return ceil(middle) - middle

"""When each of many goes on who fell due during a pause, so that they come evenly, in the order in which they fell due.

How many fell due when is counted first, in so many equal parts of the pause; after that everybody's turn is a pure
function of when they fell due and of who they are: asked twice it is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import accumulate

PARTS = 500
"""So many counts are kept; who fell due within the same part comes in an order of chance."""


@dataclass(frozen=True, slots=True)
class FellDue:
    """How many fell due when.

    Args:
        begun, to: the time that is counted, the whole pause; what fell due outside of it counts at its edge.
        counts: one for each of its parts; none where nobody was counted: then the time itself decides, and who fell
            due together comes together.
    """

    begun: datetime
    to: datetime
    counts: tuple[int, ...] = ()

    def counted(self, instants: Iterable[datetime]) -> FellDue:
        """Return the counts with some more."""
        counts = list(self.counts) or [0] * PARTS
        for at in instants:
            counts[int(self._share(at) * (len(counts) - 1))] += 1
        return FellDue(self.begun, self.to, tuple(counts))

    def turn(self, at: datetime, who: str) -> float:
        """Return whose turn it is when: from 0 for the first up to 1.

        Args:
            at: when they fell due; who: tells those apart who fell due together.
        """
        total = sum(self.counts)
        if not total:
            return self._share(at)
        part = int(self._share(at) * (len(self.counts) - 1))
        before = [0, *accumulate(self.counts)][part]
        return (before + self.counts[part] * _chance(who)) / total

    def _share(self, at: datetime) -> float:
        long = self.to - self.begun
        if long <= timedelta():
            return 0.0
        return min(1.0, max(0.0, (at - self.begun) / long))


def _chance(who: str) -> float:
    return int.from_bytes(blake2b(who.encode(), digest_size=6).digest()) / 2**48

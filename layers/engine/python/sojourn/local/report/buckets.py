"""A histogram of durations that stays small whatever it counts: fixed limits a person would choose.

Minutes at first, then quarters of an hour, hours, days, weeks: each bucket is at most about a tenth as wide as it
is late, so a median read from it is off by a few per cent at most.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTE, HOUR, DAY = 60, 3600, 86_400


def _limits() -> tuple[int, ...]:
    spans = [(10 * MINUTE, MINUTE), (HOUR, 5 * MINUTE), (6 * HOUR, 15 * MINUTE), (DAY, HOUR // 2), (3 * DAY, 2 * HOUR),
             (14 * DAY, 6 * HOUR), (60 * DAY, DAY), (371 * DAY, 7 * DAY)]  # fmt: skip
    made: list[int] = []
    at = 0
    for end, width in spans:
        while at < end:
            at = min(at + width, end)
            made.append(at)
    return tuple(made)


LIMITS = _limits()
"""The upper limit of each bucket in seconds, inclusive; one bucket more holds what is longer."""


def bucket_of(seconds: float) -> int:
    """Return the bucket a duration belongs to."""
    return bisect_left(LIMITS, seconds)


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """Return the duration in seconds that *share* (0 to 1) of what was counted does not exceed, None if nothing was.

    Within a bucket, durations are taken to lie evenly.
    """
    whole = sum(counts.values())
    if not whole:
        return None
    wanted = share * whole
    seen = 0
    for bucket in sorted(counts):
        count = counts[bucket]
        if seen + count >= wanted:
            lower = LIMITS[bucket - 1] if bucket else 0
            upper = LIMITS[bucket] if bucket < len(LIMITS) else LIMITS[-1]
            return round(lower + (upper - lower) * (wanted - seen) / count)
        seen += count
    return LIMITS[-1]


def coarse(counts: Mapping[int, int]) -> list[tuple[int | None, int]]:
    """Sum up into about a dozen bars: (upper limit in seconds or None for longer, count), without empty ends."""
    hours, days = (1, 3, 6, 12), (1, 2, 3, 5, 7, 14, 30, 60)
    limits = [*(n * HOUR for n in hours), *(n * DAY for n in days)]
    sums = [0] * (len(limits) + 1)
    for bucket, count in counts.items():
        upper = LIMITS[bucket] if bucket < len(LIMITS) else LIMITS[-1] + 1
        sums[bisect_left(limits, upper)] += count
    bars: list[tuple[int | None, int]] = list(zip([*limits, None], sums, strict=True))
    while bars and not bars[-1][1]:
        bars.pop()
    return bars

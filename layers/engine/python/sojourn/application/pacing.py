"""How fast executions are begun that many at once are to begin: entries of audiences, and runs that are let go on.

All of them share one lane of the pace, below what Step Functions takes; each may have a slower one of its own besides.
It knows no table and no run.
"""

from __future__ import annotations

PACED = "entries"
"""What they take room of, see `Pace`: no channel is called so."""
SLOWEST, FASTEST = 1.0, 1_000.0
"""What may be asked for, so many a second."""
USUAL_RATE = 200.0
"""So many a second unless somebody says otherwise: StartExecution takes 300 in the large regions, 150 in others, and
what customers do of their own accord begins runs too (AWS: "Service quotas for Step Functions")."""


def lanes(operation: str, rate: float) -> tuple[str, ...]:
    """Return what an operation takes room of for each (`Pace.take`): of its own pace where it has one, and of all's.

    Args:
        rate: so many a second of its own; 0 for as many as all may have together.
    """
    return (f"{PACED}#{rate:g}#{operation}", PACED) if rate else (PACED,)


def lane_rate(lane: str, most: float = USUAL_RATE) -> float:
    """Return how many a second a lane has; *most* is what all have together."""
    return float(lane.split("#")[1]) if "#" in lane else most

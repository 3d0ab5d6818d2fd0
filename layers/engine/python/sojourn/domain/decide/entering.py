"""Who may enter a journey, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.domain.decide.assign import HOLDOUT, position

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.domain.compile.compiled import Entering
    from sojourn.domain.customer.rows import Profile, Run


MOST_HOPS = 25
"""So many journeys may lead from one to the next in quick succession: more of them go round in a circle."""
QUICK = timedelta(hours=1)
"""What a run sets off so soon after its own entry counts as one more; later it begins anew, as a weekly round does."""


MOST_RUNS = 1_000
"""So many runs of one journey a customer may be in at once, one for each key. All of them are read with each of the
customer's events, some half a kilobyte each, and whoever may tell an event makes up its key."""


def hops_after(run: Run, now: datetime) -> int:
    """Return how many journeys in quick succession lead to what a run sets off now."""
    return run.hops + 1 if now < run.entered + QUICK else 1


def why_too_many(hops: int) -> str:
    """Return why nobody enters any more after so many journeys in quick succession, "" where they may."""
    if hops <= MOST_HOPS:
        return ""
    return f"a circle: {MOST_HOPS} journeys led from one to the next, each within an hour"


def why_not_enter(enter: Entering, last: Run | None, now: datetime, running: int = 0) -> str:
    """Return why a customer may not enter (again), "" where they may.

    Args:
        last: the run that has the same key now, or had it last.
        running: how many runs of theirs in the journey go on, under any key.

    Returns:
        `already_running`, `again: never`, `again: after ...`, `again: unless goal` or `too_many_runs`.
    """
    why = "" if last is None else _why_not_again(enter, last, now)
    return why or ("too_many_runs" if running >= MOST_RUNS else "")


def _why_not_again(enter: Entering, last: Run, now: datetime) -> str:
    if last.active:
        return "already_running"
    if enter.again == "always" or (enter.again == "unless goal" and not last.goal_reached):
        return ""
    if enter.again == "after":
        if now >= last.entered + timedelta(seconds=enter.again_seconds):
            return ""
        days = enter.again_seconds / 86_400
        return (
            f"again: after {days:g} days"
            if days >= 1
            else f"again: after {enter.again_seconds / 3600:g} hours"
        )
    return f"again: {enter.again}"


def in_holdout(journey: str, profile: Profile, percent: float, salt: str) -> bool:
    """Say whether a customer belongs to a journey's holdout: always the same answer."""
    if percent <= 0:
        return False
    if profile.holdout is not None:
        return profile.holdout
    return position(journey, HOLDOUT, profile.id, salt) < percent

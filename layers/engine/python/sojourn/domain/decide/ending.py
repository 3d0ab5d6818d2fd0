"""What is kept of a run that ended, and for how long: what somebody may still ask about.

A customer's rows are read with every event of theirs, so that what nobody asks about any more costs every time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.customer.rows import Run

RECENTLY = timedelta(days=1)
"""So long every run is kept after its end: what is delivered again then finds it, and completes what a crash left."""
REDRIVABLE = timedelta(days=14)
"""So long after it failed an execution can be redriven (Step Functions' RedriveExecution)."""
FAILED = "failed"
"""How a run ends whose execution did so without telling."""


def needed_until(journey: CompiledJourney, run: Run) -> datetime | None:
    """Return until when an ended run is asked about, by the rules of the version it was in; None for ever."""
    assert run.ended is not None, "a run that goes on"
    again = journey.enter.again
    if again == "never" or (again == "unless goal" and run.goal_reached):
        return None
    until = run.ended + (REDRIVABLE if run.exit_reason == FAILED else RECENTLY)
    if again == "after":
        until = max(until, run.entered + timedelta(seconds=journey.enter.again_seconds))
    if may_reach_goal_late(journey, run) and journey.goal is not None:
        until = max(until, run.entered + timedelta(seconds=journey.goal.within))
    return until


def may_reach_goal_late(journey: CompiledJourney, run: Run) -> bool:
    """Say whether what the journey was for may still come, after the run's end."""
    return journey.goal is not None and bool(journey.goal.within) and not run.goal_reached


def reads_run_late(journey: CompiledJourney, run: Run) -> bool:
    """Say whether a late goal's `where` may read what the run was about: its entry, opened and clicked messages."""
    return may_reach_goal_late(journey, run) and journey.goal is not None and bool(journey.goal.where)


def slimmed(journey: CompiledJourney, run: Run) -> dict[str, Any]:
    """Return the fields in which an ended run is kept shorter than it was.

    One that failed is kept whole: its execution may be redriven, and goes on where it was.
    """
    if run.exit_reason == FAILED:
        return {}
    kept = reads_run_late(journey, run)
    return {
        "last": {}, "released": (), "entry": run.entry if kept else {}, "engaged": run.engaged if kept else {},
    }  # fmt: skip

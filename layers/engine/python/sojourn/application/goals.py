"""Goals: what a journey is for ends its run, or counts after its end; and whether a condition holds for a run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.lazily import compile_condition
from sojourn.domain.decide.ending import may_reach_goal_late, needed_until

if TYPE_CHECKING:
    from sojourn.application.running import Running
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.customer.rows import Event


def reach_goal(running: Running, journey: CompiledJourney, event: Event) -> bool:
    """End the run if *event* is what the journey is for; say whether it is."""
    if not _is_goal(running, journey, event):
        return False
    running.put(goal_reached=True)
    _tell(running, event)
    running.end("goal", stop=True)
    return True


def reach_goal_late(running: Running, event: Event) -> None:
    """What the journey was for may come after its last step: it counts, within the goal's time."""
    run = running.run
    journey = running.engine.catalogue.version(run.journey, run.version)
    if may_reach_goal_late(journey, run) and _is_goal(running, journey, event):
        running.put(goal_reached=True)
        running.put(needed_until=needed_until(journey, running.run))
        _tell(running, event, after_end=True)


def _tell(running: Running, event: Event, *, after_end: bool = False) -> None:
    """Tell of a goal with what it takes to compare: whether nothing was sent to them, and when they entered."""
    run = running.run
    details: dict[str, Any] = {"event": event.name, "holdout": run.holdout, "entered": run.entered}
    if after_end:
        details["after_end"] = True
    running.tell_at(running.now, "goal", "", event.name, details)


def _is_goal(running: Running, journey: CompiledJourney, event: Event) -> bool:
    goal = journey.goal
    if goal is None or goal.event != event.name:
        return False
    if goal.within and running.now >= running.run.entered + timedelta(seconds=goal.within):
        return False
    return not goal.where or holds(goal.where, running, event)


def holds(where: str, running: Running, event: Event) -> bool:
    """Say whether a condition on an event holds for a run."""
    view = running.view(running.remembered(), event.properties)
    return compile_condition(where).evaluate(view).value

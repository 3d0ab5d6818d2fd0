"""Where durations are written: waits, limits, caps, goals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Task, Wait, WaitFor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


def durations_of(context: Context) -> Iterator[tuple[str, str, Span]]:
    """Yield every text that must be a duration, with its file and place."""
    for cap in context.workspace.caps:
        yield cap.per, context.project.workspace_file, cap.place("per")
    for view in context.journeys.values():
        goal = view.journey.goal
        if goal is not None and goal.within is not None:
            yield goal.within, view.file, goal.place("within")
        for node in view.nodes:
            step = node.step
            if isinstance(step, Wait) and isinstance(step.wait, str):
                yield step.wait, view.file, step.place("wait")
            elif isinstance(step, WaitFor | Task) and step.up_to is not None:
                yield step.up_to, view.file, step.place("up_to")

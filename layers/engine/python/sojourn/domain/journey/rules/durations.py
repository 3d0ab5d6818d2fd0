"""Where durations are written: waits, limits, caps, goals, senders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sojourn.domain.journey.model.steps import Task, Wait, WaitFor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span

LAST_YEAR: Final = 2199
"""A date after it is a slip of the keyboard and not a plan."""


def durations_of(context: Context) -> Iterator[tuple[str, str, Span]]:
    """Yield every text that must be a duration, with its file and place."""
    for _, text, file, span in limits_of(context):
        yield text, file, span
    senders = context.workspace.senders
    for sender in (senders.sms, senders.push) if senders is not None else ():
        if sender is not None and sender.time_to_live is not None:
            yield sender.time_to_live, context.project.workspace_file, sender.place("time_to_live")
    for view in context.journeys.values():
        for node in view.steps_of(Wait):
            if isinstance(node.step, Wait) and isinstance(node.step.wait, str):
                yield node.step.wait, view.file, node.step.place("wait")


def limits_of(context: Context) -> Iterator[tuple[str, str, str, Span]]:
    """Yield every duration within which something happens or counts, with its key before it."""
    for cap in context.workspace.caps:
        yield "per", cap.per, context.project.workspace_file, cap.place("per")
    for trait in context.project.traits.values():
        if trait.within is not None:
            yield "within", trait.within, context.project.segments_file, trait.place("within")
    for view in context.journeys.values():
        goal = view.journey.goal
        if goal is not None and goal.within is not None:
            yield "within", goal.within, view.file, goal.place("within")
        for node in view.steps_of(WaitFor, Task):
            step = node.step
            if isinstance(step, WaitFor | Task) and step.up_to is not None:
                yield "up_to", step.up_to, view.file, step.place("up_to")

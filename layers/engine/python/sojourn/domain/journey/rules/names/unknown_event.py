"""SJ133: an event stands in the tracking plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import Emit, WaitFor
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.journey import Journey
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class UnknownEvent(Rule):
    """An event that is named stands in the tracking plan.

    What:
        A trigger, a goal, a step, a condition, a trait or a scenario names an event that `events` in `workspace.yaml`
        does not have.
    Why:
        An event spelled differently from what the app sends never comes, and nobody notices that it does not.
    Instead of:
        goal: {event: order_complete, within: 7 days}
    Write:
        goal: {event: order_completed, within: 7 days}
    """

    code = "SJ133"
    name = "unknown-event"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every event up in the tracking plan."""
        known = context.event_types
        for event, file, span in _named(context):
            if event not in known:
                yield self.finding(
                    f'there is no event "{event}"',
                    file,
                    span,
                    did_you_mean(event, known) or "add it to `events` in workspace.yaml",
                )
        yield from context.texts.findings(self, "unknown-event")


def _named(context: Context) -> Iterator[tuple[str, str, Span]]:
    for trait in context.project.traits.values():
        yield trait.event, context.project.segments_file, trait.place(trait.ways[0])
    for view in context.journeys.values():
        for event, span in _around(view.journey):
            yield event, view.file, span
        for node in view.nodes:
            if isinstance(node.step, Emit):
                yield node.step.emit, view.file, node.step.place("emit")
            elif isinstance(node.step, WaitFor):
                for release in node.step.wait_for:
                    if release.event is not None:
                        yield release.event, view.file, release.place("event")
        for story in view.folder.scenarios:
            for happened in story.scenario.events:
                yield happened.event, story.file, happened.place("event")


def _around(journey: Journey) -> Iterator[tuple[str, Span]]:
    """Yield the events outside the steps."""
    enter = journey.enter
    if isinstance(enter.on, str) and enter.on != "api":
        yield enter.on, enter.place("on")
    elif isinstance(enter.on, tuple):
        for index, trigger in enumerate(enter.on):
            if isinstance(trigger, str) and trigger != "api":
                yield trigger, enter.place("on", index)
    if journey.goal is not None:
        yield journey.goal.event, journey.goal.place("event")
    for reaction in journey.while_running:
        if isinstance(reaction.on, str):
            yield reaction.on, reaction.place("on")

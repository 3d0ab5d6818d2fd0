"""SJ134: an event's property stands in the tracking plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import Emit
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class UnknownProperty(Rule):
    """A property that is named belongs to its event.

    What:
        A condition, a trait, an `emit` step or a scenario uses a property that the tracking plan does not give the
        event.
    Why:
        A condition on something an event does not have is never true, so everybody would take the other path.
    Instead of:
        enter: {on: cart_updated, where: event.amount > 20}
    Write:
        enter: {on: cart_updated, where: event.total > 20}
    """

    code = "SJ134"
    name = "unknown-property"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare what is named with the event's properties."""
        for event, key, file, span in _named(context):
            known = context.event_types.get(event)
            if known is not None and key not in known:
                yield self.finding(
                    f'"{event}" has no property "{key}"',
                    file,
                    span,
                    did_you_mean(key, known) or f"add it to `{event}` in workspace.yaml",
                )
        yield from context.texts.findings(self, "unknown-property")


def _named(context: Context) -> Iterator[tuple[str, str, str, Span]]:
    for trait in context.project.traits.values():
        if trait.property_:
            yield trait.event, trait.property_, context.project.segments_file, trait.place(trait.ways[0])
    for view in context.journeys.values():
        for node in view.steps_of(Emit):
            if isinstance(node.step, Emit):
                for key in node.step.with_:
                    yield node.step.emit, key, view.file, node.step.key_place("with", key)
        for story in view.folder.scenarios:
            for happened in story.scenario.events:
                for key in happened.properties:
                    yield happened.event, key, story.file, happened.key_place("properties", key)

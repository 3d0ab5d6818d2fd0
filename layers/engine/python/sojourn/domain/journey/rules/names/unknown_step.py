"""SJ136: a step that is named exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import Goto
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.journey.rules.step_references import Reference, references_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnknownStep(Rule):
    """A step that is named is one of the journey's, by the id its author gave it.

    What:
        A `goto`, a `wait_for`, a condition or a scenario names a step that the journey does not have.
    Why:
        There is nowhere to go, and nothing to wait for or to ask about.
    Instead of:
        steps:
          - send: reminder
          - wait_for: [{clicked: reminder, steps: [{exit: came-back}]}]
            up_to: 3 days
    Write:
        steps:
          - {id: reminder, send: reminder}
          - wait_for: [{clicked: reminder, steps: [{exit: came-back}]}]
            up_to: 3 days
    """

    code = "SJ136"
    name = "unknown-step"
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every step up among those that were given an id."""
        everywhere = {node.id for view in context.journeys.values() for node in view.nodes}
        for view in context.journeys.values():
            known = set(view.named)
            for node in view.steps_of(Goto):
                if isinstance(node.step, Goto) and node.step.goto not in known:
                    yield self._unknown(Reference(node.step.goto, view.file, node.step.place("goto")), known)
            for reference in references_of(view):
                if reference.step not in known:
                    yield self._elsewhere(reference, context) or self._unknown(reference, known)
            for story in view.folder.scenarios:
                for expected in (*story.scenario.expect, *story.scenario.never):
                    step = (expected.model_extra or {}).get("step")
                    if isinstance(step, str) and step not in everywhere:
                        yield self._unknown(Reference(step, story.file, expected.place("step")), known)
        yield from context.texts.findings(self, "unknown-step")

    def _elsewhere(self, reference: Reference, context: Context) -> Finding | None:
        """Return what is wrong where a scenario means a step of another journey; None where no journey has it."""
        if not reference.in_scenario:
            return None
        for name, view in context.journeys.items():
            if reference.step in view.named:
                return self.finding(
                    f'"{reference.step}" is a step of the journey "{name}", and this scenario is another journey\'s',
                    reference.file,
                    reference.span,
                    "a scenario speaks of its own journey's steps:"
                    f" write this into one in {view.folder.folder}/scenarios/",
                )
        return None

    def _unknown(self, reference: Reference, known: set[str]) -> Finding:
        return self.finding(
            f'no step has the id "{reference.step}"',
            reference.file,
            reference.span,
            did_you_mean(reference.step, known) or f"give the step that is meant `id: {reference.step}`",
        )

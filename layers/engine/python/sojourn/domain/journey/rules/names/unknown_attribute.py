"""SJ135: an attribute is declared in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.steps import Update
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class UnknownAttribute(Rule):
    """An attribute of a customer that is named is declared in the workspace.

    What:
        A condition, an `update` step or a scenario names an attribute that `attributes` in `workspace.yaml` does
        not have.
    Why:
        A condition on an attribute that nobody sets is never true, so everybody would take the other path.
    Instead of:
        steps:
          - branch:
              - when: customer.lifetimevalue > 500
                steps: [{send: reminder}]
              - else: []
    Write:
        steps:
          - branch:
              - when: customer.lifetime_value > 500
                steps: [{send: reminder}]
              - else: []
    """

    code = "SJ135"
    name = "unknown-attribute"
    needs_workspace = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every attribute up in the workspace."""
        known = context.workspace.attributes
        for attribute, file, span in _named(context):
            if attribute not in known:
                trait = attribute in context.project.traits
                yield self.finding(
                    f'customers have no attribute "{attribute}"',
                    file,
                    span,
                    "it is a trait: worked out from events, and never set"
                    if trait
                    else did_you_mean(attribute, known) or "add it to `attributes` in workspace.yaml",
                )
        yield from context.texts.findings(self, "unknown-attribute")


def _named(context: Context) -> Iterator[tuple[str, str, Span]]:
    for view in context.journeys.values():
        for node in view.steps_of(Update):
            if isinstance(node.step, Update):
                for key in node.step.update:
                    yield key, view.file, node.step.key_place("update", key)
        for story in view.folder.scenarios:
            for customer in story.scenario.customers:
                for key in customer.attributes:
                    yield key, story.file, customer.key_place("attributes", key)
            for also in story.scenario.also:
                for key in also.set or ():
                    yield key, story.file, also.key_place("set", key)

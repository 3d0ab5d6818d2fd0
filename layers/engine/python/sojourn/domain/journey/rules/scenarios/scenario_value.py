"""SJ706: scenarios are about possible customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.journey.rules.values import objection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.scenario import Scenario
    from sojourn.domain.journey.model.workspace import Property
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class ScenarioValue(Rule):
    """Attributes and properties in a scenario are of their declared types.

    What:
        An attribute of a customer or told by an event, or an event's property, is of another type than declared, or
        none of the values that `one_of` allows.
    Why:
        The scenario would show what happens to customers and events that do not exist.
    Instead of:
        # file: scenarios/buys.yaml
        customers: [{id: ana, email: ana@example.com, attributes: {plan: premium}}]
    Write:
        # file: scenarios/buys.yaml
        customers: [{id: ana, email: ana@example.com, attributes: {plan: pro}}]
    """

    code = "SJ706"
    name = "scenario-value"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare every value with its declaration."""
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                for name, value, declared, span in _values(story.scenario, context):
                    wrong = objection(name, value, declared[name]) if name in declared else None
                    if wrong:
                        yield self.finding(wrong[0], story.file, span, wrong[1])


def _values(scenario: Scenario, context: Context) -> Iterator[tuple[str, Any, Mapping[str, Property], Span]]:
    """Yield every attribute and property that a scenario gives a value."""
    attributes, events = context.workspace.attributes, context.workspace.events
    for customer in scenario.customers:
        for name, value in customer.attributes.items():
            yield name, value, attributes, customer.place("attributes", name)
    for also in scenario.also:
        for name, value in (also.set or {}).items():
            yield name, value, attributes, also.place("set", name)
    for event in scenario.events:
        for name, value in event.properties.items():
            yield name, value, events.get(event.event, {}), event.place("properties", name)
        for name, value in event.attributes.items():
            yield name, value, attributes, event.place("attributes", name)

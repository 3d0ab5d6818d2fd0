"""SJ702: everybody in a scenario is introduced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.scenario import ScenarioEvent
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.scenario import Also, Expectation
    from sojourn.domain.journey.rules.context import Context


class UnknownCustomer(Rule):
    """Who does something in a scenario is one of its customers.

    What:
        An event, a feedback or an expectation names a customer who is not in `customers`; two have the same id; or an
        event says nothing of whom it is: neither `customer` nor `anonymous` nor `identities`.
    Why:
        Nothing would happen, or to somebody else.
    Instead of:
        # file: scenarios/buys.yaml
        events:
          - {at: +0s, customer: anna, event: cart_updated, properties: {cart_id: c1, items: [x], total: 20}}
    Write:
        # file: scenarios/buys.yaml
        events:
          - {at: +0s, customer: ana, event: cart_updated, properties: {cart_id: c1, items: [x], total: 20}}
    """

    code = "SJ702"
    name = "unknown-customer"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look every customer up."""
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                scenario = story.scenario
                known: set[str] = set()
                for customer in scenario.customers:
                    if customer.id in known:
                        yield self.finding(
                            f'two customers have the id "{customer.id}"',
                            story.file,
                            customer.place("id"),
                            "give each an id of their own",
                        )
                    known.add(customer.id)
                if story.file in context.project.damaged:
                    continue
                acting: list[ScenarioEvent | Also | Expectation]
                acting = [*scenario.events, *scenario.also, *scenario.expect, *scenario.never]
                for one in acting:
                    if isinstance(one, ScenarioEvent) and not (
                        one.customer or one.anonymous or one.identities
                    ):
                        yield self.finding(
                            "nobody does this", story.file, one.span, "say who: `customer` or `anonymous`"
                        )
                    named = [("customer", one.customer), ("merge", getattr(one, "merge", None))]
                    for field, name in named:
                        if name is None or name in known:
                            continue
                        yield self.finding(
                            f'there is no customer "{name[:40]}" in this scenario',
                            story.file,
                            one.place(field),
                            did_you_mean(name[:60], known),
                        )

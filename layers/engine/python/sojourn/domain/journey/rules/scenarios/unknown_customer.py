"""SJ702: everybody in a scenario is introduced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.customer.identity import normalised, unknown_id
from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.model.scenario import Also, ScenarioEvent
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.scenario import Expectation, Scenario
    from sojourn.domain.journey.project import ScenarioFile
    from sojourn.domain.journey.rules.context import Context


class UnknownCustomer(Rule):
    """Who does something in a scenario is one of its customers.

    What:
        An event, a feedback or an expectation names a customer who is not in `customers`; two have the same id; or an
        event says nothing of whom it is: neither `customer` nor `anonymous` nor `identities`. Or feedback or an
        expectation names somebody by an `anonymous` id that no event says; or `merged` somebody who is not there.
    Why:
        Nothing would happen, or to somebody else; what must never happen would always pass.
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
        """Look everybody up."""
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                yield from self._twice(story)
                if story.file not in context.project.damaged:
                    yield from self._named(story)
                    yield from self._anonymous(story)

    def _twice(self, story: ScenarioFile) -> Iterator[Finding]:
        known: set[str] = set()
        for customer in story.scenario.customers:
            if customer.id in known:
                yield self.finding(
                    f'two customers have the id "{customer.id}"', story.file, customer.place("id"),
                    "give each an id of their own",
                )  # fmt: skip
            known.add(customer.id)

    def _named(self, story: ScenarioFile) -> Iterator[Finding]:
        """Who is named by id."""
        known = {customer.id for customer in story.scenario.customers}
        for one in _acting(story.scenario):
            if isinstance(one, ScenarioEvent) and not (one.customer or one.anonymous or one.identities):
                yield self.finding(
                    "nobody does this", story.file, one.span, "say who: `customer` or `anonymous`"
                )
            if isinstance(one, Also) and one.customer and one.anonymous:
                yield self.finding(
                    "who does this is named twice", story.file, one.place("anonymous"),
                    "name them by `customer` or by `anonymous`",
                )  # fmt: skip
            for field, name in (("customer", one.customer), ("merge", getattr(one, "merge", None))):
                if name is not None and name not in known:
                    yield self.finding(
                        f'there is no customer "{name[:40]}" in this scenario', story.file, one.place(field),
                        did_you_mean(name[:60], known),
                    )  # fmt: skip

    def _anonymous(self, story: ScenarioFile) -> Iterator[Finding]:
        """Who is named by an anonymous id that an event has said, and who is told to become somebody else."""
        scenario = story.scenario
        known = {event.anonymous.strip() for event in scenario.events if event.anonymous}
        acting: list[Also | Expectation] = [*scenario.also, *scenario.expect, *scenario.never]
        for one in acting:
            name = (one.anonymous or "").strip()
            if one.anonymous is not None and name not in known:
                introduce = f"let an event say it: `anonymous: {name[:40]}`"
                yield self.finding(
                    f'nobody in this scenario has the anonymous id "{name[:40]}"', story.file,
                    one.place("anonymous"), did_you_mean(name[:60], known) or introduce,
                )  # fmt: skip
        # Everybody goes by the id that they had before: also who is known by nothing but an address.
        people = known | {customer.id for customer in scenario.customers}
        sources = people | _by_address(scenario)
        for expected in (*scenario.expect, *scenario.never):
            for field in ("merged", "merge_refused"):
                said = (expected.model_extra or {}).get(field)
                if isinstance(said, str) and said.strip() not in sources:
                    yield self.finding(
                        f'nobody in this scenario is "{said[:40]}", who could become somebody else', story.file,
                        expected.place(field), did_you_mean(said.strip()[:60], people),
                    )  # fmt: skip


def _acting(scenario: Scenario) -> tuple[ScenarioEvent | Also | Expectation, ...]:
    return (*scenario.events, *scenario.also, *scenario.expect, *scenario.never)


def _by_address(scenario: Scenario) -> set[str]:
    """Return the ids that the engine gives to those whom an event names by an address alone."""
    said = [event.identities.model_dump(exclude_none=True) for event in scenario.events if event.identities]
    return {
        unknown_id(kind, plain)
        for identities in said
        for kind, value in identities.items()
        if (plain := normalised(kind, value))
    }

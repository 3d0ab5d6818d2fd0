"""SJ708: scenarios put customers only into holdouts that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.scenario import Scenario
    from sojourn.domain.journey.rules.context import Context, JourneyView


class HoldoutWithoutEffect(Rule):
    """A customer in the holdout meets a journey that has one.

    What:
        A scenario says `holdout: true` of a customer, and none of the journeys it plays has a `holdout`.
    Why:
        The customer is messaged like everybody else, so the scenario does not show what it seems to.
    Instead of:
        # file: scenarios/buys.yaml
        customers: [{id: ana, email: ana@example.com, holdout: true}]
    Write:
        # file: scenarios/buys.yaml
        customers: [{id: ana, email: ana@example.com, holdout: true}]

        # file: journey.yaml
        enter: {on: cart_updated, key: event.cart_id, holdout: 10%}
    """

    code = "SJ708"
    name = "holdout-without-effect"
    severity = Severity.WARNING
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for a holdout in all that the customers of each scenario could enter."""
        for view in context.journeys.values():
            for story in view.folder.scenarios:
                held = [customer for customer in story.scenario.customers if customer.holdout]
                if not held or _has_holdout(view, story.scenario, context):
                    continue
                for customer in held:
                    yield self.finding(
                        f'"{view.journey.journey}" has no holdout that "{customer.id[:40]}" could be in',
                        story.file,
                        customer.key_place("holdout"),
                        "leave it away, or give the journey one: `enter: {…, holdout: 10%}`",
                    )


def _has_holdout(view: JourneyView, scenario: Scenario, context: Context) -> bool:
    """Say whether a journey that *scenario* may play has a holdout: its own, one entered, or one led to."""
    events = {event.event for event in scenario.events}
    pending = [view.journey.journey, *(also.enter for also in scenario.also if also.enter is not None)]
    for name, other in context.journeys.items():
        enter = other.journey.enter
        by_segment = any(not isinstance(trigger, str) for trigger in enter.triggers)
        if by_segment or enter.schedule or not events.isdisjoint(enter.events):
            pending.append(name)
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name in context.journeys and name not in seen:
            seen.add(name)
            if context.journeys[name].journey.enter.holdout > 0:
                return True
            pending.extend(to for to, _ in context.leads[name])
    return False

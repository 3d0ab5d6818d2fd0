"""SJ316: a holdout has something to measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class HoldoutWithoutGoal(Rule):
    """A journey with a holdout has a goal.

    What:
        A share of the customers is held out, but nothing says what the journey is for.
    Why:
        Holding customers out shows what a journey changes: who reaches the goal with it, and who without. Without a
        goal they miss its messages for nothing.
    Instead of:
        # file: win-back/journey.yaml
        enter: {on: api, holdout: 10%}
    Write:
        # file: win-back/journey.yaml
        enter: {on: api, holdout: 10%}
        goal: {event: order_completed, within: 14 days}
    """

    code = "SJ316"
    name = "holdout-without-goal"
    severity = Severity.WARNING
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for a goal."""
        for view in context.journeys.values():
            if view.journey.enter.holdout > 0 and view.journey.goal is None:
                yield self.finding(
                    f"{view.journey.enter.holdout:g} % of the customers are held out, but no goal tells the difference",
                    view.file,
                    view.journey.enter.place("holdout"),
                    "add `goal: {event: …}`",
                )

"""SJ308: shares sum to a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Split
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class SplitWeights(Rule):
    """The weights of a split sum to 100.

    What:
        The weights are percentages, and together they are more or less than 100 (by more than 0.01).
    Why:
        It cannot be told where the others go, or whose share is meant to be smaller.
    Instead of:
        steps:
          - split:
              control: {weight: 50}
              ten_off: {weight: 40, steps: [{send: reminder}]}
    Write:
        steps:
          - split:
              control: {weight: 50}
              ten_off: {weight: 50, steps: [{send: reminder}]}
    """

    code = "SJ308"
    name = "split-weights"

    def check(self, context: Context) -> Iterator[Finding]:
        """Add the weights up."""
        for view in context.journeys.values():
            for node in view.steps_of(Split):
                if isinstance(node.step, Split):
                    total = sum(share.weight for share in node.step.split.values())
                    if abs(total - 100) > TOLERANCE:
                        left = 100 - total
                        yield self.finding(
                            f'the weights of "{node.id}" sum to {total:g}, not 100',
                            view.file,
                            view.step_place(node),
                            f"{'add' if left > 0 else 'take away'} {abs(left):g}",
                        )


TOLERANCE = 0.01 + 1e-9
"""Thirds are written as 33.33, which leaves 0.01; the rest is floating point."""

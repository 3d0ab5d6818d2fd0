"""SJ318: a loop within `parallel` fits into one execution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sojourn.domain.journey.model.steps import Goto
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class LongLoopInParallel(Rule):
    """A loop within a path of a `parallel` step goes round a limited number of times.

    What:
        A `goto` within a `parallel` path, its rounds and the path's steps multiplied, can come to more than 1,600
        steps.
    Why:
        An execution on AWS keeps a history of 25,000 events. A loop outside of `parallel` is continued in a new
        execution before that; one within cannot be, while the other paths are under way.
    Instead of:
        steps:
          - parallel:
              remind: [{id: remind, send: reminder}, {wait: 1 hour}, {goto: remind, at_most: 1000}]
              listen: [{wait: 1 day}]
    Write:
        steps:
          - parallel:
              remind: [{id: remind, send: reminder}, {wait: 1 day}, {goto: remind, at_most: 10}]
              listen: [{wait: 1 day}]
    """

    code = "SJ318"
    name = "long-loop-in-parallel"

    def check(self, context: Context) -> Iterator[Finding]:
        """Multiply each jump's rounds with the steps of its path."""
        for view in context.journeys.values():
            for node in view.nodes:
                step = node.step
                if not isinstance(step, Goto) or not node.inside or step.at_most is None:
                    continue
                steps = sum(1 for other in view.nodes if other.inside[: len(node.inside)] == node.inside)
                if step.at_most * steps > MOST:
                    yield self.finding(
                        f'"{node.id}" goes round up to {step.at_most:,} times over {steps} steps, inside the parallel '
                        f'step "{node.inside[-1][0]}"',
                        view.file,
                        step.place("at_most"),
                        f"write `at_most: {max(1, MOST // steps)}` or less, or move the loop behind the parallel step",
                    )


MOST: Final = 1_600
"""25,000 events, less a fifth to spare, at twelve events a step."""

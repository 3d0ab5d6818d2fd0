"""SJ305: jumps respect the paths of `parallel`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Goto
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class JumpAcrossParallel(Rule):
    """A jump stays within its path of a parallel step.

    What:
        A `goto` leads out of a path of `parallel`, or into one.
    Why:
        The paths are walked at the same time and end together. Jumping out of one would leave the others behind;
        jumping into one would walk it alone.
    Instead of:
        steps:
          - {id: first, send: reminder}
          - parallel:
              reminding: [{wait: 1 day}, {goto: first, at_most: 2}]
              asking: [{wait: 2 days}]
    Write:
        steps:
          - {id: first, send: reminder}
          - parallel:
              reminding: [{wait: 1 day}]
              asking: [{wait: 2 days}]
          - {goto: first, at_most: 2}
    """

    code = "SJ305"
    name = "jump-across-parallel"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the paths around a jump with those around its target."""
        for view in context.journeys.values():
            for node in view.steps_of(Goto):
                target = view.flow.nodes.get(node.step.goto) if isinstance(node.step, Goto) else None
                if target is None or target.inside == node.inside or not target.named:
                    continue
                out = node.inside[: len(target.inside)] == target.inside
                where = node.inside[len(target.inside)] if out else target.inside[-1]
                yield self.finding(
                    f'jumping to "{target.id}" leads {"out of" if out else "into"} path "{where[1]}" of "{where[0]}"',
                    view.file,
                    node.step.place("goto"),
                    "jump to a step of the same path, or from behind the parallel step",
                )

"""SJ301: no step stands where nobody comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnreachableStep(Rule):
    """Every step can be reached.

    What:
        No run can come to a step, because every way before it ends or jumps elsewhere.
    Why:
        Somebody wrote it for a reason, and nobody will ever see it.
    Instead of:
        steps:
          - exit: done
          - {id: reminder, send: reminder}
    Write:
        steps:
          - {id: reminder, send: reminder}
          - exit: done
    """

    code = "SJ301"
    name = "unreachable-step"
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Report the first step of each stretch that no run comes to."""
        for view in context.journeys.values():
            lost = {node.loc for node in view.nodes if node.id not in view.reachable}
            for node in view.nodes:
                before = (*node.loc[:-1], int(node.loc[-1]) - 1)
                within = any(node.loc[:length] in lost for length in range(2, len(node.loc)))
                if node.loc in lost and before not in lost and not within:
                    yield self.finding(
                        f'no run can come to step "{node.id}"',
                        view.file,
                        view.step_place(node),
                        "every way before it ends the run or jumps away; delete it, or move it before them",
                    )

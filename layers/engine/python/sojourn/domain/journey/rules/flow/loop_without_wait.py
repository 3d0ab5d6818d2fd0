"""SJ303: going round takes time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Goto
from sojourn.domain.journey.rules.loops import closes, in_loops, takes_time
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class LoopWithoutWait(Rule):
    """Every loop waits somewhere.

    What:
        A jump goes back to an earlier step, and nothing on the way round waits.
    Why:
        All rounds would happen in the same second: the same message several times at once.
    Instead of:
        steps:
          - {id: again, send: reminder}
          - {goto: again, at_most: 3}
    Write:
        steps:
          - {id: again, send: reminder}
          - wait: 7 days
          - {goto: again, at_most: 3}
    """

    code = "SJ303"
    name = "loop-without-wait"
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Report the jumps that close a loop in which no step takes time."""
        for view in context.journeys.values():
            jumps = [node for node in view.steps_of(Goto) if node.id in view.reachable]
            hurried = in_loops(view, lambda node: not takes_time(node.step)) if jumps else {}
            for node in jumps:
                if isinstance(node.step, Goto) and closes(hurried, node.id, node.step.goto):
                    yield self.finding(
                        f'the loop back to "{node.step.goto}" contains no wait',
                        view.file,
                        node.step.place("goto"),
                        "add a `wait` to it",
                    )

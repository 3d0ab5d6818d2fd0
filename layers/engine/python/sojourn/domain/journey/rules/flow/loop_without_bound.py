"""SJ304: loops are bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Goto
from sojourn.domain.journey.rules.loops import closes, in_loops, is_endless
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class LoopWithoutBound(Rule):
    """Every loop says how often it may go round.

    What:
        A jump goes back to an earlier step without `at_most`.
    Why:
        A condition that is meant to end the loop can stay false for years, and the customer gets the same message
        every week until then.
    Instead of:
        steps:
          - {id: again, send: reminder}
          - wait: 7 days
          - branch:
              - when: did("order_completed", "7 days")
                steps: [{exit: bought}]
              - else: [{goto: again}]
    Write:
        steps:
          - {id: again, send: reminder}
          - wait: 7 days
          - branch:
              - when: did("order_completed", "7 days")
                steps: [{exit: bought}]
              - else: [{goto: again, at_most: 3}]
    """

    code = "SJ304"
    name = "loop-without-bound"
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Report the jumps that close a loop and have no bound, unless they never end at all."""
        for view in context.journeys.values():
            jumps = [
                node
                for node in view.steps_of(Goto)
                if isinstance(node.step, Goto) and node.step.at_most is None
            ]
            loops = in_loops(view, lambda _: True) if jumps else {}
            for node in jumps:
                if (
                    isinstance(node.step, Goto)
                    and closes(loops, node.id, node.step.goto)
                    and not is_endless(view, node)
                ):
                    yield self.finding(
                        f'going back to "{node.step.goto}" has no bound',
                        view.file,
                        node.step.place("goto"),
                        "add `at_most: 3`; then the run goes on with the next step",
                    )

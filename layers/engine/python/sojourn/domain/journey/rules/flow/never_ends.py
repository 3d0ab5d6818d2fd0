"""SJ302: no path goes round for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Goto
from sojourn.domain.journey.rules.loops import is_endless
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class NeverEnds(Rule):
    """Every run can come to an end.

    What:
        From this jump on, a run goes round for ever: there is no way out of the loop.
    Why:
        The customer would stay in the journey for good, get its messages again and again, and could not enter it
        anew.
    Instead of:
        steps:
          - {id: again, send: reminder}
          - wait: 7 days
          - goto: again
    Write:
        steps:
          - {id: again, send: reminder}
          - wait: 7 days
          - {goto: again, at_most: 3}
    """

    code = "SJ302"
    name = "never-ends"
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Report the jumps from which the end cannot be reached."""
        for view in context.journeys.values():
            for node in view.steps_of(Goto):
                if isinstance(node.step, Goto) and is_endless(view, node):
                    yield self.finding(
                        f'going back to "{node.step.goto}" from here never ends',
                        view.file,
                        node.step.place("goto"),
                        "add `at_most: 3`, or a path in the loop that leaves it",
                    )

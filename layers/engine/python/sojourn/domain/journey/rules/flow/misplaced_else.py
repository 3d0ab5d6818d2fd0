"""SJ306: `else` stands last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Branch
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class MisplacedElse(Rule):
    """A branch has at most one `else`, and it comes last.

    What:
        After an `else` there are further cases.
    Why:
        `else` takes everybody who is left, so nobody would come to the cases below it.
    Instead of:
        steps:
          - branch:
              - else: []
              - when: customer.plan == "pro"
                steps: [{send: reminder}]
    Write:
        steps:
          - branch:
              - when: customer.plan == "pro"
                steps: [{send: reminder}]
              - else: []
    """

    code = "SJ306"
    name = "misplaced-else"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for cases behind an `else`."""
        for view in context.journeys.values():
            for node in view.steps_of(Branch):
                cases = node.step.branch if isinstance(node.step, Branch) else ()
                for case in cases[:-1]:
                    if case.else_ is not None:
                        yield self.finding(
                            f'"else" of the branch "{node.id}" is not its last case',
                            view.file,
                            case.key_place("else"),
                            "move it to the end, and keep one",
                        )

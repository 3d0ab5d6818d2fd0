"""SJ307: a case says when it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Branch
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnclearCase(Rule):
    """A case of a branch says either `when` or `else`.

    What:
        A case has neither of them, or both, or `steps` beside `else`.
    Why:
        It cannot be told who takes this path, or which steps they take.
    Instead of:
        steps:
          - branch:
              - steps: [{send: reminder}]
              - else: []
    Write:
        steps:
          - branch:
              - when: customer.plan == "pro"
                steps: [{send: reminder}]
              - else: []
    """

    code = "SJ307"
    name = "unclear-case"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the keys of every case."""
        for view in context.journeys.values():
            for node in view.steps_of(Branch):
                for case in node.step.branch if isinstance(node.step, Branch) else ():
                    if case.when is None and case.else_ is None:
                        said, help_ = "a case says neither `when` nor `else`", "add `when:` with a condition"
                    elif case.when is not None and case.else_ is not None:
                        said, help_ = "a case says both `when` and `else`", "make `else` a case of its own"
                    elif case.else_ is not None and case.steps:
                        said, help_ = (
                            "a case has steps under both `else` and `steps`",
                            "keep the steps under `else`",
                        )
                    else:
                        continue
                    yield self.finding(said, view.file, case.span, help_)

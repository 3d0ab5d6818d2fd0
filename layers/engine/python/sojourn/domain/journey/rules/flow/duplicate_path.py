"""SJ315: paths have names of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.flow import paths_of
from sojourn.domain.journey.model.steps import Branch
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class DuplicatePath(Rule):
    """The paths of a branch have different names.

    What:
        Two cases of a branch have the same `name`.
    Why:
        `steps.<id>.path` and reports would mix them up.
    Instead of:
        steps:
          - branch:
              - {when: customer.lifetime_value > 500, name: regular, steps: [{send: reminder}]}
              - {when: customer.lifetime_value > 100, name: regular}
    Write:
        steps:
          - branch:
              - {when: customer.lifetime_value > 500, name: generous, steps: [{send: reminder}]}
              - {when: customer.lifetime_value > 100, name: regular}
    """

    code = "SJ315"
    name = "duplicate-path"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the names that paths have in the flow."""
        for view in context.journeys.values():
            for node in view.steps_of(Branch):
                cases = node.step.branch if isinstance(node.step, Branch) else ()
                seen: set[str] = set()
                for case, path in zip(cases, paths_of(node.step), strict=True):
                    if path.name in seen and case.name is not None:
                        yield self.finding(
                            f'"{path.name}" is the name of two paths of "{node.id}"',
                            view.file,
                            case.place("name"),
                            "give this one another name",
                        )
                    elif case.name == "else" and case.else_ is None:
                        yield self.finding(
                            f'"else" is the name of the path that is left, not of one of "{node.id}"',
                            view.file,
                            case.place("name"),
                            "give this one another name",
                        )
                    seen.add(path.name)

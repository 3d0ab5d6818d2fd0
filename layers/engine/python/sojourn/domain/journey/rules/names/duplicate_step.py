"""SJ121: no two steps of one id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class DuplicateStep(Rule):
    """A step's id is its own within the journey.

    What:
        Two steps of one journey have the same id.
    Why:
        Conditions (`steps.reminder.sent`), jumps and reports name a step by its id and could mean either.
    Instead of:
        steps:
          - {id: reminder, send: reminder}
          - wait: 1 day
          - {id: reminder, send: reminder}
    Write:
        steps:
          - {id: reminder, send: reminder}
          - wait: 1 day
          - {id: second_reminder, send: reminder}
    """

    code = "SJ121"
    name = "duplicate-step"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the ids given with the ids that the flow could grant."""
        for view in context.journeys.values():
            for node in view.nodes:
                if node.step.id is not None and node.step.id != node.id:
                    first = view.named[node.step.id].place("id")
                    yield self.finding(
                        f'"{node.step.id}" is the id of two steps',
                        view.file,
                        node.step.place("id"),
                        f"the first stands in line {first.line}; give this one a name of its own",
                    )

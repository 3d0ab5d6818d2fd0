"""SJ138: a step that is asked about can have done what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.journey.rules.step_references import references_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class WrongKindOfStep(Rule):
    """Only what a step sends can be opened, clicked or answered; only a task can be completed.

    What:
        A `wait_for` or a scenario names a step that exists but does something else.
    Why:
        It would wait for something that cannot happen.
    Instead of:
        steps:
          - {id: pause, wait: 2 hours}
          - wait_for: [{clicked: pause, steps: [{exit: came-back}]}]
            up_to: 3 days
    Write:
        steps:
          - {id: reminder, send: reminder}
          - wait_for: [{clicked: reminder, steps: [{exit: came-back}]}]
            up_to: 3 days
    """

    code = "SJ138"
    name = "wrong-kind-of-step"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the verb of each step named with the verb that is needed."""
        for view in context.journeys.values():
            for reference in references_of(view):
                step = view.named.get(reference.step)
                if step is not None and step.verb != reference.verb:
                    able = [name for name, other in view.named.items() if other.verb == reference.verb]
                    yield self.finding(
                        f'"{reference.step}" is a `{step.verb}` step, so it cannot be {reference.said}',
                        reference.file,
                        reference.span,
                        f"name a `{reference.verb}` step" + (f": {', '.join(able)}" if able else ""),
                    )

"""SJ204: no wait for something without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.flow import release_names
from sojourn.domain.journey.model.steps import Task, WaitFor
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class WaitWithoutLimit(Rule):
    """What waits for something gives up some time.

    What:
        A `wait_for` or a `task` has no `up_to`.
    Why:
        What it waits for may never come. Then the customer stays in this step for ever, and cannot enter the journey
        again either.
    Instead of:
        steps:
          - wait_for: [{event: order_completed, steps: [{exit: purchased}]}]
    Write:
        steps:
          - wait_for: [{event: order_completed, steps: [{exit: purchased}]}]
            up_to: 14 days
    """

    code = "SJ204"
    name = "wait-without-limit"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for `up_to`."""
        for view in context.journeys.values():
            for node in view.steps_of(WaitFor, Task):
                step = node.step
                if isinstance(step, WaitFor | Task) and step.up_to is None:
                    what = _awaited(step)
                    yield self.finding(
                        f'step "{node.id}" waits for {what} but never gives up',
                        view.file,
                        view.step_place(node),
                        "add `up_to: 14 days`, and `otherwise:` for what follows then",
                    )


def _awaited(step: WaitFor | Task) -> str:
    if isinstance(step, Task):
        return f'"{step.task}"'
    return " or ".join(f'"{name}"' for name in release_names(step))

"""SJ211: waits within `parallel` end before the execution does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sojourn.domain.journey.model.steps import StepBase, Task, Wait, WaitFor
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.durations import DurationError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class LongWaitInParallel(Rule):
    """A path of a `parallel` step waits less than a year.

    What:
        A step within a `parallel` path waits more than 350 days.
    Why:
        An execution on AWS ends after a year. A run that waits longer goes on in a new execution, which is not
        possible while several of its paths are under way.
    Instead of:
        steps:
          - parallel:
              renewal: [{wait: 360 days}, {send: reminder}]
              welcome: [{wait: 1 day}]
    Write:
        steps:
          - parallel:
              renewal: [{wait: 30 days}, {send: reminder}]
              welcome: [{wait: 1 day}]
          - wait: 360 days
    """

    code = "SJ211"
    name = "long-wait-in-parallel"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read the waits inside of `parallel`."""
        for view in context.journeys.values():
            for node in view.nodes:
                text, key = _limit(node.step) if node.inside else ("", "")
                try:
                    long = bool(text) and parse_duration(text) > MOST
                except DurationError:
                    continue
                if long:
                    yield self.finding(
                        f'step "{node.id}" can wait {text} inside the parallel step "{node.inside[-1][0]}"',
                        view.file,
                        node.step.place(key),
                        f"wait at most {MOST.days} days there, or move the wait behind it",
                    )


MOST: Final = timedelta(days=350)
"""A year, which is an execution's limit, less what the steps around a wait may take."""


def _limit(step: StepBase) -> tuple[str, str]:
    if isinstance(step, Wait) and isinstance(step.wait, str):
        return step.wait, "wait"
    if isinstance(step, WaitFor | Task) and step.up_to is not None:
        return step.up_to, "up_to"
    return "", ""

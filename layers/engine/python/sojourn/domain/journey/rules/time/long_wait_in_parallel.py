"""SJ211: waits within `parallel` end before the execution does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sojourn.domain.findings import Severity
from sojourn.domain.journey.model.steps import Goto, Parallel, StepBase, Task, Until, Wait, WaitFor
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.durations import DurationError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.flow import Flow
    from sojourn.domain.journey.rules.context import Context


class LongWaitInParallel(Rule):
    """A path of a `parallel` step waits less than a year.

    What:
        The waits and limits along a path of a `parallel` step add up to more than 350 days, or one of them ends at a
        date that is only known when a customer comes there.
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
        """Add up the waits along each path of each `parallel`; point at waits whose end is only known then."""
        for view in context.journeys.values():
            for node in view.steps_of(Parallel):
                for edge in view.flow.out(node.id):
                    longest = _longest(view.flow, (node.id, edge.path), edge.target)
                    if longest > MOST:
                        yield self.finding(
                            f'path "{edge.path}" of the parallel step "{node.id}" can wait {longest.days} days in all',
                            view.file,
                            node.step.key_place("parallel", edge.path),
                            f"wait at most {MOST.days} days there, or move waits behind the parallel step",
                        )
            for node in view.steps_of(Wait):
                if node.inside and (until := _far_end(node.step)):
                    yield self.finding(
                        f'step "{node.id}" waits until "{until}" inside the parallel step "{node.inside[-1][0]}": '
                        "should that be more than half a year away, the run fails",
                        view.file,
                        node.step.place("wait", "until"),
                        "move the wait before or behind the parallel step",
                        Severity.WARNING,
                    )


MOST: Final = timedelta(days=350)
"""A year, which is an execution's limit, less what the steps around a wait may take."""


_LONGEST: Final = timedelta(days=36_500)


def _longest(flow: Flow, lane: tuple[str, str], start: str) -> timedelta:
    """Return how long the way through a path of a `parallel` can wait, every loop in it gone round to the last."""
    members = {node.id: node for node in flow.nodes.values() if lane in node.inside}
    rounds = 1 + sum(n.step.at_most or 1 for n in members.values() if isinstance(n.step, Goto))
    found: dict[str, timedelta] = {}

    def way(target: str, under: frozenset[str]) -> timedelta:
        if target not in members or target in under:
            return timedelta(0)
        if target not in found:
            ways = [edge.target for edge in flow.out(target) if edge.path != "again"]
            longest = max((way(to, under | {target}) for to in ways), default=timedelta(0))
            found[target] = min(_limit(members[target].step) + longest, _LONGEST)
        return found[target]

    return min(way(start, frozenset()) * rounds, _LONGEST)


def _limit(step: StepBase) -> timedelta:
    text = step.wait if isinstance(step, Wait) else step.up_to if isinstance(step, WaitFor | Task) else None
    try:
        return parse_duration(text) if isinstance(text, str) else timedelta(0)
    except DurationError:
        return timedelta(0)


def _far_end(step: StepBase) -> str:
    """Return what a wait is until, where that can be any day: a date, or one read from the customer or the entry."""
    if isinstance(step, Wait) and isinstance(step.wait, Until):
        until = step.wait.until
        if "." in until or until[:4].isdigit():
            return until
    return ""

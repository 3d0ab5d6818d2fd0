"""SJ607: no outcome before its step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.domain.condition.references import references
from sojourn.domain.findings import Severity
from sojourn.domain.journey.model.steps import WaitFor
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.places import Span


class OutcomeTooEarly(Rule):
    """What a step came to is asked only after that step.

    What:
        A condition or a `wait_for` asks about a step that no run can have come to before.
    Why:
        The step has no outcome yet, so the condition is never true and everybody takes the other path.
    Instead of:
        steps:
          - branch:
              - when: steps.reminder.sent
                steps: [{exit: reminded}]
              - else: []
          - {id: reminder, send: reminder}
    Write:
        steps:
          - {id: reminder, send: reminder}
          - branch:
              - when: steps.reminder.sent
                steps: [{exit: reminded}]
              - else: []
    """

    code = "SJ607"
    name = "outcome-too-early"
    severity = Severity.WARNING
    needs_journey = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the place of each question with that of the step it is about."""
        for checked in context.texts.checked:
            place = checked.place
            if place.view is None or place.node is None or not _ASKS.search(place.text):
                continue
            for one in references(place.expression):
                step = (
                    str(one.path[1])
                    if len(one.path) > 1 and one.path[0] in ("steps", "opened", "clicked")
                    else ""
                )
                if step in place.view.named and not place.view.may_precede(step, place.node.id):
                    yield self._early(place.file, place.span(one.offset, one.length), step)
        for view in context.journeys.values():
            for node in view.steps_of(WaitFor):
                for release in node.step.wait_for if isinstance(node.step, WaitFor) else ():
                    for kind in ("opened", "clicked", "replied"):
                        step = getattr(release, kind) or ""
                        if step in view.named and not view.may_precede(step, node.id):
                            yield self._early(view.file, release.place(kind), step)

    def _early(self, file: str, span: Span, step: str) -> Finding:
        return self.finding(
            f'no run has walked step "{step}" when it comes here', file, span, "ask about it in a later step"
        )


_ASKS = re.compile(r"\bsteps\b|\bopened\b|\bclicked\b")

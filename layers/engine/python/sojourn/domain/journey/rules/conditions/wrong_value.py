"""SJ608: values fit their declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.values import expression_in
from sojourn.domain.journey.model.steps import Emit, StepBase, Update
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.journey.rules.values import objection, objection_to_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.model.workspace import Property
    from sojourn.domain.journey.rules.context import Context


class WrongValue(Rule):
    """A value that is set fits what it is set to.

    What:
        An `update` gives an attribute, or an `emit` gives a property, a value of another type or none of those that
        `one_of` allows.
    Why:
        Conditions on it are checked against the declared type, and would never be true.
    Instead of:
        steps:
          - update: {cart_interest: hihg}
    Write:
        steps:
          - update: {cart_interest: high}
    """

    code = "SJ608"
    name = "wrong-value"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare every literal and every expression with what is declared."""
        for view in context.journeys.values():
            for node in view.steps_of(Update, Emit):
                key, values, declared = _set_by(node.step, context)
                for name, value in values.items():
                    literal = name in declared and expression_in(value) is None
                    if literal and (wrong := objection(name, value, declared[name])):
                        yield self.finding(wrong[0], view.file, node.step.place(key, name), wrong[1])
        for checked in context.texts.checked:
            place = checked.place
            if checked.problems or not place.direct or place.node is None:
                continue
            declared = _set_by(place.node.step, context)[2]
            if place.under in declared:
                wrong = objection_to_type(place.under, checked.type, declared[place.under])
                if wrong:
                    yield self.finding(wrong[0], place.file, place.span(0, len(place.expression)), wrong[1])


def _set_by(step: StepBase, context: Context) -> tuple[str, Mapping[str, Any], Mapping[str, Property]]:
    """Return under which key a step sets what to what, and how that is declared."""
    if isinstance(step, Update):
        return "update", step.update, context.workspace.attributes
    if isinstance(step, Emit):
        return "with", step.with_, context.workspace.events.get(step.emit, {})
    return "", {}, {}

"""SJ605: problems of the kind `type`, as the condition room finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class ConditionType(Rule):
    """What is compared or computed fits together.

    What:
        A condition compares a number with text, calls a function with the wrong kind of value, or is not true or
        false in the end.
    Why:
        Such a comparison is never true, so everybody would take the other path.
    Instead of:
        enter: {on: cart_updated, where: event.total > "20"}
    Write:
        enter: {on: cart_updated, where: event.total > 20}
    """

    code = "SJ605"
    name = "condition-type"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what checking every text found."""
        yield from context.texts.findings(self, "type")

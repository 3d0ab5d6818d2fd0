"""SJ601: problems of the kind `syntax`, as the condition room finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class ConditionSyntax(Rule):
    """A condition follows the grammar of CEL.

    What:
        A condition or value expression cannot be read: a bracket is open, an operator is missing or not CEL's.
    Why:
        Nothing can be decided by it. Conditions are written in CEL (https://cel.dev): `==`, `&&`, `||`, `!`, text in
        quotes.
    Instead of:
        enter: {on: cart_updated, where: event.total > 20 and size(event.items) > 0}
    Write:
        enter: {on: cart_updated, where: event.total > 20 && size(event.items) > 0}
    """

    code = "SJ601"
    name = "condition-syntax"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what checking every text found."""
        yield from context.texts.findings(self, "syntax")

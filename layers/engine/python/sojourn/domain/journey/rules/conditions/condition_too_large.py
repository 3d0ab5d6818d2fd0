"""SJ602: problems of the kind `too-large`, as the condition room finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class ConditionTooLarge(Rule):
    """A condition is small enough to be decided at once.

    What:
        A condition is very long, very deeply nested, or loops within loops.
    Why:
        It is evaluated for every customer and every event, so it must not take longer than the rest of the journey.
    Instead of:
        enter:
          on: cart_updated
          where: event.items.all(a, event.items.all(b, event.items.all(c, event.items.all(d, a == d))))
    Write:
        enter:
          on: cart_updated
          where: event.items.exists(a, a == "gift-card")
    """

    code = "SJ602"
    name = "condition-too-large"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what checking every text found."""
        yield from context.texts.findings(self, "too-large")

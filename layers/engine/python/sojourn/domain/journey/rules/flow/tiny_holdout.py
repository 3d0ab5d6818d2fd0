"""SJ321: a holdout is written in per cent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class TinyHoldout(Rule):
    """A holdout of less than one per cent says so with its sign.

    What:
        `holdout` is a bare number between 0 and 1.
    Why:
        Numbers are per cent here: 0.1 keeps one customer in a thousand apart, too few to compare anything with. Who
        writes 0.1 mostly means 10 %.
    Instead of:
        enter: {on: cart_updated, holdout: 0.1}
        goal: {event: order_completed}
        steps:
          - {id: reminder, send: reminder}
    Write:
        enter: {on: cart_updated, holdout: 10%}
        goal: {event: order_completed}
        steps:
          - {id: reminder, send: reminder}
    """

    code = "SJ321"
    name = "tiny-holdout"
    severity = Severity.WARNING

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at how each holdout was written."""
        for view in context.journeys.values():
            enter = view.journey.enter
            written = enter.raw("holdout")
            if isinstance(written, float) and 0 < written < 1:
                yield self.finding(
                    f"`holdout: {written:g}` is {written:g} %, {written * 10:g} customers in a thousand",
                    view.file,
                    enter.place("holdout"),
                    f"write `{written * 100:g}%` if that is what is meant, or `{written:g}%`",
                )

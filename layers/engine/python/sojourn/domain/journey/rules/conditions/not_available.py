"""SJ606: problems of the kind `not-available`, as the condition room finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class NotAvailable(Rule):
    """A condition reads only what is at hand at its place.

    What:
        A condition reads `event` where no event is at hand, or `entry` and `steps` where there is no run yet.
    Why:
        `event` exists inside `where` and `key` only; `entry` is what started the run and exists from its first step.
    Instead of:
        steps:
          - branch:
              - when: event.total > 100
                steps: [{send: reminder}]
              - else: []
    Write:
        steps:
          - branch:
              - when: entry.total > 100
                steps: [{send: reminder}]
              - else: []
    """

    code = "SJ606"
    name = "not-available"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what checking every text found."""
        yield from context.texts.findings(self, "not-available")

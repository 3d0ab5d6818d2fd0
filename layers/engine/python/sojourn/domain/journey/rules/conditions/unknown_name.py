"""SJ603: problems of the kind `unknown-name`, as the condition room finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnknownName(Rule):
    """A bare word in a condition is one of the language's names.

    What:
        A condition has a word that is neither `customer`, `entry`, `event`, `steps`, `now`, `true` nor `false`, or
        names a channel that does not exist.
    Why:
        Attributes are read as `customer.plan` and text stands in quotes; a bare word means nothing.
    Instead of:
        steps:
          - branch:
              - when: customer.plan == pro
                steps: [{send: reminder}]
              - else: []
    Write:
        steps:
          - branch:
              - when: customer.plan == "pro"
                steps: [{send: reminder}]
              - else: []
    """

    code = "SJ603"
    name = "unknown-name"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what checking every text found."""
        yield from context.texts.findings(self, "unknown-name")

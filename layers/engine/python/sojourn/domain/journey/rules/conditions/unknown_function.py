"""SJ604: problems of the kind `unknown-function`, as the condition room finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class UnknownFunction(Rule):
    """A function in a condition is one the language has.

    What:
        A condition calls a function that does not exist.
    Why:
        The language has `did`, `times`, `last`, `in_segment`, `opened`, `clicked`, `consented`, `reachable`, `local`
        and the functions of CEL, no others.
    Instead of:
        steps:
          - branch:
              - when: has_done("order_completed", "7 days")
                steps: [{send: reminder}]
              - else: []
    Write:
        steps:
          - branch:
              - when: did("order_completed", "7 days")
                steps: [{send: reminder}]
              - else: []
    """

    code = "SJ604"
    name = "unknown-function"

    def check(self, context: Context) -> Iterator[Finding]:
        """Take what checking every text found."""
        yield from context.texts.findings(self, "unknown-function")

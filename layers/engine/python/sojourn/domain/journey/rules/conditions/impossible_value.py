"""SJ609: conditions ask for values that there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sojourn.domain.condition.comparisons import comparisons
from sojourn.domain.findings import did_you_mean
from sojourn.domain.journey.rules.declared_values import values_at
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.journey.rules.values import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class ImpossibleValue(Rule):
    """A condition compares with a value that there can be.

    What:
        An attribute or property is compared with a value that its `one_of` in `workspace.yaml` does not have.
    Why:
        Nobody ever has that value, so everybody takes the same path.
    Instead of:
        steps:
          - branch:
              - {when: customer.plan == "prox", steps: [{exit: paying}]}
          - wait: 2 hours
    Write:
        steps:
          - branch:
              - {when: customer.plan == "pro", steps: [{exit: paying}]}
          - wait: 2 hours
    """

    code = "SJ609"
    name = "impossible-value"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look up what each comparison of a text without mistakes compares."""
        for checked in context.texts.checked:
            place = checked.place
            if checked.problems or not _COMPARES.search(place.expression):
                continue
            for found in comparisons(place.expression):
                allowed = values_at(place, found.path, context)
                if allowed is not None and found.value not in allowed:
                    yield self.finding(
                        f'"{found.name}" is never {said(found.value)}',
                        place.file,
                        place.span(found.offset, found.length),
                        did_you_mean(str(found.value)[:100], [str(one) for one in allowed])
                        or "add it to its `one_of` in workspace.yaml",
                    )


_COMPARES: Final = re.compile(r"==|!=|\bin\b")

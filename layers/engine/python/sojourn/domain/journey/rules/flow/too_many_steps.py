"""SJ317: a journey fits into one state machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class TooManySteps(Rule):
    """A journey has at most 400 steps.

    What:
        The journey has more steps than one state machine can hold.
    Why:
        Step Functions takes definitions of up to a megabyte. A step compiles to one to two kilobytes, more with long
        conditions.
    Instead of:
        steps:
          - &many
            parallel:
              a: &ten [{wait: 1 hour}, {wait: 2 hours}, {wait: 3 hours}, {wait: 4 hours}, {wait: 5 hours},
                       {wait: 1 hour}, {wait: 2 hours}, {wait: 3 hours}, {wait: 4 hours}, {wait: 5 hours}]
              b: *ten
              c: *ten
              d: *ten
              e: *ten
              f: *ten
              g: *ten
              h: *ten
              i: *ten
              j: *ten
          - *many
          - *many
          - *many
    Write:
        steps:
          - {id: first, send: reminder}
          - wait: 1 day
          - {start: win-back}
    """

    code = "SJ317"
    name = "too-many-steps"

    def check(self, context: Context) -> Iterator[Finding]:
        """Count the steps of each journey."""
        for view in context.journeys.values():
            if (count := len(view.flow.nodes)) > MOST:
                yield self.finding(
                    f'"{view.journey.journey}" has {count:,} steps, at most {MOST} fit into a state machine',
                    view.file,
                    view.journey.key_place("steps"),
                    "move a part into a journey of its own and `start` it",
                )


MOST: Final = 400
"""Two kilobytes a step leave a fifth of the megabyte for long conditions."""

"""SJ202: every `until` names a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.model.steps import Until, Wait
from sojourn.domain.journey.rules.durations import LAST_YEAR
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.wall_clock import Instant, LocalDateTime, parse_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadUntil(Rule):
    """A wait until some time names a time.

    What:
        `until` holds something that is no time of day, weekday with a time, date, or time of the entry or customer; or
        a date after the year 2199.
    Why:
        The run would not know when to go on.
    Instead of:
        steps:
          - wait: {until: "9 o'clock"}
    Write:
        steps:
          - wait: {until: "09:00"}
    """

    code = "SJ202"
    name = "bad-until"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read every `until`, and ask whether what it looks up can be a time."""
        for view in context.journeys.values():
            for node in view.steps_of(Wait):
                if isinstance(node.step, Wait) and isinstance(node.step.wait, Until):
                    at = node.step.wait.place("until")
                    try:
                        until = parse_until(node.step.wait.until)
                    except TimeError as error:
                        yield self.finding(error.message, view.file, at, error.help)
                        continue
                    if isinstance(until, LocalDateTime | Instant) and until.at.year > LAST_YEAR:
                        yield self.finding(
                            f"nobody waits until the year {until.at.year}",
                            view.file,
                            at,
                            f"write a date before {LAST_YEAR + 1}",
                        )
        for checked in context.texts.checked:
            place = checked.place
            if place.under == "until" and not checked.problems and checked.type not in _TIMES:
                yield self.finding(
                    f'"{place.expression}" is a {checked.type}, not a date or time',
                    place.file,
                    place.span(0, len(place.expression)),
                    "name a property or attribute of the type date or time",
                )


_TIMES = (ValueType.DATE, ValueType.TIME, ValueType.STRING, ValueType.ANY)

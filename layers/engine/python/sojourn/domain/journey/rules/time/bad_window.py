"""SJ203: both ends of a window are times of day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.model.steps import Between, Wait
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.clock_words import parse_time_of_day, parse_weekday
from sojourn.domain.time.errors import TimeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadWindow(Rule):
    """A window is written as two times of day, and its days as weekdays.

    What:
        `between` holds something that is no time of day, or `days` something that is no weekday.
    Why:
        It cannot be told when the window is open.
    Instead of:
        steps:
          - wait: {between: ["9", "5"], days: [weekdays]}
    Write:
        steps:
          - wait: {between: ["09:00", "17:00"], days: [mon, tue, wed, thu, fri]}
    """

    code = "SJ203"
    name = "bad-window"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read both times and every day."""
        for view in context.journeys.values():
            for node in view.steps_of(Wait):
                wait = node.step.wait if isinstance(node.step, Wait) else None
                if not isinstance(wait, Between):
                    continue
                for index, text in enumerate(wait.between):
                    try:
                        parse_time_of_day(text)
                    except TimeError as error:
                        yield self.finding(error.message, view.file, wait.place("between", index), error.help)
                for index, day in enumerate(wait.days or ()):
                    try:
                        parse_weekday(day)
                    except TimeError as error:
                        yield self.finding(error.message, view.file, wait.place("days", index), error.help)

"""SJ207: schedules can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.schedules import parse_schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadSchedule(Rule):
    """A schedule says daily, weekly or monthly, and a time.

    What:
        The schedule of an entry cannot be read.
    Why:
        It cannot be told when customers enter.
    Instead of:
        enter: {segment: lapsed, schedule: every monday}
    Write:
        enter: {segment: lapsed, schedule: weekly mon 09:00}
    """

    code = "SJ207"
    name = "bad-schedule"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read every schedule."""
        for view in context.journeys.values():
            enter = view.journey.enter
            if enter.schedule is not None:
                try:
                    parse_schedule(enter.schedule)
                except TimeError as error:
                    yield self.finding(error.message, view.file, enter.place("schedule"), error.help)

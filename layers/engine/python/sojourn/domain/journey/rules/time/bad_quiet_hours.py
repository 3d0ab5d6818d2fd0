"""SJ209: quiet hours can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.clock_words import parse_date, parse_time_of_day
from sojourn.domain.time.errors import TimeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadQuietHours(Rule):
    """Quiet hours are two times of day, closed days are dates.

    What:
        `from`, `to` or `closed` of the quiet hours cannot be read, or one of `from` and `to` is missing.
    Why:
        Without both ends it cannot be told when it is quiet, and somebody would be woken.
    Instead of:
        # file: workspace.yaml
        quiet_hours:
          sms: {from: 9pm, to: 8am}
    Write:
        # file: workspace.yaml
        quiet_hours:
          sms: {from: "21:00", to: "08:00"}
    """

    code = "SJ209"
    name = "bad-quiet-hours"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read every time and date of the quiet hours."""
        file = context.project.workspace_file
        for quiet in context.workspace.quiet_hours.values():
            for key, text in (("from", quiet.from_), ("to", quiet.to)):
                try:
                    if text is not None:
                        parse_time_of_day(text)
                except TimeError as error:
                    yield self.finding(error.message, file, quiet.place(key), error.help)
            if (quiet.from_ is None) != (quiet.to is None):
                missing = "from" if quiet.from_ is None else "to"
                yield self.finding(
                    f'quiet hours have no "{missing}"', file, quiet.span, "write both, or leave both out"
                )
            for index, day in enumerate(quiet.closed):
                try:
                    parse_date(day)
                except TimeError as error:
                    yield self.finding(error.message, file, quiet.place("closed", index), error.help)

"""SJ210: quiet hours are not the whole day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.clock_words import parse_time_of_day
from sojourn.domain.time.errors import TimeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class AlwaysQuiet(Rule):
    """Quiet hours leave some hours for sending.

    What:
        The quiet hours of a channel end at the time at which they begin.
    Why:
        Either the whole day is quiet, and nothing would ever be sent, or none of it is. Both are rarely meant.
    Instead of:
        # file: workspace.yaml
        quiet_hours:
          push: {from: "22:00", to: "22:00"}
    Write:
        # file: workspace.yaml
        quiet_hours:
          push: {from: "22:00", to: "07:00"}
    """

    code = "SJ210"
    name = "always-quiet"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare both ends."""
        for channel, quiet in context.workspace.quiet_hours.items():
            try:
                same = (
                    quiet.from_ and quiet.to and parse_time_of_day(quiet.from_) == parse_time_of_day(quiet.to)
                )
            except TimeError:
                continue
            if same:
                yield self.finding(
                    f'quiet hours of "{channel}" begin and end at "{quiet.from_}", so the whole day is quiet',
                    context.project.workspace_file,
                    quiet.place("to"),
                    "let them end at another time; for single days without sends use `closed`",
                )

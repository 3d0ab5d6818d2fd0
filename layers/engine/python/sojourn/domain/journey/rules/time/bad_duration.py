"""SJ201: every length of time can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.durations import durations_of
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.durations import DurationError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class BadDuration(Rule):
    """A length of time is written as numbers with units.

    What:
        A duration cannot be read, or counts in months or years.
    Why:
        Durations are exact: `1 day` is 24 hours. A month has no exact length, so it would mean something else to
        different readers.
    Instead of:
        steps:
          - wait: 1 month
    Write:
        steps:
          - wait: 30 days
    """

    code = "SJ201"
    name = "bad-duration"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read every duration."""
        for text, file, span in durations_of(context):
            try:
                parse_duration(text)
            except DurationError as error:
                yield self.finding(error.message, file, span, error.help)

"""SJ212: limits leave time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.domain.journey.rules.durations import limits_of
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.time.durations import DurationError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class LimitOfNothing(Rule):
    """What limits something is at least a second long.

    What:
        `up_to`, a goal's `within` or a cap's `per` is zero, or less than a second.
    Why:
        Nothing can happen in no time, so what it limits could as well not be there.
    Instead of:
        goal: {event: order_completed, within: 0 days}
    Write:
        goal: {event: order_completed, within: 7 days}
    """

    code = "SJ212"
    name = "limit-of-nothing"

    def check(self, context: Context) -> Iterator[Finding]:
        """Measure every limit that can be read."""
        for key, text, file, span in limits_of(context):
            try:
                length = parse_duration(text)
            except DurationError:
                continue  # SJ201 says so
            if length < timedelta(seconds=1):
                yield self.finding(
                    f'"{key}" is "{text}", in which nothing can happen', file, span, _HELP[key]
                )


_HELP = {
    "per": "write how long a send counts: `per: 7 days`",
    "within": "write how long the goal can be reached, or leave it away where it always can",
    "up_to": "write how long to wait: `up_to: 3 days`; what should follow at once needs no waiting",
}

"""The page of SJ112, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class MissingKey(Rule):
    """What cannot be guessed is written down.

    What:
        A mapping lacks a key it cannot do without.
    Why:
        There is no sensible default for it.
    Instead of:
        goal: {within: 7 days}
    Write:
        goal: {event: order_completed, within: 7 days}
    """

    code = "SJ112"
    name = "missing-key"
    found_by_reading = True

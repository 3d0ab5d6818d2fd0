"""The page of SJ114, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class UnknownValue(Rule):
    """Where a key has a fixed set of values, one of them is written.

    What:
        The value is none of those that its key can have.
    Why:
        It means nothing, so nothing sensible could be done.
    Instead of:
        kind: promotional
    Write:
        kind: marketing
    """

    code = "SJ114"
    name = "unknown-value"
    found_by_reading = True

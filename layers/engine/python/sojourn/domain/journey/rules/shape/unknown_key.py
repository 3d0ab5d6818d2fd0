"""The page of SJ110, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class UnknownKey(Rule):
    """Every key is one that the language knows.

    What:
        A mapping has a key that means nothing here, often a typing error or a key that belongs one level up.
    Why:
        A key that is not understood would be ignored, and the journey would run without it.
    Instead of:
        steps:
          - {id: reminder, send: reminder, when_quite: drop}
    Write:
        steps:
          - {id: reminder, send: reminder, when_quiet: drop}
    """

    code = "SJ110"
    name = "unknown-key"
    found_by_reading = True

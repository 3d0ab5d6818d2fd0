"""The page of SJ117, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class TwoVerbs(Rule):
    """A step does one thing.

    What:
        A step has two verbs, usually because the hyphen of the second was forgotten.
    Why:
        It cannot be told which comes first, or whether both are meant.
    Instead of:
        steps:
          - wait: 2 hours
            send: reminder
    Write:
        steps:
          - wait: 2 hours
          - send: reminder
    """

    code = "SJ117"
    name = "two-verbs"
    found_by_reading = True

"""The page of SJ111, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class UnknownVerb(Rule):
    """Every step does something that the language has a verb for.

    What:
        A step has none of the verbs wait, wait_for, send, branch, split, update, task, call, emit, start, goto,
        parallel, exit.
    Why:
        Nobody knows what should happen to a customer here.
    Instead of:
        steps:
          - delay: 2 hours
    Write:
        steps:
          - wait: 2 hours
    """

    code = "SJ111"
    name = "unknown-verb"
    found_by_reading = True

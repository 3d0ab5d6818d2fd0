"""The page of SJ113, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class WrongType(Rule):
    """A value has the form that its key asks for.

    What:
        There is text where a list is needed, a list where a number is needed, and so on.
    Why:
        It cannot be told what is meant.
    Instead of:
        steps:
          - {id: reminder, send: reminder, via: email}
    Write:
        steps:
          - {id: reminder, send: reminder, via: [email]}
    """

    code = "SJ113"
    name = "wrong-type"
    found_by_reading = True

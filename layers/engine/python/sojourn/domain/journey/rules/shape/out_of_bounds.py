"""The page of SJ116, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class OutOfBounds(Rule):
    """A value is neither too small, too large, too long nor too short.

    What:
        A number lies outside its range, a text is too long, or a list has too few or too many items.
    Why:
        Beyond these bounds a value has no meaning, or could not be stored.
    Instead of:
        enter: {on: cart_updated, holdout: 110%}
    Write:
        enter: {on: cart_updated, holdout: 10%}
    """

    code = "SJ116"
    name = "out-of-bounds"
    found_by_reading = True

"""The page of SJ119, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class DuplicateJourney(Rule):
    """A journey's name is its own.

    What:
        Two folders hold a journey of the same name.
    Why:
        Runs, reports and `start` steps know a journey by its name alone. Copied a folder? Give the copy a name.
    Instead of:
        # file: cart-again/journey.yaml
        journey: abandoned-cart
        steps: [{start: win-back}]
    Write:
        # file: cart-again/journey.yaml
        journey: cart-again
        steps: [{start: win-back}]
    """

    code = "SJ119"
    name = "duplicate-journey"
    found_by_reading = True

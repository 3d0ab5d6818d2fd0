"""The page of SJ106, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class DuplicateKey(Rule):
    """A key is written once in a mapping.

    What:
        The same key stands twice in one mapping; only the first is read.
    Why:
        Most tools silently keep one of the two, and not always the one you look at.
    Instead of:
        title: Win back a cart
        topic: cart-reminders
        title: Win back an abandoned cart
    Write:
        title: Win back an abandoned cart
        topic: cart-reminders
    """

    code = "SJ106"
    name = "duplicate-key"
    found_by_reading = True

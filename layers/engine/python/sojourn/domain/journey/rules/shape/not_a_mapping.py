"""The page of SJ120, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class NotAMapping(Rule):
    """A file is a mapping of keys to values.

    What:
        The file is a list, or a single value.
    Why:
        Without keys it cannot be told what the values are.
    Instead of:
        # file: segments.yaml
        - customer.lifetime_value > 500
    Write:
        # file: segments.yaml
        big-spenders: {when: customer.lifetime_value > 500}
    """

    code = "SJ120"
    name = "not-a-mapping"
    found_by_reading = True

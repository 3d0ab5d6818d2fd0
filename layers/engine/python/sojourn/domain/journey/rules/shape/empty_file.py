"""The page of SJ107, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class EmptyFile(Rule):
    """A file is not empty.

    What:
        The file holds nothing, or nothing but comments.
    Why:
        It looks as if its content had been lost.
    Instead of:
        # file: segments.yaml
        # nothing here yet
    Write:
        # file: segments.yaml
        big-spenders: {when: customer.lifetime_value > 500}
    """

    code = "SJ107"
    name = "empty-file"
    found_by_reading = True

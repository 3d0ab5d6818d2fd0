"""The page of SJ104, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class TooDeep(Rule):
    """Steps are nested at most 60 levels deep.

    What:
        Lists and mappings stand inside each other more than 60 levels deep.
    Why:
        Nobody can follow a journey this deep, and its picture would not fit on a wall.
    Instead of:
        title:
          [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
          [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
          ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    Write:
        steps:
          - wait: 2 hours
          - {start: win-back}
    """

    code = "SJ104"
    name = "too-deep"
    found_by_reading = True

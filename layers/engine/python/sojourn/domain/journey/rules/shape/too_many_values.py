"""The page of SJ105, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class TooManyValues(Rule):
    """A file stands for at most 50,000 values, aliases written out.

    What:
        Aliases (`*name`) repeat anchors (`&name`) which repeat others, and together they stand for more values than
        a file may hold.
    Why:
        A few short lines can stand for billions of values, which no machine can hold.
    Instead of:
        description:
          - &a [x, x, x, x, x, x, x, x, x, x]
          - &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
          - &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
          - &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
          - &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
    Write:
        steps:
          - wait: &pause 2 hours
          - {id: reminder, send: reminder, via: [email]}
          - wait: *pause
          - exit: done
    """

    code = "SJ105"
    name = "too-many-values"
    found_by_reading = True

"""A condition as a program for the runtime: its text, the variables it reads, and how large it may get.

It knows neither the tree it came from nor the runtime it goes to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sojourn.domain.condition.inputs import Input


class Mode(StrEnum):
    """What a variable holds of its input."""

    RAW = "raw"
    TIME = "time"  # an ISO text that timestamp() takes
    COMPARED = "compared"  # a date or time as canonical text, anything else as it is
    IS_TIME = "is time"
    MAYBE_TIME = "maybe time"  # as TIME, and unbound without complaint where it is none
    TEXT = "text"  # a number as string() should give it


@dataclass(slots=True)
class Emitted:
    """A program: its text, the variables by input and mode, and what its cost depends on.

    Args:
        uses: how often each input is read.
        loops, loop_depth: how many list macros there are, and how deep they nest.
        items_written: the items of lists and objects in the text itself.
        pattern_cost: of the costliest pattern, per character.
        searches: how often one computed text is looked for in another.
    """

    source: str = ""
    variables: dict[tuple[Input, Mode], str] = field(default_factory=dict)
    uses: dict[Input, int] = field(default_factory=dict)
    loops: int = 0
    loop_depth: int = 0
    items_written: int = 0
    pattern_cost: int = 0
    searches: int = 0

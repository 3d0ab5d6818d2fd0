"""Tables for a terminal of any width: words on the left, cut where there is no room, numbers on the right under a head.

A column that does not fit is left out, the last first; what is left out is somebody else's to say. It knows no journey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP = 2
LEAST = 12
"""Columns of the words, however little room there is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures; `cells` are as many as there are rows.

    Args:
        words: whether it holds words: then they begin on the left.
    """

    head: str
    cells: Sequence[str]
    words: bool = False

    @property
    def width(self) -> int:
        """So wide is it."""
        return max(len(self.head), *map(len, self.cells), 0)


def table(
    head: str, rows: Sequence[str], columns: Sequence[Column], width: int, indent: int = 2
) -> list[str]:
    """Return the lines of a table, the head first.

    Args:
        head: of the words on the left.
        rows: these words, one for each row.
        width: of the terminal, in columns.
    """
    wide = max(LEAST, *map(len, (head, *rows)))
    kept = list(columns)
    while len(kept) > 1 and indent + min(wide, 3 * LEAST) + _width(kept) > width:
        kept.pop()
    room = max(LEAST, min(wide, width - indent - _width(kept)))
    lines = [_line(head, [one.head for one in kept], kept, room, indent)]
    for place, words in enumerate(rows):
        lines.append(_line(words, [one.cells[place] for one in kept], kept, room, indent))
    return lines


def _width(columns: Sequence[Column]) -> int:
    return sum(one.width + GAP for one in columns)


def _line(words: str, cells: Sequence[str], columns: Sequence[Column], room: int, indent: int) -> str:
    told = words if len(words) <= room else f"{words[: room - 1]}…"
    figures = "".join(
        " " * GAP + (cell.ljust(one.width) if one.words else cell.rjust(one.width))
        for cell, one in zip(cells, columns, strict=True)
    )
    return f"{' ' * indent}{told:<{room}}{figures}".rstrip()

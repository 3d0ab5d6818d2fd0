"""Where something stands in a file a person wrote, so that any later stage can point at it.

Everything read from YAML keeps its place: mappings and lists are `Placed` and `PlacedList`, plain dicts and
lists that also know the span of every key and value. This module knows no YAML and no findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file, 1-based lines and columns, the end exclusive."""

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


@dataclass(frozen=True, slots=True)
class TextSpan:
    """The span of a scalar, and how its decoded text lies in the file.

    `style` is the YAML style: "" plain, "'" or '"' quoted, "|" or ">" block. `raw` is the scalar as it stands in
    the file, where its text is not simply that: over several lines, or with escapes.
    """

    span: Span
    style: str = ""
    raw: str = ""

    def inside(self, text: str, offset: int, length: int = 1) -> Span:
        r"""Return the span of `text[offset:offset + length]`, `text` being this scalar's decoded value.

        Exact in every style, over folded lines and escapes as well.
        """
        if not self.raw:
            column = self.span.column + len(self.style) + offset
            return Span(self.span.line, column, self.span.line, column + max(length, 1))
        places = list(_shown(self.raw, self.style))
        if not places:
            return self.span
        visible = sum(not c.isspace() for c in text[:offset])
        last = visible + max(sum(not c.isspace() for c in text[offset : offset + length]), 1) - 1
        row, column, _ = places[min(visible, len(places) - 1)]
        end_row, _, end_column = places[min(last, len(places) - 1)]
        shift = self.span.column if row == 0 else 1
        end_shift = self.span.column if end_row == 0 else 1
        return Span(self.span.line + row, column + shift, self.span.line + end_row, end_column + end_shift)


def _shown(raw: str, style: str) -> Iterator[tuple[int, int, int]]:
    """Yield row, column and end of each character that shows in the text.

    Folding and indenting move only blanks, so counting what is no blank finds the same character on both sides.
    """
    row, column, skip = 0, 0, 0
    opened = style not in ("'", '"')
    for index, character in enumerate(raw):
        if character in "\n\x85\u2028\u2029" or (character == "\r" and raw[index + 1 : index + 2] != "\n"):
            row, column = row + 1, 0
            skip = 0
            continue
        following = raw[index + 1 : index + 2]
        if skip:
            skip -= 1
        elif not opened:
            opened = True
        elif style == '"' and character == "\\":
            skip = {"x": 3, "u": 5, "U": 9}.get(following, 1)
            if following not in ("n", "t", "r", " ", "N", "_", "L", "P", "\n", "\r", "v", "f"):
                yield row, column, column + 1 + skip
        elif style == "'" and character == "'":
            skip = 1
            if following == "'":
                yield row, column, column + 1 + skip
        elif not character.isspace() and not (style in ("|", ">") and row == 0):
            yield row, column, column + 1 + skip
        column += 1


class Placed(dict[str, Any]):
    """A mapping read from a file; `span` is its own, `keys_at` and `values_at` those of its entries."""

    __slots__ = ("keys_at", "span", "values_at")

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span
        self.keys_at: dict[str, Span] = {}
        self.values_at: dict[str, TextSpan] = {}


class PlacedList(list[Any]):
    """A sequence read from a file; `items_at` holds the span of each item."""

    __slots__ = ("items_at", "span")

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span
        self.items_at: list[TextSpan] = []

"""Cuts HTML or MJML into tags, comments and text in one linear pass, and stops at the first thing that is none.

It knows no element's meaning. Its callers must not hand text it refused to a parser in native code.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>")
_ATTRIBUTE = re.compile(r"([^\s=/\"'<>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=]+)))?")
HTML_RAW = ("style", "script")
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


class Piece(NamedTuple):
    """A stretch of markup. `name` is a tag's, in lower case; `inner` its attributes, or the text itself."""

    kind: Literal["open", "close", "empty", "text", "comment"]
    start: int
    end: int
    name: str = ""
    inner: str = ""

    def attribute(self, name: str) -> str:
        """Return the attribute's value with entities resolved; empty where the tag does not have it."""
        for key, double, single, bare in _ATTRIBUTE.findall(self.inner):
            if key.lower() == name:
                return html.unescape(double or single or bare)
        return ""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Where a text stops being markup, and why."""

    start: int
    message: str
    help: str


def cut(text: str, raw: tuple[str, ...] = ()) -> tuple[tuple[Piece, ...], Malformed | None]:
    """Return the pieces of *text*, and what ended the cutting early if anything did.

    Args:
        raw: elements whose content is no markup: `HTML_RAW` for HTML, none for MJML, which is XML.
    """
    pieces: list[Piece] = []
    lower = text.lower() if raw else text
    position = 0
    while position < len(text):
        start = text.find("<", position)
        if start < 0:
            start = len(text)
        if start > position:
            pieces.append(Piece("text", position, start, inner=text[position:start]))
        if start == len(text):
            break
        piece = _declaration(text, start) or _tag(text, start)
        if isinstance(piece, Malformed):
            return tuple(pieces), piece
        pieces.append(piece)
        position = piece.end
        if piece.kind == "open" and piece.name in raw:
            close = lower.find(f"</{piece.name}", position)
            if close < 0:
                missing = f'"<{piece.name}>" is never closed'
                return tuple(pieces), Malformed(piece.start, missing, f"add </{piece.name}>")
            position = close
    return tuple(pieces), None


def _declaration(text: str, start: int) -> Piece | Malformed | None:
    if text.startswith("<!--", start):
        end, length = text.find("-->", start + 2), 3
    elif text.startswith("<!", start) or text.startswith("<?", start):
        end, length = text.find(">", start), 1
    else:
        return None
    if end < 0:
        return Malformed(start, "this comment is never closed", "end it with -->")
    return Piece("comment", start, end + length)


def _tag(text: str, start: int) -> Piece | Malformed:
    match = _TAG.match(text, start)
    if not match:
        hint = "write &lt; for the sign itself, and values of attributes in quotes"
        return Malformed(start, 'this "<" begins no complete tag', hint)
    slash, name, inner = match.group(1), match.group(2).lower(), match.group(3)
    if slash:
        return Piece("close", start, match.end(), name)
    kind: Literal["open", "empty"] = "empty" if inner.endswith("/") or name in VOID else "open"
    return Piece(kind, start, match.end(), name, inner)

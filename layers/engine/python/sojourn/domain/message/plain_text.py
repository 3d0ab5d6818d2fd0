"""Makes the text part of an email from its HTML: what a reader sees, links with their addresses, nothing hidden.

Written for the HTML that MJML becomes (tables within tables, conditional comments) as much as for ordinary HTML.
It knows no Liquid: words that stand for it pass through like any other.
"""

from __future__ import annotations

import html
import re

from sojourn.domain.message.markup import HTML_RAW, Piece, cut

_LINE, _PARAGRAPH = 1, 2
_BREAKS = {
    **dict.fromkeys(("tr", "li", "dt", "dd", "option", "caption"), _LINE),
    **dict.fromkeys(("p", "div", "table", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6"), _PARAGRAPH),
    **dict.fromkeys(("blockquote", "pre", "section", "article", "header", "footer", "hr"), _PARAGRAPH),
}
_UNREAD = frozenset({"head", "style", "script", "title", "template"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LIQUID = re.compile(r"\{(?=[{%])")


def plain_text(markup: str) -> str:
    """Return the text of *markup*; lines end with a line feed, paragraphs are one empty line apart."""
    pieces, _ = cut(markup, HTML_RAW)
    writer = _Writer()
    for piece in pieces:
        writer.add(piece)
    return writer.text()


class _Writer:
    """Collects text; blanks and line breaks are held back until something follows them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._breaks = 0
        self._space = False
        self._skipped = ""
        self._skip_depth = 0
        self._links: list[tuple[str, int]] = []

    def add(self, piece: Piece) -> None:
        if self._skip_depth:
            if piece.name == self._skipped:
                self._skip_depth += {"open": 1, "close": -1}.get(piece.kind, 0)
        elif piece.kind == "text":
            self._write_text(html.unescape(piece.inner))
        elif piece.kind == "open" and (piece.name in _UNREAD or _HIDDEN.search(piece.attribute("style"))):
            self._skipped, self._skip_depth = piece.name, 1
        elif piece.kind != "comment":
            self._tag(piece)

    def text(self) -> str:
        return "".join(self._parts).strip() + "\n" if self._parts else ""

    def _tag(self, piece: Piece) -> None:
        if level := _BREAKS.get(piece.name):
            self._breaks = max(self._breaks, level)
        if piece.name == "a":
            self._link(piece)
        elif piece.kind == "close":
            self._space = self._space or piece.name in ("td", "th")
        elif piece.name == "br":
            self._parts.append("\n" if self._parts and not self._breaks else "")
            self._space = False
        elif piece.name == "hr":
            self._write("---")
            self._breaks = _PARAGRAPH
        elif piece.name == "li":
            self._write("- ")
        elif piece.name == "img":
            self._write_text(piece.attribute("alt"))

    def _link(self, piece: Piece) -> None:
        if piece.kind == "open":
            self._links.append((piece.attribute("href").strip(), len(self._parts)))
        elif piece.kind == "close" and self._links:
            address, start = self._links.pop()
            label = "".join(self._parts[start:]).strip()
            shown = label and label in (address, address.partition(":")[2].strip("/"))
            if address and not address.startswith("#") and not shown:
                self._write_link(address, bool(label))

    def _write_link(self, address: str, labelled: bool) -> None:
        self._space = self._space or labelled
        self._breaks = 0 if labelled else self._breaks
        self._write(f"<{address}>")

    def _write_text(self, text: str) -> None:
        # Braces that were entities must not become Liquid once they are plain.
        words = _LIQUID.sub('{{ "{" }}', " ".join(text.split()))
        self._space = self._space or text[:1].isspace()
        if words:
            self._write(words)
            self._space = text[-1:].isspace()

    def _write(self, text: str) -> None:
        if self._parts:
            at_line_start = self._parts[-1].endswith("\n")
            if self._breaks:
                self._parts.append("\n" * self._breaks)
            elif self._space and not at_line_start and not self._parts[-1].endswith(" "):
                self._parts.append(" ")
        self._breaks, self._space = 0, False
        self._parts.append(text)

"""Turns the style sheets of an HTML email into `style` attributes, as several mail programs read nothing else.

css-inline, imported on first use, only says which declarations each element gets; they are then written into the
author's own text, so that nothing else changes: not the Liquid, not what a parser would have moved or closed. What
cannot be an attribute (media queries, `:hover`, rules with `{% … %}`) stays in its sheet. Nothing is ever fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from sojourn.domain.message.limits import MAX_STYLED_DEPTH, MAX_STYLING
from sojourn.domain.message.markup import HTML_RAW, Piece, cut
from sojourn.domain.message.protect import MASK, mask, protect
from sojourn.domain.message.stylesheet import Rule, rules_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.message.marks import Mark
    from sojourn.domain.message.protect import Protected

_ATTRIBUTE = re.compile(r"([^\s=/\"'<>]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+))?")
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)
_TAG_INSIDE = re.compile(r"<[A-Za-z]")
_UNSEEN = frozenset(("base", "head", "link", "meta", "script", "style", "title"))
_FRAME = frozenset(("head", "title"))
"""What is not shown, and still decides where a parser sees the body begin."""
_KEY = "sj-element"
"""The attribute by which an element is found again in what css-inline returns."""

DOUBLE = '"'
Edit = tuple[int, int, str]
"""From where to where, and what stands there instead."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A `<style>` element: where it and its content stand in the source, and what the content is made of.

    Args:
        text: the content, its Liquid as words.
    """

    opening: Piece
    closing: Piece
    text: str
    rules: tuple[Rule, ...]

    @property
    def rest(self) -> str:
        """What stays, as it was written."""
        return "".join(self.text[rule.start : rule.end] for rule in self.rules if rule.fixed)


def inline_css(source: str, marks: tuple[Mark, ...]) -> str:
    """Return the HTML *source* with its style sheets inlined; as it is where there is nothing to inline.

    An element of which is not known yet what rules it will get (its `class` has Liquid in it) gets nothing, and then
    the sheets stay whole: a mail program that reads them shows everything as it was meant.

    Args:
        marks: the Liquid in *source*, which must be well formed; *source* must be markup (`cut` refuses nothing).
    """
    if "<style" not in source.lower():
        return source
    pieces, _ = cut(mask(source, marks), HTML_RAW)
    protected = protect(source, marks)
    sheets = _sheets(pieces, protected, marks)
    css, strings = _css(sheets, protected.prefix)
    elements = {
        number: piece
        for number, piece in enumerate(pieces)
        if piece.kind in ("open", "empty") and piece.name not in _UNSEEN
    }
    if not css or len(css) * len(elements) > MAX_STYLING or _depth(pieces) > MAX_STYLED_DEPTH:
        return source
    unsure = {number for number, piece in elements.items() if _unsure(piece, css)}
    styles = _styles(_numbered(pieces, elements), css)
    if styles is None:
        return source
    edits = [
        _with_style(source, elements[number], strings.restore(style), protected)
        for number, style in styles.items()
        if style and number in elements and number not in unsure
    ]
    unseen = any(style for number, style in styles.items() if number not in elements)
    hidden = any(
        piece.kind == "comment" and _TAG_INSIDE.search(source, piece.start + 2, piece.end) for piece in pieces
    )
    if not (unsure or unseen or hidden or set(elements) - set(styles)):
        edits += [_without_inlined(sheet, protected) for sheet in sheets]
    return _edited(source, edits)


def _sheets(pieces: tuple[Piece, ...], protected: Protected, marks: tuple[Mark, ...]) -> list[_Sheet]:
    """Find the sheets that every reader is shown; one with `{% … %}` in it is left alone."""
    repeats = any(mark.kind == "tag" for mark in marks)
    found = []
    for opening, closing in pairwise(pieces):
        if opening.kind != "open" or opening.name != "style" or MASK in opening.inner:
            continue
        within = [mark for mark in marks if opening.end <= mark.start < closing.start]
        if (
            opening.attribute("media").strip().lower() in ("", "all")
            and opening.attribute("type").strip().lower() in ("", "text/css")
            and all(mark.kind == "output" for mark in within)
        ):
            text = protected.text[protected.place(opening.end) : protected.place(closing.start)]
            rules = rules_of(text, repeats=repeats, word=protected.prefix if within else "")
            if rules is not None:
                found.append(_Sheet(opening, closing, text, rules))
    return found


@dataclass(frozen=True, slots=True)
class _Strings:
    """The strings of style rules, behind words: css-inline would give all of them the same quotes."""

    prefix: str
    known: list[str]

    def hide(self, match: re.Match[str]) -> str:
        self.known.append(match.group())
        return f"{self.prefix}s{len(self.known) - 1}z"

    def restore(self, text: str) -> str:
        return re.sub(rf"{self.prefix}s(\d+)z", lambda match: self.known[int(match[1])], text)


def _css(sheets: list[_Sheet], prefix: str) -> tuple[str, _Strings]:
    """Return what can be inlined of all sheets, in one."""
    strings = _Strings(prefix, [])
    rules = [rule for sheet in sheets for rule in sheet.rules if rule.selector]
    return "".join(
        f"{rule.selector} {{{_STRING.sub(strings.hide, rule.block)}}}\n" for rule in rules
    ), strings


def _unsure(piece: Piece, css: str) -> bool:
    """Say whether it is known only when a message is rendered which rules an element gets."""
    attributes = [(name.lower(), value) for name, value in _ATTRIBUTE.findall(piece.inner)]
    if any(MASK in name for name, _ in attributes):
        return any(name.strip(MASK) in ("class", "id", "style") for name, _ in attributes)
    return any(
        MASK in value and (name == "class" or (name == "id" and "#" in css) or f"[{name}" in css)
        for name, value in attributes
    )


def _numbered(pieces: tuple[Piece, ...], elements: Mapping[int, Piece]) -> str:
    """Return the markup with numbered elements and without all else: styles, texts, links to sheets elsewhere.

    It is read by the rules of today's HTML whatever its doctype, so that the case of a class counts.
    """
    parts = ["<!doctype html>"]
    for number, piece in enumerate(pieces):
        if number in elements:
            kept = [f"{name}={value}" if value else name
                    for name, value in _ATTRIBUTE.findall(piece.inner) if name.lower() != "style"]  # fmt: skip
            parts.append(f"<{' '.join([piece.name, f'{_KEY}={number}', *kept])}>")
        elif piece.kind == "close" and (piece.name in _FRAME or piece.name not in _UNSEEN):
            parts.append(f"</{piece.name}>")
        elif piece.kind == "open" and piece.name in _FRAME:
            parts.append(f"<{piece.name}>")
        elif piece.kind == "text" and not piece.inner.isspace():
            parts.append("x")
    return "".join(parts)


def _styles(markup: str, css: str) -> dict[int, str] | None:
    """Ask css-inline: the style of each element by its number, -1 for what nobody wrote; None if it cannot tell."""
    import css_inline

    inliner = css_inline.CSSInliner(inline_style_tags=False, load_remote_stylesheets=False, extra_css=css)
    try:
        inlined = inliner.inline(markup)
    except BaseException as error:
        # A panic in Rust arrives as a BaseException of a class that cannot be imported.
        if isinstance(error, css_inline.InlineError) or type(error).__name__ == "PanicException":
            return None
        raise
    found: dict[int, str] = {}
    for piece in cut(inlined)[0]:
        if piece.kind in ("open", "empty") and piece.name not in _UNSEEN:
            number = int(piece.attribute(_KEY) or -1)
            found[number] = piece.attribute("style").strip().rstrip(";") or found.get(number, "")
    return found


def _with_style(source: str, piece: Piece, style: str, protected: Protected) -> Edit:
    """Write a style into an element's tag, before what the author wrote there, which counts more."""
    after_name = piece.start + 1 + len(piece.name)
    for match in _ATTRIBUTE.finditer(piece.inner):
        if match[1].lower() != "style":
            continue
        if match[2] is None:
            start = after_name + match.end(1)
            return start, start, f'="{_escaped(style, DOUBLE, protected)}"'
        start, end, quote = after_name + match.start(2), after_name + match.end(2), match[2][0]
        if quote in "\"'":
            return start + 1, start + 1, f"{_escaped(style, quote, protected)}; "
        return start, end, f'"{_escaped(style, DOUBLE, protected)}; {source[start:end]}"'
    return after_name, after_name, f' style="{_escaped(style, DOUBLE, protected)}"'


def _escaped(style: str, quote: str, protected: Protected) -> str:
    """Return declarations as they stand between *quote*; their Liquid, which is read before the quotes, as it was."""
    other = "'" if quote == DOUBLE else DOUBLE
    text = style.replace("&", "&amp;").replace("<", "&lt;")
    return protected.restore(text.replace(quote, other if other not in text else f"&#{ord(quote)};"))


def _depth(pieces: tuple[Piece, ...]) -> int:
    """How deep elements are nested at most; who leaves end tags away seems to nest deeper."""
    steps = ((piece.kind == "open") - (piece.kind == "close") for piece in pieces)
    return max(accumulate(steps), default=0)


def _without_inlined(sheet: _Sheet, protected: Protected) -> Edit:
    if not sheet.rest.strip():
        return sheet.opening.start, sheet.closing.end, ""
    return sheet.opening.end, sheet.closing.start, protected.restore(sheet.rest)


def _edited(source: str, edits: list[Edit]) -> str:
    parts, position = [], 0
    for start, end, text in sorted(edits):
        parts += [source[position:start], text]
        position = end
    return "".join([*parts, source[position:]])

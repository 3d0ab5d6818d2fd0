"""Compiles MJML to HTML when a message is compiled, never when it is sent, and keeps the Liquid in it intact.

mrml is fast and forgiving: it drops what it does not know, tells few positions, and overflows its stack on deep
nesting. So the source is cut and checked here first; only what passed reaches mrml, imported on first use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sojourn.domain.findings import did_you_mean
from sojourn.domain.message.inline_css import inline_css
from sojourn.domain.message.language import in_html, in_mjml
from sojourn.domain.message.limits import MAX_DEPTH, MAX_ELEMENTS, MAX_MJML, MAX_TAGS, MAX_TEMPLATE
from sojourn.domain.message.marks import scan
from sojourn.domain.message.markup import HTML_RAW, Piece, cut
from sojourn.domain.message.plain_text import plain_text
from sojourn.domain.message.protect import MASK, Protected, mask, protect

ELEMENTS = frozenset(
    (
        *("mjml", "mj-head", "mj-attributes", "mj-all", "mj-class", "mj-breakpoint", "mj-font", "mj-preview"),
        *("mj-style", "mj-title", "mj-body", "mj-accordion", "mj-accordion-element", "mj-accordion-text"),
        *("mj-accordion-title", "mj-button", "mj-carousel", "mj-carousel-image", "mj-column", "mj-divider"),
        *(
            "mj-group",
            "mj-hero",
            "mj-image",
            "mj-navbar",
            "mj-navbar-link",
            "mj-raw",
            "mj-section",
            "mj-social",
        ),
        *("mj-social-element", "mj-spacer", "mj-table", "mj-text", "mj-wrapper"),
    )
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_UNQUOTED = re.compile(r"=\s*(?![\s\"])")
_POSITION = re.compile(r"(.*?)(?: in root template)?(?: at position (\d+):\d+)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MarkupProblem:
    """One thing that is wrong with a markup source; `kind` is mjml, html, lost-liquid or too-large."""

    kind: str
    message: str
    help: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """An email body: its HTML and the text part made from it, both with the author's Liquid."""

    html: str
    text: str


@lru_cache(maxsize=256)
def compile_mjml(source: str, locale: str = "") -> tuple[Compiled | None, tuple[MarkupProblem, ...]]:
    """Return the HTML and text of an MJML *source*, or everything that is wrong with it.

    The Liquid in *source* must be well formed (`marks.scan` finds nothing).

    Args:
        locale: which language the HTML says that it is in, where the source names none; "" for that nobody knows.
    """
    if len(source) > MAX_MJML:
        message = f"the MJML has {len(source):,} characters; {MAX_MJML:,} are the most"
        return None, (MarkupProblem("too-large", message, "shorten it", 0, 1),)
    marks, _ = scan(source)
    if problems := _check(mask(source, marks)):
        return None, problems
    protected = protect(source, marks)
    told, place, more = in_mjml(protected.text, locale)
    try:
        html = _to_html(told)
    except OSError as error:
        return None, (_refused(str(error), protected, told, (place, more)),)
    if lost := protected.lost(html):
        hint = "between sections, columns or rows put it inside <mj-raw>; inside a tag, into a value it passes on"
        return None, tuple(
            MarkupProblem("lost-liquid", "MJML would drop this", hint, mark.start, mark.end - mark.start)
            for mark in lost
        )
    restored = protected.restore(html)
    if len(restored) > MAX_TEMPLATE:
        message = f"the HTML has {len(restored):,} characters; {MAX_TEMPLATE:,} are the most"
        return None, (MarkupProblem("too-large", message, "shorten the MJML", 0, 1),)
    if moved := scan(restored)[1]:
        message = "MJML would move or repeat the tags in here, and then " + moved[0].message
        return None, (MarkupProblem("lost-liquid", message, "put them inside <mj-raw>", 0, 1),)
    return Compiled(restored, protected.restore_plain(plain_text(html))), ()


@lru_cache(maxsize=256)
def compile_html(source: str, locale: str = "") -> tuple[Compiled | None, tuple[MarkupProblem, ...]]:
    """Return an HTML *source* with its styles inlined and the text made from it.

    The Liquid in *source* must be well formed. An email that would grow too large keeps its style sheets instead.

    Args:
        locale: see `compile_mjml`; a part of a page, without `<html>`, does not say it.
    """
    if source.count("<") > MAX_TAGS:
        return None, (
            MarkupProblem("too-large", f"the HTML has more than {MAX_TAGS:,} tags", "shorten it", 0, 1),
        )
    marks, _ = scan(source)
    _, malformed = cut(mask(source, marks), HTML_RAW)
    if malformed:
        return None, (MarkupProblem("html", malformed.message, malformed.help, malformed.start, 1),)
    protected = protect(source, marks)
    inlined = inline_css(source, marks)
    if len(inlined) > MAX_TEMPLATE or scan(inlined)[1]:
        inlined = source
    return Compiled(in_html(inlined, locale), protected.restore_plain(plain_text(protected.text))), ()


def _to_html(source: str) -> str:
    import mrml

    try:
        options = mrml.ParserOptions(include_loader=mrml.noop_loader())
        return mrml.to_html(source, parser_options=options).content
    except BaseException as error:
        # A panic in Rust arrives as a BaseException of a class that cannot be imported.
        if type(error).__name__ == "PanicException":
            raise OSError("this MJML cannot be compiled") from error
        raise


def _refused(message: str, protected: Protected, told: str, put_in: tuple[int, int]) -> MarkupProblem:
    """Return what mrml says is wrong, at its place in the source.

    Args:
        told: the text that it was given.
        put_in: where something is in that which the protected text has not, and how many characters.
    """
    match = _POSITION.fullmatch(message)
    said, position = (match.group(1), match.group(2)) if match else (message, None)
    offset, (place, more) = 0, put_in
    if position:
        at = len(told.encode()[: int(position)].decode(errors="ignore"))
        offset = protected.origin(at - min(more, max(0, at - place)))
    return MarkupProblem("mjml", f"MJML: {said}", "", offset, 1)


def _check(source: str) -> tuple[MarkupProblem, ...]:
    # Counted before anything is cut, so that what mrml may see as elements is bounded however it reads the text.
    if source.count("<") - source.count("</") > MAX_ELEMENTS:
        return (MarkupProblem("too-large", f"the MJML has more than {MAX_ELEMENTS:,} elements", "", 0, 1),)
    pieces, malformed = cut(source)
    if malformed:
        return (MarkupProblem("mjml", malformed.message, malformed.help, malformed.start, 1),)
    tags = [piece for piece in pieces if piece.kind in ("open", "close", "empty")]
    if not tags or tags[0].name != "mjml":
        return (MarkupProblem("mjml", "the file does not begin with <mjml>", "", 0, 1),)
    return (*_nesting(tags), *(problem for piece in tags if (problem := _element(piece))))


def _element(piece: Piece) -> MarkupProblem | None:
    if piece.name == "mj-include":
        message, hint = "<mj-include> is not supported", "write its content here"
    elif piece.name.startswith("mj-") and piece.name not in ELEMENTS and piece.kind != "close":
        message, hint = f"there is no element <{piece.name}>", did_you_mean(piece.name, ELEMENTS)
    elif MASK in (bare := _QUOTED.sub('""', piece.inner)):
        hint = "use it inside an attribute's value, or around whole elements in <mj-raw>"
        return MarkupProblem(
            "lost-liquid", "MJML cannot have Liquid here", hint, piece.start, piece.end - piece.start
        )
    elif _UNQUOTED.search(bare):
        message, hint = f"an attribute of <{piece.name}> has a value without quotes", 'write name="value"'
    else:
        return None
    return MarkupProblem("mjml", message, hint, piece.start, piece.end - piece.start)


def _nesting(tags: list[Piece]) -> tuple[MarkupProblem, ...]:
    opened: list[Piece] = []
    for piece in tags:
        length = piece.end - piece.start
        if piece.kind == "open":
            opened.append(piece)
            if len(opened) > MAX_DEPTH:
                message = f"elements are nested more than {MAX_DEPTH} deep"
                return (MarkupProblem("too-large", message, "", piece.start, length),)
        elif piece.kind == "close" and (not opened or opened[-1].name != piece.name):
            expected = f"close <{opened[-1].name}> first" if opened else "nothing is open here"
            message = f"</{piece.name}> is out of place"
            return (MarkupProblem("mjml", message, expected, piece.start, length),)
        elif piece.kind == "close":
            opened.pop()
    return tuple(
        MarkupProblem("mjml", f"<{piece.name}> is never closed", f"add </{piece.name}>", piece.start, 1)
        for piece in opened
    )

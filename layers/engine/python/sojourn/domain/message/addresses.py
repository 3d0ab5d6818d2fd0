"""Where links and pictures of HTML lead: what a customer's values may begin, and where they must be in quotes.

A value that becomes the beginning of an address decides what a click does: `javascript:` and `data:` run what somebody
put into an event. What the author wrote out is theirs. It renders nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Literal

from sojourn.domain.message.marks import Mark, scan
from sojourn.domain.message.markup import HTML_RAW, cut
from sojourn.domain.message.problems import ContentError

SCHEMES = frozenset(("", "http", "https", "mailto", "tel"))
"""What an address may be made to begin with; "" for one within the page, or none at all."""

_NAMES = "href|src|srcset|action|formaction|background|poster|xlink:href"
# In lower case, as a search that passes over case takes three times as long.
_ADDRESS = re.compile(rf"({_NAMES})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_WITHIN_A_NAME = re.compile(r"[\w:.-]")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
# The URL Standard: browsers leave out tabs and line breaks, and what is no letter at the beginning.
_LEFT_OUT = re.compile(r"[\t\n\r]")
_SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_MARK = "\ufdd0"
"""What stands for Liquid: a character that is none, so that no text has it."""


def guard(template: str) -> Callable[[str], None] | None:
    """Return what refuses the rendered text where a value made an address of it that leads nowhere good.

    None where no address of the template begins with Liquid: most have none, and are not looked at again.
    """
    found = [
        (match[1], match[2] or match[3] or match[4] or "")
        for match in _ADDRESS.finditer(_masked(template).lower())
    ]
    if not any(value.lstrip().startswith(_MARK) for _, value in found):
        return None
    written = frozenset((name, scheme_of(value)) for name, value in found)

    def refuse(text: str) -> None:
        lower = text.lower()
        for match in _ADDRESS.finditer(lower):
            scheme = scheme_of(match[2] or match[3] or match[4] or "")
            if scheme in SCHEMES or (match[1], scheme) in written:
                continue
            # `data-href` is an attribute of another name, and leads nowhere.
            if not _WITHIN_A_NAME.match(lower, match.start() - 1) and _in_a_tag(lower, match.start()):
                raise ContentError(f'an address begins with "{scheme[:40]}:", which is none of the web')

    return refuse


def scheme_of(value: str) -> str:
    """Return what the value of an attribute begins with as browsers read it, in lower case; "" for nothing."""
    match = _SCHEME.match(_LEFT_OUT.sub("", html.unescape(value)))
    return match[1].lower() if match else ""


def bare(text: str, form: Literal["html", "mjml"]) -> tuple[Mark, ...]:
    """Return the outputs that stand in a tag and in no quotes: a value with a space in it adds attributes there."""
    marks = [mark for mark in scan(text)[0] if mark.kind == "output"]
    if not marks:
        return ()
    masked = _masked(text)
    pieces, _ = cut(masked, HTML_RAW if form == "html" else ())
    found = []
    for piece in pieces:
        if piece.kind not in ("open", "empty") or _MARK not in masked[piece.start : piece.end]:
            continue
        plain = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), masked[piece.start : piece.end])
        found += [
            mark for mark in marks
            if piece.start <= mark.start < piece.end and plain[mark.start - piece.start] == _MARK
        ]  # fmt: skip
    return tuple(found)


def _masked(text: str) -> str:
    """Return a text with all Liquid made one character that is none, place by place."""
    parts, position = [], 0
    for mark in scan(text)[0]:
        parts += [text[position : mark.start], _MARK * (mark.end - mark.start)]
        position = mark.end
    return "".join((*parts, text[position:]))


def _in_a_tag(text: str, position: int) -> bool:
    """Say whether a place is in a tag, not in the text that a customer reads; where nobody can tell, it is."""
    pieces, malformed = cut(text, HTML_RAW)
    if malformed is not None and position >= malformed.start:
        return True
    return any(one.kind in ("open", "empty") and one.start <= position < one.end for one in pieces)

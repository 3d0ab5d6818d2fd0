"""Where links and pictures of HTML lead: what a customer's values may begin, and where they must be in quotes.

A value that becomes the beginning of an address decides what a click does: `javascript:` and `data:` run what somebody
put into an event. What the author wrote out is theirs. It renders nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Literal

from sojourn.domain.message.marks import Mark, scan
from sojourn.domain.message.markup import HTML_RAW, cut
from sojourn.domain.message.problems import ContentError

SCHEMES = frozenset(("", "http", "https", "mailto", "sms", "tel", "whatsapp"))
"""What an address may be made to begin with; "" for one within the page, or none at all."""

_NAMES = frozenset(("href", "src", "srcset", "action", "formaction", "background", "poster", "xlink:href"))
# In lower case, as a search that passes over case takes three times as long; each quote up to its end, as browsers do,
# so that what looks like an attribute within another one's value is none.
_TAG = re.compile(r"<[a-z][^\s/>]*((?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^\"'>])*)")
_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=]+)\s*=\s*(?:\"([^\"]*)\"?|'([^']*)'?|([^\s\"'<>]+))|\"[^\"]*\"?|'[^']*'?"
)
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
    found = list(_addresses(_masked(template)))
    if not any(value.lstrip().startswith(_MARK) for _, value in found):
        return None
    written = frozenset((name, scheme_of(value)) for name, value in found)

    def refuse(text: str) -> None:
        for name, value in _addresses(text):
            scheme = scheme_of(value)
            # With a dot it is a host and its port, which browsers know no scheme of.
            if scheme not in SCHEMES and "." not in scheme and (name, scheme) not in written:
                raise ContentError(f'an address begins with "{scheme[:40]}:", which is none of the web')

    return refuse


def _addresses(text: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes that are addresses, in lower case, with what they say; those of comments too."""
    for tag in _TAG.finditer(text.lower()):
        if "=" in tag[1]:
            for found in _ATTRIBUTE.finditer(tag[1]):
                if found[1] in _NAMES:
                    yield found[1], found[2] or found[3] or found[4] or ""


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

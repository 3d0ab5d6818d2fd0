"""Says in an email which language it is in, where its author does not: screen readers and translators go by it.

Outside rules: the attribute `lang` of HTML's root element (HTML Standard, "The lang and xml:lang attributes"), the same
of MJML's (MJML documentation, "mjml"), which it hands on to the HTML. It compiles nothing.
"""

from __future__ import annotations

import re

from sojourn.domain.message.locales import language_tag
from sojourn.domain.message.marks import scan
from sojourn.domain.message.markup import HTML_RAW, cut
from sojourn.domain.message.protect import mask

_MJML = re.compile(r"(?:\s|<!--.*?-->|<[!?][^<>]*>)*+<mjml\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>", re.DOTALL)
_LANG = re.compile(r"(?<![\w-])lang\s*=", re.IGNORECASE)
"""The attribute, or `xml:lang`, or either within Liquid: the author's own, whatever it says."""


def in_mjml(text: str, locale: str) -> tuple[str, int, int]:
    """Return MJML that names its language; where something was put in, in characters, and how much.

    Args:
        text: Liquid in it is hidden (`protect`).
        locale: of the content; empty to leave it as it is.
    """
    root = _MJML.match(text)
    if not locale or root is None or _LANG.search(root.group(1)):
        return text, 0, 0
    said, at = f' lang="{language_tag(locale)}"', root.start(1)
    return text[:at] + said + text[at:], at, len(said)


def in_html(text: str, locale: str) -> str:
    """Return HTML that names its language, where it has an `<html>` to say it.

    Args:
        text: with its Liquid.
        locale: of the content; empty to leave it as it is.
    """
    if not locale or "<html" not in text.lower():
        return text
    pieces, _ = cut(mask(text, scan(text)[0]), HTML_RAW)
    root = next((one for one in pieces if one.kind == "open" and one.name == "html"), None)
    if root is None or _LANG.search(text[root.start : root.end]):
        return text
    at = root.start + len("<html")
    return f'{text[:at]} lang="{language_tag(locale)}"{text[at:]}'

"""Puts the picture into an email's HTML that tells that it was opened: of one pixel, and nothing is seen of it."""

from __future__ import annotations

import re
from html import escape

_END = re.compile(r"</body\s*>", re.IGNORECASE)
_STYLE = "display:block;width:1px;height:1px;border:0;overflow:hidden"


def with_pixel(body: str, address: str) -> str:
    """Return the HTML with the picture at its end; without an `alt` text, so that nobody is read one."""
    picture = f'<img src="{escape(address)}" width="1" height="1" alt="" style="{_STYLE}">'
    ends = list(_END.finditer(body))
    end = ends[-1].start() if ends else len(body)
    return body[:end] + picture + body[end:]

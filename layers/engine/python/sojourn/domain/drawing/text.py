"""How wide a text is and where it is cut, without a font at hand: the same answer on every machine.

Widths are those of common sans-serif faces, rounded up, so that a text that fits here fits in a browser too.
"""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("iljtfrI.,:;'|!()[]{}/ ·’")
_WIDE = frozenset("mwMW@%—→…")


def text_width(text: str, size: int) -> int:
    """Return about how many pixels *text* takes at font size *size*; rather too many than too few.

    For bold text, ask for a size an eighth larger.
    """
    thousandths = 0
    for letter in text:
        if letter in _NARROW:
            thousandths += 370
        elif letter in _WIDE:
            thousandths += 950
        elif unicodedata.east_asian_width(letter) in "WF":
            thousandths += 1030
        elif letter.isupper():
            thousandths += 700
        else:
            thousandths += 610
    return (thousandths * size + 999) // 1000


def clip(text: str, size: int, width: int) -> str:
    """Cut *text* so that it takes at most *width* pixels, `…` standing for what is cut."""
    text = " ".join(text.split())
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, size: int, width: int, lines: int) -> list[str]:
    """Break *text* at spaces (and after `_`, `.`, `/`, where a word is too long) into at most *lines* lines."""
    made: list[str] = []
    rest = " ".join(text.split())
    while rest and len(made) < lines - 1 and text_width(rest, size) > width:
        end = _break(rest, size, width)
        made.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        made.append(clip(rest, size, width))
    return made


def _break(text: str, size: int, width: int) -> int:
    """Return where the first line of *text* ends."""
    fits = len(text)
    while fits > 1 and text_width(text[:fits], size) > width:
        fits -= 1
    space = text.rfind(" ", 0, fits + 1)
    if space > 0:
        return space
    for end in range(fits, fits // 2, -1):
        if text[end - 1] in "_./-":
            return end
    return fits

"""How many SMS a text is, which is what it costs: GSM 7-bit where its alphabet suffices, UCS-2 where not.

The alphabet is that of 3GPP TS 23.038 (default alphabet and extension table); concatenated messages lose six octets
to the header of TS 23.040.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")


class Segments(NamedTuple):
    """What a text is on the air: its encoding, its length in units of that encoding, and how many SMS it takes.

    Args:
        characters: septets for GSM-7 (extension characters count two), UTF-16 units for UCS-2.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    characters: int
    segments: int


def in_gsm_7(character: str) -> bool:
    """Say whether *character* can be sent without making the whole text UCS-2."""
    return character in _BASIC or character in _EXTENSION


def sms_segments(text: str) -> Segments:
    """Return how *text* is sent; an empty text takes no SMS.

    No character is cut in two at the end of a segment, so that a text may take more SMS than its length suggests.
    """
    if all(map(in_gsm_7, text)):
        widths = [2 if character in _EXTENSION else 1 for character in text]
        return Segments("GSM-7", sum(widths), _segments(widths, 160, 153))
    widths = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Segments("UCS-2", sum(widths), _segments(widths, 70, 67))


def _segments(widths: list[int], alone: int, joined: int) -> int:
    if sum(widths) <= alone:
        return 1 if widths else 0
    count, room = 1, joined
    for width in widths:
        if width > room:
            count, room = count + 1, joined
        room -= width
    return count

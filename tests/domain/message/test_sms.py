"""How texts are counted on the air."""

from __future__ import annotations

import pytest

from sojourn.domain.message.sms import Segments, sms_segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 0)),
        ("Hello", Segments("GSM-7", 5, 1)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 306, Segments("GSM-7", 306, 2)),
        ("a" * 307, Segments("GSM-7", 307, 3)),
        ("5 €", Segments("GSM-7", 4, 1)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        ("€" * 81, Segments("GSM-7", 162, 2)),
        ("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 306, 3)),
        ("Grüße, ñandú, Ærø, Δ", Segments("UCS-2", 20, 1)),
        ("Grüße", Segments("GSM-7", 5, 1)),
        ("ç", Segments("UCS-2", 1, 1)),
        ("Ç", Segments("GSM-7", 1, 1)),
        ("ж" * 70, Segments("UCS-2", 70, 1)),
        ("ж" * 71, Segments("UCS-2", 71, 2)),
        ("👋", Segments("UCS-2", 2, 1)),
        ("ж" * 66 + "👋" + "ж" * 65, Segments("UCS-2", 133, 2)),
        ("ж" * 66 + "👋" + "ж" * 66, Segments("UCS-2", 134, 3)),
    ],
)
def test_a_text_is_counted_as_networks_count_it(text: str, expected: Segments) -> None:
    """160 septets or 70 UTF-16 units fit alone, 153 or 67 with a header; no character is cut in two."""
    assert expected == sms_segments(text)


def test_the_alphabet_has_the_characters_of_the_standard() -> None:
    """The default alphabet has 127 characters besides the escape, the extension table ten."""
    every = [chr(code) for code in range(0x20000)]

    plain = [c for c in every if sms_segments(c) == ("GSM-7", 1, 1)]
    extended = [c for c in every if sms_segments(c) == ("GSM-7", 2, 1)]

    assert len(plain) == 127
    assert list("\f[\\]^{|}~€") == extended

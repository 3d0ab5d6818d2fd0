from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import pytest

from sojourn.domain.time.durations import parse_duration, parse_offset
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_instant
from sojourn.domain.time.quiet_hours import parse_quiet_hours
from sojourn.domain.time.schedules import parse_schedule
from sojourn.domain.time.wall_clock import parse_until, parse_window
from tests.support.patience import AT_ONCE

READERS: dict[str, Callable[[str], object]] = {
    "duration": parse_duration,
    "offset": parse_offset,
    "until": parse_until,
    "window": lambda text: parse_window(text, text),
    "quiet hours": lambda text: parse_quiet_hours(text, "08:00"),
    "closed day": lambda text: parse_quiet_hours(None, None, [text]),
    "schedule": parse_schedule,
    "instant": lambda text: parse_instant(text, "UTC"),
}
TEXTS = {
    "many digits": "9" * 10_000 + " days",
    "many digits, short enough": "9" * 150 + " days",
    "many parts": "1h " * 5_000,
    "many spaces": "1" + " " * 190 + "x",
    "many dots": "entry" + ".a" * 90 + " -",
    "long word": "a" * 199,
    "mixed": "entry.a - 1" + " 1" * 90,
    "many signs": "+" * 10_000,
    "digits of another script": "٢ hours",
    "full-width digits": "０９:００",
    "superscript": "monday 09:0²",
    "a lone surrogate": "\ud800 hours",
    "control characters": "\x00\x1b[31m hours",
    "line breaks": "09:00\n09:00",
    "invisible": "09:\u200b00",
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", TEXTS)
def test_bad_text_is_refused_at_once_in_one_printable_line(reader: str, text: str) -> None:
    """Nothing hangs, overflows or reaches a terminal raw: an error of one line comes within a second."""
    began = perf_counter()

    with pytest.raises(TimeError) as caught:
        READERS[reader](TEXTS[text])

    assert perf_counter() - began < AT_ONCE
    assert str(caught.value).isprintable()
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(("text", "odd"), [("٢ hours", "٢"), ("1\u00a0day", "?"), ("1 day…", "…")])
def test_the_odd_character_is_shown(text: str, odd: str) -> None:
    """A digit of another script or a space that does not break is pointed at, being hard to see."""
    with pytest.raises(TimeError) as caught:
        parse_duration(text)

    assert f'contains "{odd}", which is no plain letter, digit or sign' in caught.value.message

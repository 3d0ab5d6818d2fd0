from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.time.durations import (
    LONGEST,
    DurationError,
    format_duration,
    parse_duration,
    parse_offset,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 hours", timedelta(hours=2)),
        ("1h 30m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        ("90 seconds", timedelta(seconds=90)),
        ("90s", timedelta(seconds=90)),
        ("1 day", timedelta(days=1)),
        ("7 days", timedelta(days=7)),
        ("2 weeks", timedelta(days=14)),
        ("1 day 12 hours", timedelta(hours=36)),
        ("12 hours 1 day", timedelta(hours=36)),
        ("  5 Mins ", timedelta(minutes=5)),
        ("1.5 hours", timedelta(minutes=90)),
        ("0.000001 seconds", timedelta(microseconds=1)),
        ("0 seconds", timedelta(0)),
        ("PT2H", timedelta(hours=2)),
        ("P1DT12H", timedelta(hours=36)),
        ("P2W", timedelta(days=14)),
        ("PT86400S", timedelta(days=1)),
        ("3650 days", LONGEST),
    ],
)
def test_durations_read_as_people_say_them(text: str, expected: timedelta) -> None:
    """A duration is numbers with units, long or short, or ISO 8601, and exact."""
    actual = parse_duration(text)

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("", "the text is empty", '"2 hours"'),
        ("2", '"2" is not a duration', 'say the unit as well, for example "2 minutes"'),
        ("1 day 12", "is not a duration", 'for example "12 minutes"'),
        ("1 month", 'counts in "month", which has no exact length', 'for example "30 days"'),
        ("2 years", 'counts in "years"', 'for example "365 days"'),
        ("3M", 'counts in "M"', 'for example "30 days"'),
        ("P1M", 'counts in "month"', 'for example "30 days"'),
        ("P1Y2D", 'counts in "year"', 'for example "365 days"'),
        ("2 huors", '"huors" in "2 huors" is no unit of time', 'did you mean "hours"?'),
        ("1h 1 hour", "says hours twice", "say each unit once"),
        ("-1 day", "has a sign", '"2 hours"'),
        ("+1 day", "has a sign", '"2 hours"'),
        ("3651 days", "is longer than ten years", '"3650 days"'),
        ("0.0000001 seconds", "is finer than a microsecond", "fewer digits"),
        ("1,5 hours", "is not a duration", '"2 hours"'),
        ("soon", "is not a duration", '"2 hours"'),
        ("PT", "is not a duration", '"2 hours"'),
        ("P1DT", "is not a duration", '"2 hours"'),
        ("PT2H30", "is not a duration", '"2 hours"'),
        ("1 hour\nand", "is not a duration", '"2 hours"'),
    ],
)
def test_what_is_no_duration_is_refused_with_what_to_write(text: str, message: str, advice: str) -> None:
    """An error quotes the author and says what to write instead, both in parts and in one sentence."""
    with pytest.raises(DurationError) as caught:
        parse_duration(text)

    assert message in caught.value.message
    assert advice in caught.value.help
    assert str(caught.value) == f"{caught.value.message}: {caught.value.help}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+0s", timedelta(0)),
        ("+1h 30m", timedelta(minutes=90)),
        ("+30 days", timedelta(days=30)),
        ("+ 1 day", timedelta(days=1)),
    ],
)
def test_an_offset_is_a_plus_and_a_duration(text: str, expected: timedelta) -> None:
    """A scenario's times are counted from its start."""
    actual = parse_offset(text)

    assert expected == actual


@pytest.mark.parametrize("text", ["", "+", "1h", "-1h", "++1h", "+-1h", "+1 month", "2026-01-01"])
def test_what_is_no_offset_is_refused(text: str) -> None:
    """Without the plus a scenario's time could be mistaken for a time of day."""
    with pytest.raises(DurationError):
        parse_offset(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(hours=36), "1 day 12 hours"),
        (timedelta(days=7), "7 days"),
        (timedelta(days=1, seconds=3723, microseconds=500_000), "1 day 1 hour 2 minutes 3.5 seconds"),
        (timedelta(microseconds=1), "0.000001 seconds"),
        (timedelta(hours=-2), "-2 hours"),
    ],
)
def test_durations_are_shown_in_words(value: timedelta, expected: str) -> None:
    """A duration is shown in days, hours, minutes and seconds, leaving out what is zero."""
    actual = format_duration(value)

    assert expected == actual


@given(st.timedeltas(min_value=timedelta(0), max_value=LONGEST))
def test_what_is_written_reads_back_the_same(value: timedelta) -> None:
    """No duration changes by being written and read."""
    actual = parse_duration(format_duration(value))

    assert value == actual


@given(st.text(max_size=30) | st.text("0123456789.hmdswPTMY+- ", max_size=30))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    """No text makes reading fail in any other way, and none gives a duration out of bounds."""
    value = timedelta(0)

    with suppress(DurationError):
        value = parse_duration(text)

    assert timedelta(0) <= value <= LONGEST

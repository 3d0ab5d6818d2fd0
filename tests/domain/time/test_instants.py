from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import EARLIEST, LATEST, iso, parse_instant


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-06T14:00:00Z", "Asia/Tokyo", "2026-03-06T14:00:00Z"),
        ("2026-03-06t14:00:00z", "Asia/Tokyo", "2026-03-06T14:00:00Z"),
        ("2026-03-06T09:00:00-05:00", "Asia/Tokyo", "2026-03-06T14:00:00Z"),
        ("2026-03-06T09:00-0500", "Asia/Tokyo", "2026-03-06T14:00:00Z"),
        ("2026-03-06T09:00", "America/New_York", "2026-03-06T14:00:00Z"),
        ("2026-03-06 09:00", "America/New_York", "2026-03-06T14:00:00Z"),
        ("2026-03-06", "Europe/Berlin", "2026-03-05T23:00:00Z"),
        ("2026-03-06T14:00:00.25Z", "UTC", "2026-03-06T14:00:00.250000Z"),
        ("2026-03-06T14:00:00.123456789Z", "UTC", "2026-03-06T14:00:00.123456Z"),
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("1950-05-05", "Europe/Berlin", "1950-05-04T23:00:00Z"),
    ],
)
def test_an_offset_makes_an_instant_and_its_absence_a_wall_clock(text: str, zone: str, expected: str) -> None:
    """A time with an offset is the same everywhere, one without is read in the zone given."""
    actual = iso(parse_instant(text, zone))

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9999-12-31", LATEST),
        ("9999-12-31T23:59:59Z", LATEST),
        ("9999-12-31T23:59:59-12:00", LATEST),
        ("0001-01-01", EARLIEST),
        ("0001-01-01T00:00:00+14:00", EARLIEST),
    ],
)
def test_the_edges_of_the_calendar_stand_for_always_and_never(text: str, expected: datetime) -> None:
    """The first and the last year are what systems write for "always" and "never", in every zone."""
    actual = {parse_instant(text, zone) for zone in ("UTC", "Asia/Tokyo", "America/New_York")}

    assert {expected} == actual


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-02-30",
        "2026-13-01T00:00Z",
        "2026-03-06T24:00",
        "2026-03-06T14",
        "2026-03-06T14:60Z",
        "2026-03-06T14:00:00+25:00",
        "2026-03-06Z",
        "20260306",
        "2026-W10-5",
        "1772805600",
        "06.03.2026",
        "٢٠٢٦-٠٣-٠٦",
        "2026-03-06T14:00:00Z\nx",
    ],
)
def test_what_is_no_date_and_time_is_refused(text: str) -> None:
    """A text that is not ISO 8601, or not in the calendar, is an error that says how to write it."""
    with pytest.raises(TimeError) as caught:
        parse_instant(text, "UTC")

    assert '"2026-12-24T18:00"' in caught.value.help


def test_a_fraction_is_written_only_where_there_is_one() -> None:
    """Whole seconds are written whole."""
    at = datetime(2026, 3, 6, 14, tzinfo=UTC)

    assert iso(at) == "2026-03-06T14:00:00Z"
    assert iso(at + timedelta(milliseconds=500)) == "2026-03-06T14:00:00.500000Z"


def test_every_instant_is_written_in_utc() -> None:
    """An aware time of another offset is written as the same instant in UTC, a naive one is a bug."""
    tokyo = timezone(timedelta(hours=9))

    assert iso(datetime(2026, 3, 6, 14, tzinfo=tokyo)) == "2026-03-06T05:00:00Z"
    with pytest.raises(ValueError, match="no zone"):
        iso(datetime(2026, 3, 6, 14))  # noqa: DTZ001 - the naive value is the point


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_written_reads_back_the_same(at: datetime) -> None:
    """No instant changes by being written and read."""
    actual = parse_instant(iso(at), "Asia/Tokyo")

    assert at == actual

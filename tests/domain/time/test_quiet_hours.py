from __future__ import annotations

from datetime import date, time

import pytest

from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import iso, parse_instant
from sojourn.domain.time.quiet_hours import QuietHours, parse_quiet_hours, quiet_until

NIGHT = parse_quiet_hours("21:00", "08:00")


def quiet(hours: QuietHours, at: str, zone: str) -> str | None:
    """Return until when it is quiet, all times as text."""
    until = quiet_until(hours, parse_instant(at, zone), zone)
    return iso(until) if until else None


def test_a_message_due_at_night_in_tokyo_goes_out_in_the_morning_there() -> None:
    """Due at 01:30 with quiet hours from midnight to eight, it goes out at 08:00 in Asia/Tokyo."""
    hours = parse_quiet_hours("00:00", "08:00")

    actual = quiet(hours, "2026-03-06T01:30", "Asia/Tokyo")

    assert actual == iso(parse_instant("2026-03-06T08:00", "Asia/Tokyo")) == "2026-03-05T23:00:00Z"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-06T20:59:59", None),
        ("2026-03-06T21:00", "2026-03-07T07:00:00Z"),
        ("2026-03-06T23:59", "2026-03-07T07:00:00Z"),
        ("2026-03-07T00:00", "2026-03-07T07:00:00Z"),
        ("2026-03-07T07:59:59.999999", "2026-03-07T07:00:00Z"),
        ("2026-03-07T08:00", None),
    ],
)
def test_quiet_hours_cross_midnight(at: str, expected: str | None) -> None:
    """They begin at their beginning, end before their end, and last until the morning."""
    actual = quiet(NIGHT, at, "Europe/Berlin")

    assert expected == actual


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-06T11:59:59", None),
        ("2026-03-06T12:00", "2026-03-06T14:00:00Z"),
        ("2026-03-06T13:59:59", "2026-03-06T14:00:00Z"),
        ("2026-03-06T14:00", None),
    ],
)
def test_quiet_hours_may_lie_within_a_day(at: str, expected: str | None) -> None:
    """A siesta begins at its beginning and ends before its end."""
    actual = quiet(parse_quiet_hours("12:00", "14:00"), at, "UTC")

    assert expected == actual


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-12-24T23:00", "2026-12-26T08:00:00Z"),  # the night, the closed day, the next night
        ("2026-12-25T12:00", "2026-12-26T08:00:00Z"),
        ("2026-12-24T12:00", None),
        ("2026-12-26T12:00", None),
    ],
)
def test_a_closed_day_runs_into_the_nights_around_it(at: str, expected: str | None) -> None:
    """What is held for a closed day goes out after the night that follows it."""
    hours = parse_quiet_hours("21:00", "08:00", ["2026-12-25"])

    actual = quiet(hours, at, "UTC")

    assert expected == actual


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Pacific/Auckland", "2026-12-24T12:00Z", "2026-12-25T11:00:00Z"),
        ("America/New_York", "2026-12-24T12:00Z", None),
        ("America/New_York", "2026-12-26T04:00Z", "2026-12-26T05:00:00Z"),
    ],
)
def test_closed_days_are_the_customers_days(zone: str, at: str, expected: str | None) -> None:
    """Without hours only the closed days are quiet, from local midnight to local midnight."""
    hours = parse_quiet_hours(None, None, ["2026-12-25"])

    actual = quiet(hours, at, zone)

    assert expected == actual


@pytest.mark.parametrize(
    ("from_", "to", "at", "zone", "expected"),
    [
        # The end is skipped: quiet until the first instant after the gap.
        ("21:00", "02:30", "2026-03-29T01:00", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        # The end comes twice: loud after its first pass, quiet again when the clock says so again.
        ("21:00", "02:30", "2026-10-25T02:15", "Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("21:00", "02:30", "2026-10-25T00:45Z", "Europe/Berlin", None),
        ("21:00", "02:30", "2026-10-25T01:00Z", "Europe/Berlin", "2026-10-25T01:30:00Z"),
        # Half an hour, and midnight itself.
        ("22:00", "02:15", "2026-10-04T01:00", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("20:00", "00:00", "2026-09-05T21:00", "America/Santiago", "2026-09-06T04:00:00Z"),
        # A day that never was.
        ("20:00", "07:00", "2011-12-29T21:00", "Pacific/Apia", "2011-12-30T17:00:00Z"),
    ],
)
def test_quiet_hours_look_at_the_clock_on_the_wall(
    from_: str, to: str, at: str, zone: str, expected: str | None
) -> None:
    """Whether it is quiet is read off the customer's clock, however it jumps."""
    actual = quiet(parse_quiet_hours(from_, to), at, zone)

    assert expected == actual


def test_quiet_hours_are_read_from_two_times_and_dates() -> None:
    """Hours and closed days may each be left out."""
    day = frozenset({date(2026, 12, 25)})

    assert parse_quiet_hours("22:00", "07:00", ["2026-12-25"]) == QuietHours(time(22), time(7), day)
    assert parse_quiet_hours(None, None, ["2026-12-25"]) == QuietHours(time(), time(), day)
    assert quiet(parse_quiet_hours(None, None), "2026-12-25T00:00", "UTC") is None


@pytest.mark.parametrize(
    ("from_", "to", "closed", "message"),
    [
        ("21:00", None, [], 'quiet hours have no "to"'),
        (None, "08:00", [], 'quiet hours have no "from"'),
        ("21:00", "21:00", [], 'quiet hours begin and end at "21:00"'),
        ("9pm", "08:00", [], '"9pm" is not a time of day'),
        ("21:00", "24:00", [], '"24:00" is not a time of day'),
        (None, None, ["christmas"], '"christmas" is not a date'),
    ],
)
def test_what_is_no_quiet_time_is_refused(
    from_: str | None, to: str | None, closed: list[str], message: str
) -> None:
    """A missing end, no time at all between the ends, and what is no time or date are errors."""
    with pytest.raises(TimeError) as caught:
        parse_quiet_hours(from_, to, closed)

    assert caught.value.message == message
    assert caught.value.help

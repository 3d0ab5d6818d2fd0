from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import iso, parse_instant
from sojourn.domain.time.windows import Window, can_open, next_opening, parse_window

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)


def opening(window: Window, now: str, zone: str) -> str:
    """Return when *window* opens next, all times as text."""
    return iso(next_opening(window, parse_instant(now, "UTC"), zone))


def test_a_window_is_read_from_times_days_and_dates() -> None:
    """Weekdays are numbered from Monday; without any, all days count."""
    actual = parse_window("22:00", "06:00", ["fri", "Saturday"], ["2026-12-25"])

    assert Window(time(22), time(6), frozenset({4, 5}), frozenset({date(2026, 12, 25)})) == actual
    assert parse_window("09:00", "17:00").days is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-06T08:59:59Z", "2026-03-06T09:00:00Z"),
        ("2026-03-06T09:00:00Z", "2026-03-06T09:00:00Z"),
        ("2026-03-06T16:59:59Z", "2026-03-06T16:59:59Z"),
        ("2026-03-06T17:00:00Z", "2026-03-07T09:00:00Z"),
    ],
)
def test_a_window_closes_at_its_end(now: str, expected: str) -> None:
    """The first moment belongs to the window, the last does not."""
    actual = opening(parse_window("09:00", "17:00"), now, "UTC")

    assert expected == actual


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-06T12:00Z", "2026-03-06T21:00:00Z"),
        ("2026-03-06T22:30Z", "2026-03-06T22:30:00Z"),
        ("2026-03-07T04:59Z", "2026-03-07T04:59:00Z"),
        ("2026-03-07T05:00Z", "2026-03-07T21:00:00Z"),
    ],
)
def test_a_window_may_cross_midnight(now: str, expected: str) -> None:
    """From 22:00 to 06:00 is the night, in the customer's zone."""
    actual = opening(parse_window("22:00", "06:00"), now, "Europe/Berlin")

    assert expected == actual


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-06T12:00Z", "2026-03-06T22:00:00Z"),  # Friday noon
        ("2026-03-07T05:00Z", "2026-03-07T05:00:00Z"),  # Saturday 05:00: Friday's window is still open
        ("2026-03-07T06:00Z", "2026-03-13T22:00:00Z"),
        ("2026-03-06T05:00Z", "2026-03-06T22:00:00Z"),  # Friday 05:00: that would be Thursday's
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_it_opened(now: str, expected: str) -> None:
    """Friday night lasts until Saturday morning."""
    actual = opening(parse_window("22:00", "06:00", ["friday"]), now, "UTC")

    assert expected == actual


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-24T21:00Z", "2026-12-24T22:00:00Z"),
        ("2026-12-24T23:59:59Z", "2026-12-24T23:59:59Z"),
        ("2026-12-25T00:00Z", "2026-12-26T00:00:00Z"),
        ("2026-12-25T23:00Z", "2026-12-26T00:00:00Z"),
        ("2026-12-26T01:00Z", "2026-12-26T01:00:00Z"),
    ],
)
def test_a_closed_date_is_closed_from_midnight_to_midnight(now: str, expected: str) -> None:
    """Of a night around a closed date the parts on other dates stay open."""
    actual = opening(parse_window("22:00", "06:00", closed=["2026-12-25"]), now, "UTC")

    assert expected == actual


@pytest.mark.parametrize(
    ("opens", "closes", "now", "expected"),
    [
        ("02:15", "04:00", "2026-03-29T00:30Z", "2026-03-29T01:00:00Z"),  # opening skipped
        ("02:15", "02:45", "2026-03-29T00:30Z", "2026-03-30T00:15:00Z"),  # all of it skipped
        ("02:00", "03:00", "2026-03-29T00:30Z", "2026-03-30T00:00:00Z"),  # the gap itself
        ("02:00", "02:30", "2026-10-25T00:45Z", "2026-10-25T01:00:00Z"),  # open in both passes
        ("02:00", "03:00", "2026-10-25T01:30Z", "2026-10-25T01:30:00Z"),
    ],
)
def test_a_window_looks_at_the_clock_on_the_wall(opens: str, closes: str, now: str, expected: str) -> None:
    """A gap that skips the opening opens it late, one that skips the window leaves the day out."""
    actual = opening(parse_window(opens, closes), now, "Europe/Berlin")

    assert expected == actual


@pytest.mark.parametrize("window", [parse_window("09:00", "09:00"), parse_window("09:00", "17:00", [])])
def test_a_window_without_a_moment_or_a_day_can_never_open(window: Window) -> None:
    """Such a window is a value, so that a rule can point at it; asking when it opens is an error."""
    assert not can_open(window)
    with pytest.raises(TimeError, match="never opens"):
        next_opening(window, NOW, "UTC")


def test_a_window_closed_on_all_dates_near_opens_after_them() -> None:
    """Closed dates end, so a window with a day and an hour opens some time."""
    window = parse_window("09:00", "17:00", ["mon"], [f"2026-03-{day:02}" for day in range(1, 32)])

    assert can_open(window)
    assert opening(window, "2026-03-06T12:00Z", "UTC") == "2026-04-06T09:00:00Z"


@pytest.mark.parametrize(
    ("opens", "closes", "days", "closed"),
    [
        ("9", "17:00", None, []),
        ("09:00", "24:00", None, []),
        ("09:00", "17:00", ["someday"], []),
        ("09:00", "17:00", None, ["25.12.2026"]),
        ("09:00", "17:00", None, ["2026-02-29"]),
    ],
)
def test_what_is_no_window_is_refused(
    opens: str, closes: str, days: list[str] | None, closed: list[str]
) -> None:
    """Times, weekdays and dates that are none are errors that say what to write."""
    with pytest.raises(TimeError) as caught:
        parse_window(opens, closes, days, closed)

    assert caught.value.help

"""Laws of wall clocks, held over every zone of the database against Python's own zoneinfo."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.time.instants import EARLIEST, LATEST
from sojourn.domain.time.local_time import first_instant, instant_of, wall_clock
from sojourn.domain.time.quiet_hours import QuietHours, quiet_until
from sojourn.domain.time.recurrence import DailyAt, WeeklyAt
from sojourn.domain.time.schedules import next_occurrence
from sojourn.domain.time.wall_clock import resolve
from sojourn.domain.time.windows import Window, next_opening
from tests.domain.time.stepping_clock import (
    DAY,
    MINUTE,
    ZONES,
    first_minute,
    first_strike,
    odd_moments,
    shown,
)

INSTANT = timedelta(microseconds=1)
EVERY_DAY = frozenset(range(7))
QUIET = QuietHours(time(21), time(8), frozenset({date(2026, 12, 25), date(2011, 12, 30)}))
# Nights in which clocks jump in one hemisphere or the other, plain days, the last day of a year.
NOWS = [
    datetime(1994, 12, 31, 9, 30, tzinfo=UTC),
    datetime(2011, 12, 30, 3, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 45, tzinfo=UTC),
    datetime(2026, 4, 4, 14, 50, tzinfo=UTC),
    datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 40, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2026, 12, 24, 21, 15, 30, tzinfo=UTC),
    datetime(2039, 3, 27, 0, 59, 59, 999_999, tzinfo=UTC),
]

zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(1975, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 29, 30, 31, 45, 59]))


@st.composite
def nows(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a zone and a whole minute, most often a day around a jump of its clocks."""
    zone = draw(zones)
    jumps = odd_moments(zone)
    if not jumps or draw(st.integers(0, 9)) == 0:
        return zone, draw(instants).replace(second=0, microsecond=0)
    return zone, draw(st.sampled_from(jumps)) + draw(st.integers(-2160, 1440)) * MINUTE


@st.composite
def closed_dates(draw: st.DrawFn, near: datetime) -> frozenset[date]:
    """Draw a few dates around an instant."""
    return frozenset(near.date() + n * DAY for n in draw(st.sets(st.integers(-2, 3), max_size=3)))


def is_quiet(quiet: QuietHours, wall: datetime) -> bool:
    """Say whether it is quiet, counting the seconds of the day."""
    begin, end, now = (
        t.hour * 3600 + t.minute * 60 + t.second for t in (quiet.start, quiet.end, wall.time())
    )
    return wall.date() in quiet.closed or (now - begin) % 86_400 < (end - begin) % 86_400


def check_reached(wall: datetime, at: datetime, zone: str) -> None:
    """Hold that *at* shows *wall*, or ends the gap over it, and that no earlier instant has come as far."""
    assert shown(at, zone) == wall or shown(at - INSTANT, zone) < wall < shown(at, zone)
    for quarters in range(1, 110):
        assert shown(at - quarters * 15 * MINUTE, zone) < wall
    assert shown(at - INSTANT, zone) < wall


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_in_every_zone_a_time_of_day_is_the_next_one(now: datetime) -> None:
    """In each zone of the database 02:30 and 00:00 come within two days, read so or follow a gap."""
    for zone in ZONES:
        for wall in (time(2, 30), time(0)):
            at = resolve(DailyAt(wall), now, zone, dict[tuple[str, ...], object]().__getitem__)

            assert now <= at <= now + 2 * DAY
            local = shown(at, zone)
            assert local.time() == wall or shown(at - INSTANT, zone).time() != (local - INSTANT).time()


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_in_every_zone_quiet_ends_when_it_ends(now: datetime) -> None:
    """In each zone None means not quiet; an answer is later, not quiet, and quiet an instant before."""
    for zone in ZONES:
        until = quiet_until(QUIET, now, zone)

        assert is_quiet(QUIET, shown(now, zone)) == (until is not None)
        if until is not None:
            assert until > now
            assert not is_quiet(QUIET, shown(until, zone))
            assert is_quiet(QUIET, shown(until - INSTANT, zone))


@given(zones, instants)
def test_the_wall_clock_is_zoneinfos(zone: str, at: datetime) -> None:
    """Two libraries that read the same data show the same clock."""
    actual = wall_clock(at, zone)

    assert shown(at, zone) == actual


@given(nows(), st.integers(-1500, 1500))
def test_a_wall_clock_is_reached_at_the_first_instant_that_has_come_as_far(
    now: tuple[str, datetime], minutes: int
) -> None:
    """One law covers plain times, gaps and folds: the first instant not to show an earlier wall clock."""
    zone, at = now
    wall = shown(at, zone) + minutes * MINUTE

    actual = instant_of(wall, zone)

    check_reached(wall, actual, zone)


@given(nows(), times)
def test_a_time_of_day_agrees_with_a_clock_stepped_by_the_minute(
    now: tuple[str, datetime], wall: time
) -> None:
    """Nothing between now and the answer strikes the hour, and the answer does."""
    zone, at = now

    actual = resolve(DailyAt(wall), at, zone, dict[tuple[str, ...], object]().__getitem__)

    assert actual == first_strike(at, zone, wall, EVERY_DAY)


@settings(max_examples=30)
@given(nows(), times, st.integers(0, 6))
def test_a_weekday_agrees_with_a_clock_stepped_by_the_minute(
    now: tuple[str, datetime], wall: time, weekday: int
) -> None:
    """The weekday is the local one."""
    zone, at = now

    actual = resolve(WeeklyAt(weekday, wall), at, zone, dict[tuple[str, ...], object]().__getitem__)

    assert actual == first_strike(at, zone, wall, frozenset({weekday}))


@given(nows(), times)
def test_a_schedule_is_the_next_time_of_day_after_this_one(now: tuple[str, datetime], wall: time) -> None:
    """Strictly after an instant is not before the next one."""
    zone, at = now

    actual = next_occurrence(DailyAt(wall), at, zone)

    assert actual == first_strike(at + MINUTE, zone, wall, EVERY_DAY)


@given(nows(), times, times, st.data())
def test_quiet_hours_agree_with_a_clock_stepped_by_the_minute(
    now: tuple[str, datetime], start: time, end: time, data: st.DataObject
) -> None:
    """The answer is the first minute that is neither in quiet hours nor on a closed day."""
    zone, at = now
    quiet = QuietHours(start, end, data.draw(closed_dates(at)))

    actual = quiet_until(quiet, at, zone)

    loud = first_minute(at, zone, lambda wall: not is_quiet(quiet, wall))
    assert actual == (None if loud == at else loud)


@given(nows(), times, times, st.data())
def test_a_window_opens_when_quiet_hours_of_the_rest_end(
    now: tuple[str, datetime], opens: time, closes: time, data: st.DataObject
) -> None:
    """A window and the quiet hours outside it are two ways to say the same."""
    zone, at = now
    closed = data.draw(closed_dates(at))
    if opens == closes:
        closes = time((opens.hour + 1) % 24)

    actual = next_opening(Window(opens, closes, None, closed), at, zone)

    assert actual == (quiet_until(QuietHours(closes, opens, closed), at, zone) or at)


@settings(max_examples=30)
@given(nows(), times, st.integers(1, 1439), st.sets(st.integers(0, 6), min_size=1), st.data())
def test_a_window_with_weekdays_agrees_with_a_clock_stepped_by_the_minute(
    now: tuple[str, datetime], opens: time, length: int, days: set[int], data: st.DataObject
) -> None:
    """A window is open until its length has passed on the clock since it opened on one of its days."""
    zone, at = now
    closed = data.draw(closed_dates(at))
    begins = opens.hour * 60 + opens.minute
    closes = time(*divmod((begins + length) % 1440, 60))

    def is_open(wall: datetime) -> bool:
        since = (wall.hour * 60 + wall.minute - begins) % 1440
        return since < length and (wall - since * MINUTE).weekday() in days and wall.date() not in closed

    actual = next_opening(Window(opens, closes, frozenset(days), closed), at, zone)

    assert actual == first_minute(at, zone, is_open, days=16)


def test_the_edges_of_the_calendar_are_out_of_every_zones_reach() -> None:
    """The instants for "always" and "never" have a wall clock everywhere and no zone moves them."""
    for zone in ZONES:
        for edge in (EARLIEST, LATEST):
            wall = edge.replace(tzinfo=None)

            assert wall_clock(edge, zone) == wall
            assert instant_of(wall, zone) == edge
            assert first_instant(edge, zone, lambda here: here + DAY) == edge

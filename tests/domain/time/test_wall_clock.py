from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.time.instants import iso, parse_instant
from sojourn.domain.time.wall_clock import (
    DailyAt,
    Instant,
    LocalDateTime,
    MissingTime,
    Relative,
    TimeError,
    Until,
    WeeklyAt,
    parse_until,
    resolve,
)

DAY = timedelta(days=1)
PROFILE: dict[tuple[str, ...], object] = {
    ("entry", "departure"): "2026-03-10T18:00",
    ("entry", "landing"): "2026-03-10T18:00:00+02:00",
    ("customer", "birthday"): "2026-05-01",
    ("steps", "ask", "event", "slot"): "2026-03-29T02:30",
    ("entry", "nothing"): None,
    ("entry", "number"): 1_772_805_600,
    ("entry", "word"): "next week",
    ("entry", "long"): ["x"] * 100_000,
    ("customer", "forever"): "9999-12-31",
    ("customer", "never"): "0001-01-01",
}


def until(text: str, now: str, zone: str) -> str:
    """Resolve *text* for the profile above, all times as text."""
    return iso(resolve(parse_until(text), parse_instant(now, "UTC"), zone, PROFILE.__getitem__))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00", DailyAt(time(9))),
        ("9:00", DailyAt(time(9))),
        ("23:59:30", DailyAt(time(23, 59, 30))),
        ("monday 09:00", WeeklyAt(0, time(9))),
        ("Sun 21:30", WeeklyAt(6, time(21, 30))),
        ("2026-12-24T18:00", LocalDateTime(datetime(2026, 12, 24, 18))),  # noqa: DTZ001 - a wall clock
        ("2026-12-24 18:00", LocalDateTime(datetime(2026, 12, 24, 18))),  # noqa: DTZ001
        ("2026-12-24", LocalDateTime(datetime(2026, 12, 24))),  # noqa: DTZ001
        ("2026-12-24T18:00Z", Instant(datetime(2026, 12, 24, 18, tzinfo=UTC))),
        ("2026-12-24T18:00+02:00", Instant(datetime(2026, 12, 24, 16, tzinfo=UTC))),
        ("entry.departure", Relative(("entry", "departure"), timedelta(0))),
        ("entry.departure - 1 day", Relative(("entry", "departure"), -DAY)),
        ("entry.departure-1 day", Relative(("entry", "departure"), -DAY)),
        ("customer.birthday + 1h 30m", Relative(("customer", "birthday"), timedelta(minutes=90))),
        ("customer.birthday + PT2H", Relative(("customer", "birthday"), timedelta(hours=2))),
        ("steps.x.event.y", Relative(("steps", "x", "event", "y"), timedelta(0))),
        ("entry.departure - 1 day at 09:00", Relative(("entry", "departure"), -DAY, time(9))),
        ("entry.departure at 09:00", Relative(("entry", "departure"), timedelta(0), time(9))),
    ],
)
def test_a_wait_says_what_it_is_until(text: str, expected: Until) -> None:
    """A time of day, a weekday, a date, an instant and a looked-up time are told apart by how they look."""
    actual = parse_until(text)

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("", "empty", '"09:00"'),
        ("monday", "is not a time to wait until", '"monday 09:00"'),
        ("mnoday 09:00", '"mnoday" is not a weekday', 'did you mean "monday"?'),
        ("tomorrow 09:00", '"tomorrow" is not a weekday', "known: "),
        ("24:00", "is not a time of day", 'midnight is "00:00"'),
        ("25:00", "is not on the clock", '"21:30"'),
        ("09:60", "is not on the clock", '"21:30"'),
        ("9am", "is not a time to wait until", '"09:00"'),
        ("2 hours", "is a length of time", "write `wait: 2 hours`, without until"),
        ("2026-02-30", "is not in the calendar", '"2026-12-24"'),
        ("2026-12-24T18", "is not a date and time", '"2026-12-24T18:00"'),
        ("entyr.departure", '"entyr" in "entyr.departure" is not known here', 'did you mean "entry"?'),
        ("entry", "is not a time to wait until", '"entry.departure - 1 day"'),
        ("entry.departure * 2", "is not a time to wait until", '"entry.departure - 1 day"'),
        ("entry.departure - 1 month", "no exact length", '"30 days"'),
        ("entry.departure - 1 hour at 09:00", 'moves by a part of a day and says "at"', "whole days"),
        ("entry..departure", "is not a time to wait until", '"entry.departure - 1 day"'),
    ],
)
def test_what_is_no_time_is_refused_with_what_to_write(text: str, message: str, advice: str) -> None:
    """An error quotes the author and says what to write instead."""
    with pytest.raises(TimeError) as caught:
        parse_until(text)

    assert message in caught.value.message
    assert advice in caught.value.help


@pytest.mark.parametrize(
    ("text", "now", "zone", "expected"),
    [
        # plainly ahead, exactly now, already past today
        ("09:00", "2026-03-06T07:00Z", "Europe/Berlin", "2026-03-06T08:00:00Z"),
        ("09:00", "2026-03-06T08:00Z", "Europe/Berlin", "2026-03-06T08:00:00Z"),
        ("09:00", "2026-03-06T08:00:00.000001Z", "Europe/Berlin", "2026-03-07T08:00:00Z"),
        ("00:00", "2026-03-06T12:00Z", "Europe/Berlin", "2026-03-06T23:00:00Z"),
        # "today" is the customer's
        ("09:00", "2026-03-06T23:30Z", "Asia/Tokyo", "2026-03-07T00:00:00Z"),
        ("09:00", "2026-03-07T03:00Z", "America/Los_Angeles", "2026-03-07T17:00:00Z"),
    ],
)
def test_a_time_of_day_comes_round_where_the_customer_is(
    text: str, now: str, zone: str, expected: str
) -> None:
    """A time of day is the next one in the customer's zone, now if it is exactly now."""
    actual = until(text, now, zone)

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "now", "zone", "expected"),
    [
        # Sunday evening in Europe is Monday already in Tokyo, Monday morning there is Sunday in Honolulu.
        ("monday 09:00", "2026-03-08T20:00Z", "Europe/Berlin", "2026-03-09T08:00:00Z"),
        ("monday 09:00", "2026-03-08T20:00Z", "Asia/Tokyo", "2026-03-09T00:00:00Z"),
        ("monday 09:00", "2026-03-09T00:00:01Z", "Asia/Tokyo", "2026-03-16T00:00:00Z"),
        ("monday 09:00", "2026-03-09T08:00Z", "Pacific/Honolulu", "2026-03-09T19:00:00Z"),
        ("sunday 23:00", "2026-03-09T08:00Z", "Pacific/Honolulu", "2026-03-09T09:00:00Z"),
    ],
)
def test_weekdays_are_those_of_the_customers_zone(text: str, now: str, zone: str, expected: str) -> None:
    """Monday begins when it begins where the customer is."""
    actual = until(text, now, zone)

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "now", "zone", "expected"),
    [
        ("02:30", "2026-03-28T12:00Z", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("02:00", "2026-03-28T12:00Z", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("03:00", "2026-03-28T12:00Z", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("02:30", "2026-03-29T01:00:01Z", "Europe/Berlin", "2026-03-30T00:30:00Z"),
        ("2026-03-08T02:30", "2026-03-01T00:00Z", "America/New_York", "2026-03-08T07:00:00Z"),
        ("sunday 02:15", "2026-10-03T00:00Z", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("2026-10-04T02:29", "2026-10-03T00:00Z", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("2026-09-06T00:30", "2026-09-01T00:00Z", "America/Santiago", "2026-09-06T04:00:00Z"),
        ("2026-09-06", "2026-09-01T00:00Z", "America/Santiago", "2026-09-06T04:00:00Z"),
        ("2026-04-24", "2026-04-01T00:00Z", "Africa/Cairo", "2026-04-23T22:00:00Z"),
        ("00:15", "2026-04-23T21:00Z", "Africa/Cairo", "2026-04-23T22:00:00Z"),
        ("23:30", "2026-03-28T12:00Z", "America/Nuuk", "2026-03-29T01:00:00Z"),  # over midnight
        ("23:30", "2026-03-29T01:00Z", "America/Nuuk", "2026-03-29T01:00:00Z"),
        ("saturday 23:30", "2026-03-29T01:00:01Z", "America/Nuuk", "2026-04-05T00:30:00Z"),
        ("2011-12-30T09:00", "2011-12-29T00:00Z", "Pacific/Apia", "2011-12-30T10:00:00Z"),
    ],
)
def test_a_skipped_time_gives_the_first_instant_after_the_gap(
    text: str, now: str, zone: str, expected: str
) -> None:
    """Gaps of an hour, of half an hour, at midnight and of a whole day end in their first valid instant."""
    actual = until(text, now, zone)

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("09:00", "2011-12-29T20:00Z", "2011-12-30T19:00:00Z"),
        ("friday 09:00", "2011-12-29T20:00Z", "2012-01-05T19:00:00Z"),
        ("00:00", "2011-12-29T20:00Z", "2011-12-30T10:00:00Z"),
    ],
)
def test_a_day_that_never_was_has_no_time_of_day(text: str, now: str, expected: str) -> None:
    """Samoa went from Thursday to Saturday: "09:00" is Saturday's, "friday 09:00" is next week's."""
    actual = until(text, now, "Pacific/Apia")

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "now", "zone", "expected"),
    [
        ("02:30", "2026-10-24T12:00Z", "Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("02:30", "2026-10-25T00:30Z", "Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("02:30", "2026-10-25T00:31Z", "Europe/Berlin", "2026-10-26T01:30:00Z"),
        ("2026-11-01T01:30", "2026-10-01T00:00Z", "America/New_York", "2026-11-01T05:30:00Z"),
        ("2026-11-01T01:30", "2026-11-01T05:31Z", "America/New_York", "2026-11-01T05:31:00Z"),
        ("2026-04-05T01:45", "2026-04-01T00:00Z", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"),
        ("saturday 23:30", "2026-04-01T00:00Z", "America/Santiago", "2026-04-05T02:30:00Z"),
    ],
)
def test_of_a_time_that_comes_twice_the_first_counts(text: str, now: str, zone: str, expected: str) -> None:
    """Each day has a time of day once: its first pass; after it the next day's is meant."""
    actual = until(text, now, zone)

    assert expected == actual


@pytest.mark.parametrize(
    "text",
    ["2026-03-06T12:59", "2026-03-01", "2026-03-06T12:00Z", "entry.departure - 30 days", "customer.never"],
)
def test_a_date_in_the_past_continues_at_once(text: str) -> None:
    """What is over is not waited for: an appointment booked three hours ahead is reminded of now."""
    actual = until(text, "2026-03-06T12:00:00Z", "Europe/Berlin")

    assert actual == "2026-03-06T12:00:00Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("entry.departure", "2026-03-10T22:00:00Z"),
        ("entry.departure - 1 day", "2026-03-09T22:00:00Z"),
        ("entry.departure - 3 days", "2026-03-07T22:00:00Z"),
        ("entry.departure - 2 days at 01:30", "2026-03-08T06:30:00Z"),
        ("entry.departure - 2 days at 02:30", "2026-03-08T07:00:00Z"),
        ("entry.landing", "2026-03-10T16:00:00Z"),
        ("entry.landing at 18:00", "2026-03-10T22:00:00Z"),
        ("customer.birthday + 2 hours", "2026-05-01T06:00:00Z"),
        ("steps.ask.event.slot + 1 day", "2026-03-30T06:30:00Z"),
        ("customer.forever + 30 days", "9999-12-31T23:59:59Z"),
        ("customer.forever at 09:00", "9999-12-31T23:59:59Z"),
        ("customer.never at 09:00", "2026-03-06T00:00:00Z"),
        ("customer.never - 1 day", "2026-03-06T00:00:00Z"),
    ],
)
def test_a_looked_up_time_is_moved_exactly(text: str, expected: str) -> None:
    """A day is 24 hours, unless "at" asks for the calendar; a time without offset is the customer's."""
    actual = until(text, "2026-03-06T00:00Z", "America/New_York")

    assert expected == actual


def test_with_at_the_day_before_is_the_calendars() -> None:
    """A quarter past midnight after a day of 23 hours, one day earlier is still that day."""
    values: dict[tuple[str, ...], object] = {("entry", "start"): "2026-03-30T00:15"}
    asked = parse_until("entry.start - 1 day at 18:00")

    actual = resolve(asked, datetime(2026, 3, 1, tzinfo=UTC), "Europe/Berlin", values.__getitem__)

    assert iso(actual) == "2026-03-29T16:00:00Z"


@pytest.mark.parametrize("path", ["entry.arrival", "entry.nothing"])
def test_a_time_that_is_not_there_is_named(path: str) -> None:
    """A wait for a value the customer does not have, or has as null, says which one."""
    with pytest.raises(MissingTime) as caught:
        until(f"{path} - 1 day", "2026-03-06T00:00Z", "UTC")

    assert caught.value.path == tuple(path.split("."))
    assert str(caught.value) == f'there is no time at "{path}"'


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("entry.number", '"entry.number" is "1772805600", not a date and time'),
        ("entry.word", '"entry.word": "next week" is not a date and time'),
        ("entry.long", '"entry.long" is "'),
    ],
)
def test_a_value_that_is_no_time_is_named_and_quoted(path: str, message: str) -> None:
    """A value of another kind is an error that names its path and shows it, cut when long."""
    with pytest.raises(TimeError) as caught:
        until(path, "2026-03-06T00:00Z", "UTC")

    assert caught.value.message.startswith(message)
    assert len(caught.value.message) < 200


@given(
    st.text(max_size=40)
    | st.from_regex(
        r"(entry|customer)\.[a-z]{1,5} ?[+-] ?[0-9]{1,9} ?(days?|h)( at [0-9:]{1,6})?", fullmatch=True
    )
)
def test_any_text_is_a_time_or_refused(text: str) -> None:
    """No text makes reading fail in any other way."""
    value: Until | None = None

    with suppress(TimeError):
        value = parse_until(text)

    assert value is None or isinstance(value, DailyAt | WeeklyAt | LocalDateTime | Instant | Relative)


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),  # noqa: DTZ001 - wall clocks
    st.integers(-3650, 3650),
    st.none() | st.times(),
)
def test_no_value_falls_off_the_calendar(wall: datetime, days: int, at: time | None) -> None:
    """Whatever date a customer has and however far it is moved, an instant not before now comes out."""
    now = datetime(2026, 3, 6, tzinfo=UTC)
    asked = Relative(("entry", "x"), timedelta(days=days), at)
    values: dict[tuple[str, ...], object] = {("entry", "x"): wall.isoformat()}

    actual = resolve(asked, now, "America/New_York", values.__getitem__)

    assert actual >= now
    assert actual.date() >= date(2026, 3, 6)

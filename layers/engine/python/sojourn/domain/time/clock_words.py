"""Reads the words all wall-clock texts share: "09:00", "monday", "2026-12-25".

It knows no zones and nothing of what the words are used for.
"""

from __future__ import annotations

import re
from datetime import date, time

from sojourn.domain.findings import did_you_mean
from sojourn.domain.time.errors import TimeError, checked, quoted

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_WEEKDAY_NUMBERS = {word: n for n, name in enumerate(WEEKDAYS) for word in (name, name[:3])}
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME_HELP = 'write hours and minutes of a 24-hour clock, for example "09:00" or "21:30"'
_DATE_HELP = 'write year, month and day, for example "2026-12-24"'


def parse_time_of_day(text: str) -> time:
    """Return the time of day *text* says: "09:00", "9:00" or "09:00:30".

    Raises:
        TimeError: it is something else; midnight is "00:00", and "24:00" is told so.
    """
    source = checked(text, TimeError, _TIME_HELP)
    found = _TIME.fullmatch(source)
    if found is None:
        raise TimeError(f"{quoted(text)} is not a time of day", _TIME_HELP)
    hour, minute, second = (int(part or 0) for part in found.groups())
    if (hour, minute, second) == (24, 0, 0):
        raise TimeError(f"{quoted(text)} is not a time of day", 'midnight is "00:00"')
    if hour > 23 or minute > 59 or second > 59:
        raise TimeError(f"{quoted(text)} is not on the clock", _TIME_HELP)
    return time(hour, minute, second)


def parse_weekday(text: str) -> int:
    """Return the weekday *text* names, in full or by its first three letters; Monday is 0.

    Raises:
        TimeError: it is no weekday.
    """
    source = checked(text, TimeError, "write a weekday, for example monday or mon")
    if (number := _WEEKDAY_NUMBERS.get(source.lower())) is None:
        raise TimeError(f"{quoted(text)} is not a weekday", did_you_mean(source.lower(), WEEKDAYS))
    return number


def parse_date(text: str) -> date:
    """Return the date *text* says, "2026-12-24".

    Raises:
        TimeError: it is something else, or no such day exists.
    """
    source = checked(text, TimeError, _DATE_HELP)
    if not _DATE.fullmatch(source):
        raise TimeError(f"{quoted(text)} is not a date", _DATE_HELP)
    try:
        return date.fromisoformat(source)
    except ValueError:
        raise TimeError(f"{quoted(text)} is not in the calendar", _DATE_HELP) from None

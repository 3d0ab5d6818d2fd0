"""Reads and writes instants as ISO 8601, the form of every time in events, attributes, traces and the table.

A text without an offset is a wall clock in the zone given. This module knows no waits.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from sojourn.domain.time.errors import TimeError, checked, quoted

__all__ = ["EARLIEST", "LATEST", "iso", "parse_date_time", "parse_instant"]

EARLIEST: Final = datetime(1, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""What the years 1 and 9999 stand for: people write them for "always" and "never", and no offset may push an
instant over the edge of the calendar."""

_HELP = 'write it like "2026-12-24", "2026-12-24T18:00" or "2026-12-24T18:00:00Z"'
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def parse_date_time(text: str) -> datetime:
    """Return the date and time *text* says: aware and in UTC where it has an offset or Z, else naive.

    A date alone is its midnight. Digits past the microsecond are cut.

    Raises:
        TimeError: *text* is something else, or not in the calendar.
    """
    source = checked(text, TimeError, _HELP)
    if not _DATE_TIME.fullmatch(source):
        raise TimeError(f"{quoted(text)} is not a date and time", _HELP)
    try:
        value = datetime.fromisoformat(source.upper())
    except ValueError:
        raise TimeError(f"{quoted(text)} is not in the calendar or on the clock", _HELP) from None
    if value.tzinfo is None:
        return value
    if not 1 < value.year < 9999:
        return LATEST if value.year == 9999 else EARLIEST
    return value.astimezone(UTC)


def parse_instant(text: str, zone: str) -> datetime:
    """Return the instant *text* says, in UTC.

    With an offset it is that instant, without one the wall clock in *zone*: the first instant after a gap it
    falls into, the first of two where it comes twice. The years 1 and 9999 become the first and last instant.

    Raises:
        TimeError: *text* is no date and time.
    """
    value = parse_date_time(text)
    if value.tzinfo:
        return value
    # Imported here: most functions write instants, and few read a clock on the wall.
    from sojourn.domain.time.local_time import instant_of

    return instant_of(value, zone)


def iso(at: datetime) -> str:
    """Return *at* as "2026-03-06T14:00:00Z", with six digits of a second's fraction only where it has one.

    Raises:
        ValueError: *at* is naive, which is a bug of ours.
    """
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            raise ValueError(f"{at} has no zone")
        at = at.astimezone(UTC)
    return at.isoformat()[:-6] + "Z"

"""Takes instants to wall clocks and back, in any zone of the IANA database: the room's only zone arithmetic.

Where the clocks go forward a wall clock is missing, where they go back one comes twice; both answers are
given here, once. `whenever` does the arithmetic. Everything above says what wall clock it wants and never
adds an offset itself. This module knows nothing of waits, windows or schedules.

Zone data is always that of the PyPI package `tzdata`, never the machine's, which on AWS Lambda may be missing
and anywhere may be older: what was simulated on a laptop is what will happen.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from whenever import Instant, PlainDateTime, ZonedDateTime, reset_tzpath

from sojourn.domain.time.instants import EARLIEST, LATEST

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["day_exists", "first_instant", "instant_of", "wall_clock"]

# With no folders to search, whenever goes to the tzdata package. Nothing is read here.
reset_tzpath(())

_DAY = timedelta(days=1)
_MIDNIGHT = time()


def wall_clock(at: datetime, zone: str) -> datetime:
    """Return the naive date and time a clock on the wall in *zone* shows at the instant *at*."""
    if not 1 < at.year < 9999:
        return at.replace(tzinfo=None)
    _loaded(zone)
    return Instant(at).to_tz(zone).to_plain().to_stdlib()


def instant_of(wall: datetime, zone: str) -> datetime:
    """Return the first instant at which the clocks in *zone* have reached the naive *wall*.

    A wall clock that is skipped gives the first instant after the gap; one that comes twice gives the first.
    """
    if not 1 < wall.year < 9999:
        return LATEST if wall.year == 9999 else EARLIEST
    _loaded(zone)
    asked = PlainDateTime(wall)
    moment = asked.assume_tz(zone, disambiguation="earlier")
    # For a skipped wall clock "earlier" lands before the gap; the change of rules ends the gap.
    while moment.to_plain() < asked and (change := moment.next_transition()):
        moment = change
    return moment.to_instant().to_stdlib()


def day_exists(day: date, zone: str) -> bool:
    """Say whether any moment in *zone* has the date *day*: Samoa, for one, had no 30 December 2011."""
    midnight = datetime.combine(day, _MIDNIGHT)
    return instant_of(midnight, zone) < instant_of(midnight + _DAY, zone)


def first_instant(at: datetime, zone: str, next_wall: Callable[[datetime], datetime]) -> datetime:
    """Return the first instant not before *at* whose wall clock in *zone* is wanted; *at* itself if it is.

    Between two changes of the zone's rules wall clocks run as evenly as instants, so *next_wall* need know
    nothing of zones: it returns the first wanted wall clock not before the naive one it is given, and must
    find one.
    """
    _loaded(zone)
    while 1 < at.year < 9999:
        moment = Instant(at).to_tz(zone)
        here = moment.to_plain().to_stdlib()
        found = at + (next_wall(here) - here)
        change = moment.next_transition()
        if change is None or found < (changes_at := change.to_instant().to_stdlib()):
            return found
        at = changes_at
    return at


@lru_cache(maxsize=1024)
def _loaded(zone: str) -> ZonedDateTime:
    """Keep the rules of *zone* in memory: whenever itself holds on to the last 32 zones only.

    Raises:
        whenever.TimeZoneNotFoundError: there is no such zone; names are checked before they come here.
    """
    return Instant(EARLIEST + 2 * _DAY).to_tz(zone)

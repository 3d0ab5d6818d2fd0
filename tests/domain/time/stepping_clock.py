"""A second opinion on wall clocks: Python's own zoneinfo, walked minute by minute, without any cleverness."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from sojourn.domain.time.zones import zone_names

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@cache
def zone_info(zone: str) -> ZoneInfo:
    """Load *zone* from the tzdata package, whatever the machine's own files say."""
    with files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


@cache
def odd_moments(zone: str) -> tuple[datetime, ...]:
    """Return the instants at which the clocks of *zone* jumped or will jump, between 1975 and 2037."""
    info = zone_info(zone)
    found = []
    at = datetime(1975, 1, 1, tzinfo=UTC)
    while at.year < 2038:
        offset = at.astimezone(info).utcoffset()
        if (at + DAY).astimezone(info).utcoffset() != offset:
            low, high = at, at + DAY
            while high - low > MINUTE:
                middle = low + (high - low) // MINUTE // 2 * MINUTE
                low, high = (middle, high) if middle.astimezone(info).utcoffset() == offset else (low, middle)
            found.append(high)
        at += DAY
    return tuple(found)


def shown(at: datetime, zone: str) -> datetime:
    """Return what the clock on the wall shows, naive."""
    return at.astimezone(zone_info(zone)).replace(tzinfo=None, fold=0)


def first_minute(at: datetime, zone: str, wanted: Callable[[datetime], bool], days: int = 9) -> datetime:
    """Return the first whole minute not before *at* whose wall clock is wanted."""
    while at.second or at.microsecond:
        at = at.replace(second=0, microsecond=0) + MINUTE
    last = at + days * DAY
    while not wanted(shown(at, zone)):
        assert at < last, "not within the days given"
        at += MINUTE
    return at


def first_strike(at: datetime, zone: str, wall: time, days: frozenset[int]) -> datetime:
    """Return the first whole minute not before *at* at which the clock strikes *wall* on one of *days*.

    It strikes in the first pass of an hour that comes twice, and right after a gap that swallowed it, unless
    the gap swallowed the whole day.
    """
    info = zone_info(zone)
    while True:
        local = at.astimezone(info)
        now = local.replace(tzinfo=None, fold=0)
        if now.time() == wall and local.fold == 0 and now.weekday() in days:
            return at
        before = shown(at - MINUTE, zone)
        if now - before > MINUTE and any(
            day.weekday() in days and before < datetime.combine(day, wall) < now
            for day in _partly_there(before, now)
        ):
            return at
        at += MINUTE


def _partly_there(before: datetime, now: datetime) -> list[date]:
    """Return the dates a jump from *before* to *now* touches, without those it swallows whole."""
    dates = [before.date() + n * DAY for n in range((now.date() - before.date()).days + 1)]
    midnight = time()
    return [
        day
        for day in dates
        if not before < datetime.combine(day, midnight) < datetime.combine(day + DAY, midnight) <= now
    ]


ZONES = zone_names()

"""Reads and writes lengths of time the way marketers say them: "1 day 12 hours", "90 seconds".

A duration is exact: a day is 24 hours, a week is 7 days, whatever the clocks do. Months and years are
refused, because they have no exact length. This module knows no zones and no calendar.
"""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from typing import Final

from sojourn.domain.findings import did_you_mean
from sojourn.domain.time.errors import DurationError, checked, quoted

__all__ = ["LONGEST", "DurationError", "format_duration", "parse_duration", "parse_offset"]

LONGEST: Final = timedelta(days=3650)
"""Ten years; what is longer is a slip of the keyboard and not a plan."""

_HELP = 'write it like "2 hours", "90 seconds" or "1 day 12 hours"'
_MICROSECONDS = {"week": 604_800_000_000, "day": 86_400_000_000, "hour": 3_600_000_000, "minute": 60_000_000}
_MICROSECONDS |= {"second": 1_000_000}
_SHORT = {"w": "week", "d": "day", "h": "hour", "hr": "hour", "m": "minute", "min": "minute"}
_SHORT |= {"s": "second", "sec": "second"}
_UNITS = _SHORT | {unit: unit for unit in _MICROSECONDS} | {unit + "s": unit for unit in _MICROSECONDS}
_UNITS |= {"hrs": "hour", "mins": "minute", "secs": "second"}
_INEXACT = {"M": "30 days", "month": "30 days", "months": "30 days", "mo": "30 days", "quarter": "90 days"}
_INEXACT |= {"year": "365 days", "years": "365 days", "y": "365 days", "quarters": "90 days"}

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_PART = re.compile(rf"\s*({_NUMBER})\s*([A-Za-z]+)")
_ISO = re.compile(
    rf"P(?:({_NUMBER})Y)?(?:({_NUMBER})M)?(?:({_NUMBER})W)?(?:({_NUMBER})D)?"
    rf"(?:T(?=[0-9])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?"
)
_ISO_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


def parse_duration(text: str) -> timedelta:
    """Return the length of time *text* says, from zero to ten years, exact to the microsecond.

    Takes numbers with units in any order, each unit once ("1h 30m", "1.5 hours", "2 weeks"), and ISO 8601
    ("PT2H"). Zero is a duration: a wait of "0 seconds" goes on at once.

    Raises:
        DurationError: *text* is something else, is negative, or needs months or years.
    """
    source = checked(text, DurationError, _HELP)
    if source[0] in "+-":
        raise DurationError(f"{quoted(text)} has a sign, a duration has none", _HELP)
    parts = _iso_parts(source) if source[0] == "P" else _spoken_parts(source)
    total = sum(Fraction(number) * _MICROSECONDS[unit] for number, unit in parts)
    if total.denominator != 1:
        raise DurationError(f"{quoted(text)} is finer than a microsecond", "write fewer digits")
    if total > LONGEST // timedelta(microseconds=1):
        most = f'write at most "{LONGEST.days} days"'
        raise DurationError(f"{quoted(text)} is longer than ten years", most)
    return timedelta(microseconds=int(total))


def parse_offset(text: str) -> timedelta:
    """Return the distance from a scenario's start that *text* says: a "+" and a duration, "+1h 30m".

    Raises:
        DurationError: the "+" is missing, or no duration follows it.
    """
    advice = 'write it like "+0s", "+1h 30m" or "+30 days"'
    source = checked(text, DurationError, advice)
    if source[0] != "+":
        raise DurationError(f'{quoted(text)} does not begin with "+"', advice)
    return parse_duration(source[1:])


def format_duration(value: timedelta) -> str:
    """Return *value* in words, "1 day 12 hours", such that `parse_duration` reads the same value back.

    A negative value, which nothing an author writes can give, gets a "-" in front.
    """
    if value < timedelta(0):
        return "-" + format_duration(-value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    counts = [(str(value.days), "day"), (str(hours), "hour"), (str(minutes), "minute")]
    if value.microseconds:
        counts.append((f"{seconds}.{value.microseconds:06}".rstrip("0"), "second"))
    else:
        counts.append((str(seconds), "second"))
    said = (f"{count} {unit}{'' if count == '1' else 's'}" for count, unit in counts if count != "0")
    return " ".join(said) or "0 seconds"


def _spoken_parts(source: str) -> list[tuple[str, str]]:
    """Split "1h 30 minutes" into its numbers and units."""
    parts: list[tuple[str, str]] = []
    position = 0
    while position < len(source):
        if (found := _PART.match(source, position)) is None:
            raise DurationError(f"{quoted(source)} is not a duration", _stumble(source[position:]))
        unit = _unit(found[2], source)
        if unit in (seen for _, seen in parts):
            raise DurationError(f"{quoted(source)} says {unit}s twice", "say each unit once")
        parts.append((found[1], unit))
        position = found.end()
    return parts


def _stumble(rest: str) -> str:
    """Return the help that fits where reading stopped."""
    number = re.match(rf"\s*({_NUMBER})\s*$", rest)
    return f'say the unit as well, for example "{number[1]} minutes"' if number else _HELP


def _unit(word: str, source: str) -> str:
    """Return the unit *word* means; a lone capital M is ISO's month, and so nothing exact."""
    lower = word if word == "M" else word.lower()
    if instead := _INEXACT.get(lower):
        raise DurationError(
            f"{quoted(source)} counts in {quoted(word)}, which has no exact length",
            f'count in days or weeks, for example "{instead}"',
        )
    if unit := _UNITS.get(lower):
        return unit
    raise DurationError(
        f"{quoted(word)} in {quoted(source)} is no unit of time",
        did_you_mean(lower, [name + "s" for name in _MICROSECONDS]),
    )


def _iso_parts(source: str) -> list[tuple[str, str]]:
    """Split ISO 8601's "P1DT12H" into its numbers and units."""
    found = _ISO.fullmatch(source)
    parts = [(n, u) for n, u in zip(found.groups(), _ISO_UNITS, strict=True) if n] if found else []
    if not parts:
        raise DurationError(f"{quoted(source)} is not a duration", _HELP)
    if parts[0][1] in ("year", "month"):
        _unit(parts[0][1], source)
    return parts

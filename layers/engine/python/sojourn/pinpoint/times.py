"""Times as Pinpoint writes them, in the words of the journey language.

Durations are ISO 8601 (`PT2H`), instants ISO 8601 (`2026-12-24T18:00:00Z`), times of day `HH:MM`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sojourn.domain.time.durations import DurationError, format_duration, parse_duration

_OFFSET = re.compile(r"UTC(?:([+-])(\d{2})(?::(\d{2}))?)?")
_CLOCK = re.compile(r"T?([01][0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9](?:\.\d+)?)?Z?")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class TimeFault(ValueError):
    """A time is not as Pinpoint writes it; `repair` says how it is written."""

    def __init__(self, what: str, repair: str) -> None:
        super().__init__(what)
        self.repair = repair


def duration(text: str) -> timedelta:
    """Return the length of an ISO 8601 duration.

    Raises:
        TimeFault: it is none, or has months or years, which have no exact length.
    """
    if not text.startswith("P"):
        raise TimeFault(f'"{text}" is no ISO 8601 duration', "write it like PT2H, P3D or P1W")
    try:
        return parse_duration(text)
    except DurationError as error:
        raise TimeFault(f'"{text}": {error.message}', error.help or "write it in days: P30D") from None


def spoken(length: timedelta) -> str:
    """Return a length of time as the journey language writes it: `2 hours`."""
    return format_duration(length)


def instant(text: str) -> tuple[datetime, bool]:
    """Return the moment of an ISO 8601 date and time, and whether it says a zone (else UTC is taken).

    Raises:
        TimeFault: it is none.
    """
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00") if text.endswith("Z") else text)
    except ValueError:
        raise TimeFault(f'"{text}" is no date and time', "write it like 2026-12-24T18:00:00Z") from None
    if at.tzinfo is None:
        return at.replace(tzinfo=UTC), False
    return at.astimezone(UTC), True


def clock(text: str) -> str:
    """Return a time of day as `HH:MM`.

    Raises:
        TimeFault: it is none.
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise TimeFault(f'"{text}" is no time of day', "write it like 21:30")
    return f"{found[1]}:{found[2]}"


def zone(text: str) -> str | None:
    """Return the IANA zone of an offset as Pinpoint writes it, `UTC+02`; None where no zone has it all year.

    The zones `Etc/GMT-2` count the other way round (tz database, file `etcetera`).
    """
    found = _OFFSET.fullmatch(text)
    if found is None or (found[3] and found[3] != "00"):
        return None
    hours = int(found[2] or 0)
    if not hours:
        return "UTC"
    return f"Etc/GMT{'-' if found[1] == '+' else '+'}{hours}"


def stamp(at: datetime) -> str:
    """Return a moment as conditions write it: `2026-12-24T18:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def wait(given: dict[str, Any]) -> Any:
    """Return what a `wait` step says for a `WaitTime`; None where nothing is waited for.

    Raises:
        TimeFault: it says no time, two times, or none that can be read.
    """
    if {"WaitFor", "WaitUntil"} <= given.keys():
        raise TimeFault("`WaitFor` and `WaitUntil` exclude each other", "keep one of them")
    if "WaitFor" in given:
        return spoken(duration(given["WaitFor"]))
    if "WaitUntil" in given:
        at, _ = instant(given["WaitUntil"])
        return {"until": at.strftime("%Y-%m-%dT%H:%M:%S"), "zone": "UTC"}
    raise TimeFault("it does not say how long", "add `WaitFor`, such as PT2H, or `WaitUntil`")


def zoned(given: dict[str, Any]) -> bool:
    """Say whether it is clear which moment a `WaitTime` means."""
    return "WaitUntil" not in given or instant(given["WaitUntil"])[1]

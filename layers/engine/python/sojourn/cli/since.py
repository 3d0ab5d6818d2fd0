"""Reads how far back somebody wants to look: `2 days`, or a date or time. It knows nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from sojourn.cli.usage import UsageError


def instant_since(text: str, now: datetime) -> datetime:
    """Return the instant that *text* says, in UTC.

    Raises:
        UsageError: it is neither a length of time nor a date.
    """
    from sojourn.domain.time.durations import parse_duration
    from sojourn.domain.time.errors import TimeError
    from sojourn.domain.time.instants import parse_instant

    with suppress(TimeError):
        return now - parse_duration(text)
    with suppress(TimeError):
        return parse_instant(text, "UTC")
    raise UsageError(
        f'--since "{text}" is no time', 'write a length of time ("2 days", 12h) or a date: 2026-11-20'
    )


def since(text: str | None) -> str | None:
    """Return the instant as the table's rows have it, so that texts compare; None where none is given."""
    from sojourn.adapters.dynamodb import keys

    return None if text is None else keys.instant(instant_since(text, datetime.now(UTC)))

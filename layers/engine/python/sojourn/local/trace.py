"""Traces: everything that happened, in order, as JSON objects and as lines a person reads."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.domain.ledger import Happening


def in_time(happenings: Iterable[Happening]) -> list[Happening]:
    """Return the happenings by time; those of one instant in the order they were written."""
    return sorted(happenings, key=lambda happening: happening.at)


def to_json(happening: Happening) -> dict[str, Any]:
    """Return one line of a trace as JSON data; what is empty is left out."""
    record: dict[str, Any] = {
        "at": iso(happening.at), "customer": happening.customer, "journey": happening.journey,
        "version": happening.version, "run": happening.run, "step": happening.step, "what": happening.what,
        "reason": happening.reason,
    }  # fmt: skip
    record |= {name: _plain(value) for name, value in happening.details.items()}
    return {name: value for name, value in record.items() if value != ""}


def to_line(happening: Happening, start: datetime) -> str:
    """Return one line of a trace for a person: when since the start, who, what, why."""
    details = ", ".join(
        f"{name} {_said(value)}"
        for name, value in happening.details.items()
        if name not in ("send", "holdout") and value != ""
    )
    reason = f" ({happening.reason})" if happening.reason else ""
    what = f"{happening.what} {happening.step}".rstrip()
    text = f"{what}{': ' + details if details else ''}{reason}"
    return f"{since(happening.at, start):>14}  {happening.customer}  {happening.journey}  {text}"


def since(at: datetime, start: datetime) -> str:
    """Return how long after *start* something was, as scenarios write it: `+1d 2h 30m`."""
    seconds = int((at - start).total_seconds())
    sign = "-" if seconds < 0 else "+"
    seconds = abs(seconds)
    parts = [
        (seconds // 86_400, "d"),
        (seconds % 86_400 // 3600, "h"),
        (seconds % 3600 // 60, "m"),
        (seconds % 60, "s"),
    ]
    return sign + (" ".join(f"{n}{unit}" for n, unit in parts if n) or "0s")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _said(value: Any) -> str:
    return iso(value) if isinstance(value, datetime) else str(value)

"""Turns what a scope holds into what CEL takes, and what CEL gives into JSON.

Stored values are JSON: numbers may be int, float or Decimal, times are ISO texts. For CEL every number is a
double, so that none fails to compare with another, and whatever is None is absent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import iso, parse_date_time

_DEEPEST = 32
_EXACT = 2**53
_MOST_DIGITS = 40
"""Whole numbers with more are written with an exponent."""


class Unfit(ValueError):
    """A stored value is of no use where it is read; the message completes "customer.x …"."""


class Weight:
    """How much a bound value holds, so that the cost of going through it can be bounded beforehand."""

    __slots__ = ("characters", "longest", "values")

    def __init__(self) -> None:
        self.values = self.characters = self.longest = 0


def to_cel(value: Any, weight: Weight | None = None, depth: int = 0) -> Any:
    """Return *value* as CEL takes it, adding to *weight* what it holds.

    Raises:
        Unfit: it is no JSON, or nested too deeply.
    """
    kind = type(value)
    if kind is float or kind is bool or value is None:
        return value
    if kind is int:
        return _double(value)
    if kind is str:
        if weight is not None:
            weight.characters += len(value)
        return clean(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _container(value, weight or Weight(), depth)
    return to_cel(_plain(value), weight, depth)


def _container(value: Any, weight: Weight, depth: int) -> Any:
    if depth > _DEEPEST:
        raise Unfit("is nested too deeply")
    weight.values += len(value)
    weight.longest = max(weight.longest, len(value))
    if isinstance(value, Mapping):
        pairs = ((clean(str(k)), to_cel(v, weight, depth + 1)) for k, v in value.items() if v is not None)
        found = dict(pairs)
        weight.characters += sum(map(len, found))
        return found
    return [to_cel(item, weight, depth + 1) for item in value]


def _double(value: int | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def clean(text: str) -> str:
    """Return *text* without what the C++ runtime cannot hold: NUL, and surrogates that stand alone."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _plain(value: Any) -> Any:
    """Return a value that a scope may hold beside JSON as JSON; times as ISO texts, lengths as seconds."""
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int | Decimal):
        return _double(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        return iso(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise Unfit(f"is a {type(value).__name__}, which conditions do not know")


def to_instant(value: Any) -> datetime:
    """Return the instant that a stored value says, UTC where it says no zone; raises Unfit where it is none."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, str):
        try:
            found = parse_date_time(value)
        except TimeError:
            shown = value if len(value) <= 40 else value[:39] + "…"
            raise Unfit(f'is "{shown}", which is no time') from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    raise Unfit("is no time")


def canonical(at: datetime) -> str:
    """Return an instant as text that sorts as the instants do."""
    return (
        at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if at.year > 999
        else at.isoformat(timespec="microseconds")[:-6] + "Z"
    )


def comparable(value: Any, weight: Weight | None = None) -> Any:
    """Return *value* for a comparison: a text that is a date or time becomes canonical, so that instants compare."""
    if isinstance(value, str) and not (len(value) >= 10 and value[4] == "-" and value[7] == "-"):
        return to_cel(value, weight)
    if isinstance(value, str | date):
        try:
            return canonical(to_instant(value))
        except Unfit:
            pass
    return to_cel(value, weight)


def written(value: Any) -> Any:
    """Return a number as text without exponent or needless fraction, as `string()` gives it; others as they are."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = _double(value) if isinstance(value, int | Decimal) else float(value)
        if number.is_integer() and abs(number) < 10.0**_MOST_DIGITS:
            return str(int(value))
        return number
    return to_cel(value)


def jsonable(value: Any, depth: int = 0) -> Any:
    """Return *value* as JSON holds it: whole numbers as int, instants as ISO with Z, lengths as seconds.

    Raises:
        Unfit: it is no JSON: not a number, infinite, nested too deeply.
    """
    kind = type(value)
    if kind is str or kind is bool or kind is int or value is None:
        return value
    if isinstance(value, Mapping | list | tuple | set | frozenset) and depth > _DEEPEST:
        raise Unfit("is nested too deeply")
    if isinstance(value, Mapping):
        return {str(k): jsonable(v, depth + 1) for k, v in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes | bytearray):
        return [jsonable(item, depth + 1) for item in value]
    if isinstance(value, Decimal) and value.is_finite():
        whole = value.adjusted() < _MOST_DIGITS and value == value.to_integral_value()
        return int(value) if whole else jsonable(float(value))
    plain = value if kind is float else _plain(value)
    if isinstance(plain, float):
        if not math.isfinite(plain):
            raise Unfit("is no finite number")
        return int(plain) if plain.is_integer() and abs(plain) <= _EXACT else plain
    return plain

"""Whether a literal value is of a declared type, and one of the values allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sojourn.domain.condition.types import ValueType
from sojourn.domain.findings import did_you_mean
from sojourn.domain.time.clock_words import parse_date
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.domain.journey.model.workspace import Property


def _is_time(value: object, read: Callable[[str], object]) -> bool:
    try:
        return isinstance(value, str) and bool(read(value))
    except TimeError:
        return False


_FITS: Final[Mapping[ValueType, tuple[Callable[[Any], bool], str]]] = {
    ValueType.STRING: (lambda v: isinstance(v, str), "text"),
    ValueType.NUMBER: (lambda v: isinstance(v, int | float) and not isinstance(v, bool), "a number"),
    ValueType.BOOLEAN: (lambda v: isinstance(v, bool), "true or false"),
    ValueType.DATE: (lambda v: _is_time(v, parse_date), 'a date, such as "2026-12-24"'),
    ValueType.TIME: (
        lambda v: _is_time(v, parse_date_time),
        'a date and time, such as "2026-12-24T18:00:00Z"',
    ),
    ValueType.LIST: (lambda v: isinstance(v, list), "a list"),
    ValueType.OBJECT: (lambda v: isinstance(v, dict), "a mapping"),
}
_AS_TEXT = (ValueType.STRING, ValueType.DATE, ValueType.TIME)


def objection(name: str, value: Any, declared: Property) -> tuple[str, str] | None:
    """Return what is wrong with *value* as *name* and what to do; None where it fits (as null always does)."""
    if value is None or declared.type not in _FITS:
        return None
    fits, wanted = _FITS[declared.type]
    if not fits(value):
        return f'"{name}" must be {wanted}, not {said(value)}', ""
    if declared.one_of is not None and value not in declared.one_of:
        known = [str(one) for one in declared.one_of]
        return f'"{name}" cannot be {said(value)}', did_you_mean(str(value)[:100], known)
    return None


def objection_to_type(name: str, found: ValueType, declared: Property) -> tuple[str, str] | None:
    """Return what is wrong with an expression of the type *found* as *name*; None where its value may fit."""
    if ValueType.ANY in (found, declared.type) or found == declared.type:
        return None
    if found in _AS_TEXT and declared.type in _AS_TEXT:
        return None
    return f'"{name}" must be {_FITS[declared.type][1]}, and this is of the type {found}', ""


def said(value: Any) -> str:
    """Return a value as a message quotes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return f'"{str(value)[:40]}"'

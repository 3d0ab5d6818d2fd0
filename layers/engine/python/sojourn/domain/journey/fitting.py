"""Whether a guess can give values of the type that the workspace says: what cannot is a finding, never a crash."""

from __future__ import annotations

from typing import Any

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.model.guesses import Around, Between, OneOf, parse_distance
from sojourn.domain.time.instants import parse_instant


def why_unfit(guess: Any, type_: ValueType) -> str:
    """Return why a value of this type cannot be guessed like this, "" where it can."""
    if isinstance(guess, Around):
        fits = type_ in (ValueType.NUMBER, ValueType.ANY)
        return "" if fits else f"is a {type_}, and `around` gives numbers"
    values: Any = guess
    if isinstance(guess, Between):
        values = guess.between
    elif isinstance(guess, OneOf):
        values = guess.one_of
    for value in values if isinstance(values, tuple | dict) else (values,):
        try:
            _as_type(value, type_, written=isinstance(values, dict), distances=isinstance(guess, Between))
        except ValueError as error:
            return f"is a {type_}: {error}"
    return ""


def _as_type(value: Any, type_: ValueType, *, written: bool, distances: bool) -> None:
    """Raise ValueError where *value* is none of this type.

    Args:
        written: it is the key of a mapping, and so text whatever it stands for.
        distances: it may be a distance from now.
    """
    said = f'"{value}"' if isinstance(value, str) else value
    if type_ is ValueType.NUMBER:
        if written:
            float(value)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{said} is no number")
    elif type_ is ValueType.BOOLEAN:
        if not (isinstance(value, bool) or (written and value in ("true", "false"))):
            raise ValueError(f"{said} is neither true nor false")
    elif type_ in (ValueType.DATE, ValueType.TIME):
        if distances and str(value)[:1] in "+-":
            parse_distance(str(value))
        else:
            parse_instant(str(value), "UTC")
    elif type_ is ValueType.STRING and not isinstance(value, str):
        raise ValueError(f"put {said} in quotes")
    elif type_ is ValueType.LIST and not isinstance(value, list | tuple):
        raise ValueError(f"{said} is no list; write one_of: [[a, b], [c]]")
    elif type_ is ValueType.OBJECT and not isinstance(value, dict):
        raise ValueError(f"{said} is no object; write one_of: [{{a: 1}}]")

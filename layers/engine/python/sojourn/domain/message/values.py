"""How a template finds a value and writes it, for the direct and the full renderer alike.

Stricter than Liquid where a customer would see the difference: nothing, and a whole mapping, cannot be written.
Numbers print the same wherever they were stored: 20.0 (JSON) and Decimal("20") (DynamoDB) both as 20.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from sojourn.domain.message.limits import MAX_DIGITS
from sojourn.domain.message.problems import ContentError


def descend(value: Any, keys: Iterable[Any]) -> Any:
    """Return what *keys* lead to from *value*; LookupError where they lead nowhere.

    Liquid's `size`, `first` and `last` are understood on lists (and `size` on mappings and strings) where the value
    has no key of that name.
    """
    for key in keys:
        value = _step(value, key)
    return value


def _step(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        if key in value:
            return value[key]
    elif isinstance(value, (list, tuple)):
        if type(key) is int:
            return value[key]
        if key in ("first", "last") and value:
            return value[0 if key == "first" else -1]
    if key == "size" and isinstance(value, (str, list, tuple, Mapping)):
        return len(value)
    raise LookupError(key)


def number_text(number: float | Decimal) -> str:
    """Return the shortest plain decimal writing of *number*, without exponent or needless zeros.

    Raises:
        ContentError: the number is not finite or has too many digits.
    """
    if isinstance(number, int):
        if abs(number) < 10**MAX_DIGITS:
            return str(int(number))
    elif math.isfinite(number):
        exact = Decimal(str(number))
        if abs(exact.adjusted()) <= MAX_DIGITS:
            plain = format(exact, "f")
            shortest = plain.rstrip("0").rstrip(".") if "." in plain else plain
            return "0" if shortest == "-0" else shortest
    raise ContentError("a number has too many digits to be written")


def text_of(value: Any) -> str:
    """Return *value* as a customer reads it; lists are written item after item, as Liquid does.

    Raises:
        ContentError: the value is nothing, a mapping, or otherwise nothing to show a customer.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return "".join([_scalar_text(item) for item in value])
    return _scalar_text(value)


def html_of(value: Any) -> str:
    """Return *value* as HTML text: what an author wrote stays markup, what a customer brought is escaped."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, (list, tuple)):
        return "".join([escape(_scalar_text(item)) for item in value])
    return escape(_scalar_text(value))


def _scalar_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return number_text(value)
    if isinstance(value, date):
        return str(value)
    if value is None:
        raise ContentError("it has no value")
    kind = "mapping" if isinstance(value, Mapping) else type(value).__name__
    raise ContentError(f"a {kind} cannot be written")


__all__ = ["Markup", "descend", "html_of", "number_text", "text_of"]

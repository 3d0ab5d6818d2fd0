"""The static kinds of expressions: the declared value types, and the few that only arise inside a text.

A kind says what a marketer calls it. It knows no operators: see `operators`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sojourn.domain.condition.types import Fields, ValueType


class Kind(Enum):
    """What sort of value an expression has; the value is the words for it."""

    TEXT = "text"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    DATE = "a date"
    TIME = "a time"
    DURATION = "a length of time"
    CLOCK = "a time of day"
    WEEKDAY = "a day of the week"
    LIST = "a list"
    OBJECT = "an object"
    LOCAL = "a local time"
    NULL = "nothing"
    ANY = "anything"


_KINDS = {
    ValueType.STRING: Kind.TEXT,
    ValueType.NUMBER: Kind.NUMBER,
    ValueType.BOOLEAN: Kind.BOOLEAN,
    ValueType.DATE: Kind.DATE,
    ValueType.TIME: Kind.TIME,
    ValueType.LIST: Kind.LIST,
    ValueType.OBJECT: Kind.OBJECT,
    ValueType.ANY: Kind.ANY,
}
_VALUE_TYPES = {kind: value_type for value_type, kind in _KINDS.items()}
_VALUE_TYPES |= {Kind.CLOCK: ValueType.STRING, Kind.WEEKDAY: ValueType.STRING, Kind.LOCAL: ValueType.OBJECT}
_VALUE_TYPES |= {Kind.DURATION: ValueType.NUMBER, Kind.NULL: ValueType.ANY}


@dataclass(frozen=True, slots=True)
class Static:
    """What is known of an expression before it is evaluated.

    Args:
        element: the kind of a list's items.
        fields: the fields of an object, where they are known.
        owner: what such an object is called, `event` or `steps.bought.event`.
    """

    kind: Kind
    element: Kind = Kind.ANY
    fields: Mapping[str, ValueType | Fields] | None = None
    owner: str = ""


ANY = Static(Kind.ANY)
KNOWN = {kind: Static(kind) for kind in Kind}
TEXTUAL = frozenset((Kind.TEXT, Kind.CLOCK, Kind.WEEKDAY))
TEMPORAL = frozenset((Kind.DATE, Kind.TIME))


def declared(value_type: ValueType | Fields, owner: str = "") -> Static:
    """Return what a declaration says: a type, or the fields of an object."""
    if isinstance(value_type, Mapping):
        return Static(Kind.OBJECT, fields=value_type, owner=owner)
    return KNOWN[_KINDS[ValueType(value_type)]]


def value_type(kind: Kind) -> ValueType:
    """Return the type a value of *kind* has once it is JSON: a length of time is a number of seconds."""
    return _VALUE_TYPES[kind]

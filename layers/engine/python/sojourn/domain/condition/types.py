"""The words of this room: value types, the names a text may use, what is wrong with it, why it has no value.

Everything here is a plain value. It knows neither the grammar nor the runtime that evaluates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ValueType(StrEnum):
    """The type of an attribute or property, spelled as in `workspace.yaml`."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    LIST = "list"
    OBJECT = "object"
    ANY = "any"


Fields = Mapping[str, ValueType]

OPEN = "*"
"""As a key of a field mapping: other names are allowed too, their type unknown."""


@dataclass(frozen=True)
class Names:
    """What a text may refer to at one place of a journey, for static checks.

    Args:
        entry, event: None where the name is not available at all.
        steps: step id to its outcome's fields; `event` and `answer` may list typed fields of their own.
        sends: the ids of send steps, which `opened()` and `clicked()` ask about.
        only_event: nothing but `event` is at hand: no customer, no time, no function that asks about them.

    In `customer`, `entry`, `event` and the fields of a step's event or answer the key `OPEN` ("*") allows
    names that are not listed, for what no tracking plan describes.
    """

    customer: Fields = field(default_factory=dict)
    entry: Fields | None = None
    event: Fields | None = None
    steps: Mapping[str, Mapping[str, ValueType | Fields]] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    sends: frozenset[str] = frozenset()
    only_event: bool = False


class ProblemKind(StrEnum):
    """What sort of thing is wrong; other rooms turn each into a finding with a stable code."""

    SYNTAX = "syntax"
    TOO_LARGE = "too-large"
    UNKNOWN_ATTRIBUTE = "unknown-attribute"
    UNKNOWN_PROPERTY = "unknown-property"
    UNKNOWN_STEP = "unknown-step"
    UNKNOWN_EVENT = "unknown-event"
    UNKNOWN_SEGMENT = "unknown-segment"
    UNKNOWN_TOPIC = "unknown-topic"
    UNKNOWN_NAME = "unknown-name"
    UNKNOWN_FUNCTION = "unknown-function"
    TYPE = "type"
    NOT_AVAILABLE = "not-available"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a text: where in it (0-based characters), and what to do about it."""

    kind: str
    message: str
    help: str
    offset: int
    length: int


class ConditionError(ValueError):
    """The text is no condition: raised by compiling what checking would have reported."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message + (f" ({problem.help})" if problem.help else ""))
        self.problem = problem


class NoValue(Exception):
    """A value expression came to nothing; `reason` says why in a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Missing(NoValue):
    """A value expression read something the customer, event or run does not have; `name` says what."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is missing")
        self.name = name

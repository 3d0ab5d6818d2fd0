"""State data: JSON values that are never changed in place.

The interpreter shares values freely between states, branches and executions, because nothing in it changes
one: whatever writes, makes a new object around the old parts. Only a task's handler is foreign code, so it
gets a copy of its own, and what it returns goes through JSON, as it would on its way out of a Lambda
function.
"""

from __future__ import annotations

import json
import marshal
from typing import Any

from pydantic import TypeAdapter

LIMIT = 262_144
"""The most bytes of JSON that one state may pass to the next: 256 KiB, a hard quota of Step Functions."""

# Format 2 of marshal writes shared parts twice, so that the copy shares nothing even with itself.
_MARSHAL_FORMAT = 2

_quickly_written = TypeAdapter(Any).dump_json
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def to_json(value: Any) -> str:
    """Return *value* as compact JSON.

    Raises:
        ValueError: where it holds a number that JSON has no word for.
        TypeError: where it holds something that is not JSON.
    """
    return _encode(value)


def size(value: Any) -> int:
    """Return how many bytes *value* takes as compact JSON in UTF-8."""
    text = _encode(value)
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def own_copy(value: Any) -> Any:
    """Return a copy of a JSON value that shares nothing with it."""
    return marshal.loads(marshal.dumps(value, _MARSHAL_FORMAT))  # noqa: S302 - bytes of our own making


def taken_over(value: Any) -> tuple[Any, int]:
    """Return a value from outside as JSON of our own, and its size in bytes.

    Raises:
        ValueError, TypeError: as `to_json`.
    """
    text = _encode(value)
    length = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return json.loads(text), length


def shared(value: Any) -> tuple[Any, int]:
    """Return a value as it is, and its size.

    For code of our own that changes nothing it has handed over and hands over nothing but JSON.
    """
    return value, len(_quickly_written(value))


def same(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal; unlike Python, `true` is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    return bool(one == other)

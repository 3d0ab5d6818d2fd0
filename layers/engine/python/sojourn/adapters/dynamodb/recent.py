"""Keeps what was used last, up to a limit, so that a function's memory is bounded whatever it is asked for."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values used last.

    Args:
        limit: what they may weigh together; the last one is kept whatever it weighs.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def __getitem__(self, key: Key) -> Value:
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, key: Key, value: Value, weight: int = 1) -> Value:
        """Keep a value, in place of the one its key holds if any, and return it."""
        if key in self._kept:
            self._weight -= self._kept.pop(key)[1]
        self._kept[key] = (value, weight)
        self._weight += weight
        while self._weight > self._limit and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._weight -= dropped
        return value

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._weight = 0

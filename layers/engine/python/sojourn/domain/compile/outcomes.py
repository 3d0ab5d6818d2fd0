"""What of a step's outcome travels in the run's state: what is read later (`kept`), as far as it is small.

Running a journey needs this module, so it knows neither conditions nor the language's models.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEPT_BYTES = 1_000
STATE_BYTES = 7_000
SHORT_BYTES = 70


def outcome_kept(outcome: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """Return the part of a step's *outcome* that is read later."""
    kept: dict[str, Any] = {}
    for field in fields:
        if field == "*":
            return dict(outcome)
        head, _, rest = field.partition(".")
        value = outcome.get(head)
        if not rest:
            if value is not None:
                kept[head] = value
        elif isinstance(value, dict) and value.get(rest) is not None:
            kept.setdefault(head, {})[rest] = value[rest]
    return kept


def bounded(outcome: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    """Return an outcome small enough to travel in the run's state: values that are too long are left out.

    Args:
        beside: the outcomes that travel already.
    """

    def fits(value: Any) -> bool:
        if not isinstance(value, str | list | dict) or (size := _size(value)) <= SHORT_BYTES:
            return True
        return size <= KEPT_BYTES and size + _size(beside) <= STATE_BYTES

    return {name: value for name, value in outcome.items() if fits(value)}


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

"""Asks every customer's segments again that time alone can change: once a day, in a strand for each part of them."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.sweeping import Sweeping, tell

SWEEPING = Sweeping(*wiring.sweep(), tell)


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Begin a sweep, or carry it on; return the messages that must come again."""
    return SWEEPING(event, lambda: context.get_remaining_time_in_millis() / 1000)

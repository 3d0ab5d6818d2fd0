"""Carries out what takes longer than a call: publications, what moves many runs, audiences."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.publishing.operating import operating

OPERATING = operating()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Carry an operation on for a while; return the messages that must come again."""
    return OPERATING(event, lambda: context.get_remaining_time_in_millis() / 1000)

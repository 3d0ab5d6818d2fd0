"""Enters the rows of an audience, a batch at a time, and says what its state machine does next."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.audience.batches import Batches
from sojourn.aws_runtime.observability import observed

BATCHES = Batches(*wiring.audience())


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Do a batch, or say what is next."""
    return BATCHES(event, lambda: context.get_remaining_time_in_millis() / 1000)

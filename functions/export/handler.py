"""Takes every change out of the table: counters, lines for S3, events for others (`sojourn.application.exporting`)."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.exporting import exporting
from sojourn.aws_runtime.observability import observed

BATCHES = exporting()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Work through a batch of the table's stream; return the record from which on it must come again."""
    return BATCHES(event)

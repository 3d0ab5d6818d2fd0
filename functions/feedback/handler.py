"""Hears what became of messages: SQS hands over what SES and SNS told (`sojourn.aws_runtime.feedback`)."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.feedback import feedback
from sojourn.aws_runtime.observability import observed

BATCH = feedback()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Work through a batch; return the messages that must come again."""
    return BATCH(event, lambda: context.get_remaining_time_in_millis() / 1000)

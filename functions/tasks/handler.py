"""Ends people's tasks for the programs they work with: complete, reschedule, fail (`sojourn.aws_runtime.api.tasks`)."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.api.tasks import task_api
from sojourn.aws_runtime.observability import observed

TASKS = task_api()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer a call of the HTTP API, whoever calls and whatever for."""
    return TASKS(event)

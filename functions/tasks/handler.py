"""Ends people's tasks for the programs they work with: complete, reschedule, fail (`sojourn.aws_runtime.task_api`)."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.task_api import task_api

TASKS = task_api()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer a call of the HTTP API, whoever calls and whatever for."""
    return TASKS(event)

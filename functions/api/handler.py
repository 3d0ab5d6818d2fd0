"""Answers what programs call with a write key: people's tasks, entries (`sojourn.aws_runtime.api.programs`)."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.api.programs import program_api
from sojourn.aws_runtime.observability import observed

API = program_api()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer a call of the HTTP API, whoever calls and whatever for."""
    return API(event)

"""Answers the control API: publishes, pauses, stops and takes back (`sojourn.aws_runtime.publishing.control_api`)."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.publishing.control_api import control_api

API = control_api()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer a call of the HTTP API, whoever calls and whatever for."""
    return API(event)

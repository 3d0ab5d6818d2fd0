"""Answers the calls of Segment's clients (`sojourn.aws_runtime.tracking.api`)."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.tracking.api import track

TRACK = track()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer a call of the HTTP API, whoever calls and whatever for."""
    return TRACK(event)

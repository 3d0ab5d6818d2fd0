"""Answers the links in messages: clicks, unsubscriptions, preferences (`sojourn.aws_runtime.links.api`)."""

from __future__ import annotations

from typing import Any

from sojourn.aws_runtime.links.api import links
from sojourn.aws_runtime.observability import observed

LINKS = links()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer a request of the function's URL, whoever asks and whatever for."""
    return LINKS(event)

"""Sends a journey's messages: the whole policy at the moment of sending, then the channel's provider."""

from __future__ import annotations

from typing import Any

from sojourn.application.send import do_send
from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.tasks import checked

ENGINE = wiring.send()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Send a step's message; return the run's new state. A send that is put off is the error `SendHeld`."""
    return do_send(ENGINE, checked(event))

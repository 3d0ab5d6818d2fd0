"""Does a journey's steps that send nothing: updates, decisions, events, calls, and the beginnings of waits."""

from __future__ import annotations

from typing import Any

from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.tasks import checked

ENGINE = wiring.step()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, Any] | None:
    """Do a task: one with a token is answered later, through it; any other with the run's new state."""
    payload = checked(event)
    if "token" not in payload:
        return do_step(ENGINE, payload)
    begin_waiting(ENGINE, payload)
    return None

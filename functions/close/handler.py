"""Ends runs whose execution failed, timed out or was aborted, and could not say so itself."""

from __future__ import annotations

from typing import Any

from sojourn.application.closing import close_run
from sojourn.aws_runtime import wiring
from sojourn.aws_runtime.ended_executions import ended
from sojourn.aws_runtime.observability import observed

ENGINE, DESCRIBE = wiring.close()


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, bool]:
    """Close the run of an execution that ended; a run that has ended or gone on elsewhere is left alone."""
    execution = ended(event, DESCRIBE)
    return {"closed": execution is not None and close_run(ENGINE, *execution)}

"""Registers the journeys that a stack deploys: a custom resource of CloudFormation, which answers for itself."""

from __future__ import annotations

import os
from typing import Any

from sojourn.aws_runtime.custom_resource import Answer, answered
from sojourn.aws_runtime.observability import observed
from sojourn.aws_runtime.registering import register


@observed
def lambda_handler(event: Any, context: Any) -> dict[str, bool]:
    """Do what the stack asks for, and answer it whatever happens."""
    answer = Answer(event, f"sojourn-{os.environ.get('SOJOURN_STAGE', '')}-journeys")
    seconds = context.get_remaining_time_in_millis() / 1000
    # What it needs is made with the request and not when the function begins: a fault in that is answered too.
    return {"done": answered(event, answer, seconds, register)}

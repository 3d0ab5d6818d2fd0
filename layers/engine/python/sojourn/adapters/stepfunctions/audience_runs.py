"""Starts the executions that audiences run on. Their names say which attempt at which operation they are."""

from __future__ import annotations

import json
from typing import Any

from sojourn.adapters.stepfunctions.audience_machine import BEGINNING
from sojourn.adapters.stepfunctions.executions import known
from sojourn.adapters.transient_errors import trying_again


class AudienceRuns:
    """The executions of one machine; `client` is a Step Functions client.

    Args:
        machine: the machine's ARN.
    """

    def __init__(self, client: Any, machine: str) -> None:
        self._client = client
        self._machine = machine

    def start(self, operation: str, attempt: int) -> None:
        """Start an attempt; a second start of it does nothing.

        Raises:
            TransientError: Step Functions is busy or not to be reached.
        """
        state = {"operation": operation, "attempt": attempt, **BEGINNING}
        with trying_again("StartExecution"), known("ExecutionAlreadyExists"):
            self._client.start_execution(
                stateMachineArn=self._machine, name=run_name(operation, attempt), input=json.dumps(state)
            )


def run_name(operation: str, attempt: int) -> str:
    """Return the name of an attempt's execution: it is started once, whoever does."""
    return f"{operation}-{attempt}"

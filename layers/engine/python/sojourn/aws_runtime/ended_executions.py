"""Reads what Step Functions tells of an execution that failed, timed out or was aborted: whose run it was.

The event carries the execution's input, which is the run's state when it began; where that is too large for an event,
Step Functions is asked for it. It knows no use case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sojourn.adapters.transient_errors import trying_again


class Ended(NamedTuple):
    """An execution that ended without telling; its run, and why.

    Args:
        cause: quotes no customer: what a function of ours said, which minds that, or whoever stopped the execution.
        stopped: when it ended; None where that is not said.
    """

    customer: str
    run: str
    execution: str
    error: str
    cause: str
    stopped: datetime | None = None


def described(client: Any, arn: str) -> str:
    """Ask Step Functions for an execution's input."""
    with trying_again("DescribeExecution"):
        found = client.describe_execution(executionArn=arn)
    return str(found.get("input") or "")


def ended(event: Mapping[str, Any], ask: Callable[[str], str]) -> Ended | None:
    """Return the run whose execution an event is about; None where it is no run of ours.

    Args:
        ask: an execution's ARN -> its input.

    Raises:
        KeyError: this is no event about an execution.
    """
    detail = event["detail"]
    arn, name, status = detail["executionArn"], detail["name"], detail["status"]
    included = (detail.get("inputDetails") or {}).get("included", True)
    begun = _begun((detail.get("input") if included else None) or ask(arn))
    if begun is None:
        # Somebody tried a machine in the console, with an input of their own.
        return None
    fallback = "States.Timeout" if status == "TIMED_OUT" else status
    error, cause = detail.get("error") or fallback, _cause(status, detail.get("cause") or "")
    return Ended(*begun, name, error, cause, _instant(detail.get("stopDate")))


def _instant(milliseconds: Any) -> datetime | None:
    if not isinstance(milliseconds, int | float):
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _cause(status: str, text: str) -> str:
    """Return why an execution ended; Step Functions itself would quote the run's whole state."""
    if status == "ABORTED" or not text:
        return text
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    message = said.get("errorMessage") if isinstance(said, dict) else None
    return message if isinstance(message, str) else "the execution's history says more"


def _begun(text: str) -> tuple[str, str] | None:
    """Return customer and run that an execution began with, if those are what it began with."""
    try:
        state = json.loads(text)
    except ValueError:
        return None
    told = [state.get(name) for name in ("customer", "run")] if isinstance(state, dict) else []
    customer, run = told if len(told) == 2 else (None, None)
    if not (isinstance(customer, str) and isinstance(run, str) and customer and run):
        return None
    return customer, run

"""What operators see of a function: structured logs, metrics, traces. It knows no use case.

Logs name things, by ids that we made: runs, steps, executions, messages; and the customer, by the id that the
caller chose. They hold no attribute, no address and no property of an event; so no error's message either, which may
quote one, only its class and where in our code it was raised. Whatever a function raises, Lambda logs itself, and a
state machine hands it on: so that has no such message either.

Powertools is imported with the first line that is logged, which most functions never write. Metrics are so few
words of CloudWatch's embedded format that they are written here. Traces cost half a second of every cold start (the
X-Ray SDK reads itself in), so there is a tracer only where `POWERTOOLS_TRACE_ENABLED` is "true"; Lambda's and Step
Functions' own segments need none.
"""

from __future__ import annotations

import functools
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from traceback import extract_tb
from typing import Any

from sojourn.aws_runtime.later import Later
from sojourn.aws_runtime.settings import SettingsError
from sojourn.aws_runtime.tasks import PayloadError
from sojourn.errors import Conflict, CustomerStateError, NotAllowed, SojournError, TransientError

Handler = Callable[[Any, Any], Any]

EXPECTED = (CustomerStateError, Conflict, TransientError)
"""What a task raises for its state machine to hear: no error to an operator."""
OURS = (SojournError, SettingsError, PayloadError)
"""Errors whose words we chose, and which quote nobody, unless they were raised from another."""
PLACES = 8
"""So many places in our code an error's record names."""
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
"""How AWS names its errors and operations."""


class Withheld(Exception):
    """Stands for an error whose words may quote a customer: of the same name, with words that quote nobody."""


def _logger() -> Any:
    from aws_lambda_powertools import Logger

    return Logger(utc=True)


logger: Any = Later(_logger)


def count(name: str, value: float = 1, **dimensions: str) -> None:
    """Count something as a metric, beside the service's name; an empty dimension is left out.

    Every call is a line of its own in the log, in CloudWatch's embedded metric format.
    """
    told = {"service": os.environ.get("POWERTOOLS_SERVICE_NAME", "sojourn")}
    told |= {dimension: text for dimension, text in dimensions.items() if text}
    metric = {
        "Namespace": os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Sojourn"),
        "Dimensions": [list(told)],
        "Metrics": [{"Name": name, "Unit": "Count"}],
    }
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    print(json.dumps({"_aws": about, **told, name: value}, separators=(",", ":")))  # noqa: T201 - that is the format


def observed(handler: Handler) -> Handler:
    """Let a handler's invocation be logged and traced, and what it raises be logged before it goes on.

    An error goes on under its name, which is all that a state machine goes by, and with its words if they are ours.
    """

    @functools.wraps(handler)
    def wrapped(event: Any, context: Any) -> Any:
        try:
            return handler(event, context)
        except Exception as error:
            request = str(getattr(context, "aws_request_id", ""))
            log_raised(error, request=request, **task_keys(event))
            if words_are_ours(error):
                raise
            raise withheld(error, request) from None

    if os.environ.get("POWERTOOLS_TRACE_ENABLED", "").lower() == "true":
        from aws_lambda_powertools import Tracer

        # Neither answers nor errors are put on a trace: both may hold what a customer said.
        return Tracer().capture_lambda_handler(wrapped, capture_response=False, capture_error=False)
    return wrapped


def log_raised(error: Exception, **keys: Any) -> None:
    """Log what was raised: at INFO what is no failure, at WARNING what mends itself, at ERROR all else.

    A permission that is missing is tried again as well, but nobody gives it who does not hear of it.
    """
    said = {"raised": type(error).__name__, **keys}
    if isinstance(error, CustomerStateError):
        logger.info("nothing more to do", **said)
    elif isinstance(error, EXPECTED) and not isinstance(error, NotAllowed):
        logger.warning("to be tried again", **said)
    else:
        logger.error("failed", exception_name=type(error).__name__, where=list(places(error)), **said)


def words_are_ours(error: Exception) -> bool:
    """Say whether an error's message may be shown: a state machine reads an instant out of one."""
    return isinstance(error, CustomerStateError) or (isinstance(error, OURS) and error.__cause__ is None)


def withheld(error: Exception, request: str) -> Exception:
    """Return what is raised in place of an error: its name, what AWS called it, and where to look for more."""
    kind: type[Exception] = type(type(error).__name__, (Withheld,), {})
    return kind(f"{in_our_words(error)}; the log says where, under request {request}")


def in_our_words(error: Exception) -> str:
    """Return what may be told of an error: its message if that is ours; else its class, or what AWS called it."""
    if words_are_ours(error):
        return str(error) or type(error).__name__
    for one in filter(None, (error, error.__cause__)):
        answer = getattr(one, "response", None)
        code = answer.get("Error", {}).get("Code") if isinstance(answer, Mapping) else None
        operation = getattr(one, "operation_name", None)
        if code is not None and _WORD.fullmatch(str(code)) and _WORD.fullmatch(str(operation)):
            return f"{operation}: {code}"
    return type(error.__cause__ or error).__name__


def places(error: Exception) -> Iterator[str]:
    """Yield where an error was raised, innermost first: file, line and function, and no value."""
    for frame in list(reversed(extract_tb(error.__traceback__)))[:PLACES]:
        yield f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"


def task_keys(event: Any) -> dict[str, str]:
    """Return what a log record says of the task a function was called for; nothing of other events."""
    if not isinstance(event, Mapping) or not isinstance(state := event.get("state"), Mapping):
        return {}
    told = {
        "customer": state.get("customer"),
        "run": state.get("run"),
        "step": event.get("step"),
        "execution": event.get("execution"),
    }
    return {name: value for name, value in told.items() if isinstance(value, str)}

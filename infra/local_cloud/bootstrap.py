"""The runtime of a function on the embedded AWS: takes events, calls the handler, tells what it returned or raised.

The embedded AWS has a Python runtime of its own, but reports whatever a handler raises as `Runtime.HandlerError`, and
a state machine's Retry and Catch go by the exception's class. It runs a custom runtime's `bootstrap` as it is, and
unpacks no layers for it, so their folders come in `SOJOURN_LAYERS`. This file is copied to `bootstrap`, with this
machine's Python in its first line; it imports the standard library only. A test may have a file run before the
handler is imported: `SOJOURN_RUN_FIRST`.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
import time
import traceback
from collections.abc import Callable
from http.client import HTTPConnection, HTTPMessage
from typing import Any

_INVOCATIONS = "/2018-06-01/runtime/invocation"


class Context:
    """What a handler learns of its invocation, in Lambda's words."""

    def __init__(self, about: HTTPMessage) -> None:
        self.aws_request_id = about["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = about["Lambda-Runtime-Invoked-Function-Arn"] or ""
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self._deadline = int(about["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left."""
        return max(0, self._deadline - int(time.time() * 1000))


def main() -> None:
    """Answer invocations until the interface goes away."""
    here = os.environ["LAMBDA_TASK_ROOT"]
    layers = os.environ.get("SOJOURN_LAYERS", "").split(os.pathsep)
    sys.path[:0] = [here, *filter(None, layers)]
    runtime = os.environ["AWS_LAMBDA_RUNTIME_API"]
    try:
        if first := os.environ.get("SOJOURN_RUN_FIRST"):
            runpy.run_path(first)
        handler = _handler(os.environ["_HANDLER"])
    except Exception as error:
        _said(runtime, "POST", "/2018-06-01/runtime/init/error", _told(error))
        raise SystemExit(1) from error
    while True:
        payload, about = _said(runtime, "GET", f"{_INVOCATIONS}/next")
        os.environ["_X_AMZN_TRACE_ID"] = about["Lambda-Runtime-Trace-Id"] or ""
        way, answer = _outcome(handler, payload, Context(about))
        sys.stdout.flush()
        _said(runtime, "POST", f"{_INVOCATIONS}/{about['Lambda-Runtime-Aws-Request-Id']}/{way}", answer)


def _handler(name: str) -> Callable[[Any, Context], Any]:
    module, _, function = name.rpartition(".")
    found: Callable[[Any, Context], Any] = getattr(importlib.import_module(module), function)
    return found


def _outcome(handler: Callable[[Any, Context], Any], payload: bytes, context: Context) -> tuple[str, bytes]:
    try:
        return "response", json.dumps(handler(json.loads(payload), context)).encode()
    except Exception as error:  # noqa: BLE001 - a function reports whatever its handler raises
        print(f"{type(error).__name__}: {error}", flush=True)  # noqa: T201 - what is printed is the function's log
        return "error", _told(error)


def _told(error: Exception) -> bytes:
    frames = traceback.format_exception(error)
    told = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": frames}
    return json.dumps(told).encode()


def _said(address: str, method: str, path: str, body: bytes | None = None) -> tuple[bytes, HTTPMessage]:
    """Say something to the interface and return what it answers; end with it."""
    connection = HTTPConnection(address, timeout=None)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read()
    except OSError as gone:
        raise SystemExit(0) from gone
    finally:
        connection.close()
    if answer.status not in (200, 202):
        raise SystemExit(answer.status)
    return text, answer.headers


if __name__ == "__main__":
    main()

"""A second interpreter of the Amazon States Language to compare with: moto's.

`moto_states` starts moto for as long as its block lasts. Python handlers stand in for Lambda functions; they are
given by the ARN that a Task names, directly or as
`FunctionName` of `lambda:invoke` and `lambda:invoke.waitForTaskToken`; moto supports all three. moto waits in real
time, so waits, retry intervals and timeouts can be scaled.

It reaches into moto (5.2.5) where moto has no door: `LambdaSimpleBackend.invoke`, `WaitFunction._wait_interval`, the
retriers' `time.sleep` and the timeouts' `_eval_body`. `tests/differential/asl/test_harness.py` fails where one of these
has moved.
"""

from __future__ import annotations

import json
import logging
import time
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.timeouts.heartbeat import Heartbeat
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import Timeout
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

Handler = Callable[[Any], Any]

ACCOUNT = "123456789012"
REGION = "us-east-1"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/states"
_CONFIG: Any = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
_LEAST_WAIT = 0.002
_INTERPRETER_LOG = "moto.stepfunctions"


def function_arn(name: str) -> str:
    """Return the ARN of a Lambda function in moto's account."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


@dataclass(frozen=True)
class Outcome:
    """How an execution ended: what `DescribeExecution` says."""

    status: str
    output: Any = None
    error: str | None = None
    cause: str | None = None


class MotoStates:
    """Executions on moto's interpreter.

    Args:
        client: a Step Functions client that moto answers.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._numbers = count(1)
        self._machines: dict[str, str] = {}

    def machine(self, definition: Mapping[str, Any]) -> str:
        """Create a state machine, once for every definition; return its ARN."""
        text = json.dumps(definition)
        if text not in self._machines:
            created = self._client.create_state_machine(
                name=f"machine-{next(self._numbers)}", definition=text, roleArn=_ROLE
            )
            self._machines[text] = created["stateMachineArn"]
        return self._machines[text]

    def start(self, definition: Mapping[str, Any], data: Any, name: str | None = None) -> str:
        """Start an execution; return its ARN."""
        started = self._client.start_execution(
            stateMachineArn=self.machine(definition),
            name=name or f"execution-{next(self._numbers)}",
            input=json.dumps(data),
        )
        return str(started["executionArn"])

    def outcome(self, execution: str, seconds: float = 20.0) -> Outcome:
        """Wait until an execution has ended, and return how.

        Raises:
            TimeoutError: where it has not, after so many seconds of real time.
        """
        until = time.monotonic() + seconds
        while True:
            found = self._client.describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                break
            if time.monotonic() > until:
                self._client.stop_execution(executionArn=execution)
                raise TimeoutError(f"{execution} still runs after {seconds} s")
            time.sleep(0.002)
        output = _read_output(found["output"]) if found["status"] == "SUCCEEDED" else None
        return Outcome(found["status"], output, found.get("error"), found.get("cause"))

    def run(self, definition: Mapping[str, Any], data: Any, name: str | None = None) -> Outcome:
        """Run a machine on *data* to its end."""
        return self.outcome(self.start(definition, data, name))

    def send_task_success(self, token: str, output: Any) -> None:
        """Answer a waiting task."""
        self._client.send_task_success(taskToken=token, output=json.dumps(output))

    def send_task_failure(self, token: str, error: str, cause: str) -> None:
        """Fail a waiting task."""
        self._client.send_task_failure(taskToken=token, error=error, cause=cause)

    def stop(self, execution: str, error: str = "", cause: str = "") -> None:
        """Abort an execution."""
        self._client.stop_execution(executionArn=execution, error=error, cause=cause)


def _read_output(text: str) -> Any:
    # moto writes an output that is a string without its quotes.
    try:
        return json.loads(text)
    except ValueError:
        return text


def _lambda_invoke(handlers: Mapping[str, Handler]) -> Callable[..., bytes]:
    """Return what stands in for `LambdaSimpleBackend.invoke`: handlers, failures reported as Lambda does."""

    def invoke(
        backend: LambdaSimpleBackend,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: Any,
    ) -> bytes:
        try:
            answer = handlers[function_name](json.loads(body))
        except Exception as exception:  # noqa: BLE001 - a Lambda function reports whatever it raises
            error = getattr(exception, "error_name", type(exception).__name__)
            response_headers["x-amz-function-error"] = "Unhandled"
            answer = {"errorMessage": str(exception), "errorType": error}
        return json.dumps(answer).encode()

    return invoke


@contextmanager
def moto_states(handlers: Mapping[str, Handler], scale: float = 1.0) -> Iterator[MotoStates]:
    """Start moto; yield its Step Functions.

    Args:
        handlers: by function ARN; looked up at every call, so the mapping may be filled later.
        scale: real seconds for each second of a Wait, a retry interval, a timeout or a heartbeat.
    """

    def wait_interval(function: WaitFunction, env: Any, wait_seconds: float) -> None:
        env.program_state_event.wait(max(wait_seconds * scale, _LEAST_WAIT))

    def sleep(seconds: float) -> None:
        time.sleep(max(seconds * scale, _LEAST_WAIT))

    def seconds(component: Timeout | Heartbeat, env: Any) -> None:
        env.stack.append(component._eval_seconds(env=env) * scale)

    log = logging.getLogger(_INTERPRETER_LOG)
    level = log.level
    with ExitStack() as stack:
        stack.enter_context(patch.object(LambdaSimpleBackend, "invoke", _lambda_invoke(handlers)))
        if scale != 1.0:
            stack.enter_context(patch.object(WaitFunction, "_wait_interval", wait_interval))
            stack.enter_context(patch.object(retrier_decl, "time", types.SimpleNamespace(sleep=sleep)))
            stack.enter_context(patch.object(Timeout, "_eval_body", seconds))
            stack.enter_context(patch.object(Heartbeat, "_eval_body", seconds))
        stack.enter_context(mock_aws(config=_CONFIG))
        # Every error that a machine handles is a warning of moto's, with a traceback.
        log.setLevel(logging.CRITICAL)
        stack.callback(log.setLevel, level)
        yield MotoStates(boto3.client("stepfunctions", region_name=REGION))

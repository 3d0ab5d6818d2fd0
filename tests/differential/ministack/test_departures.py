"""Where MiniStack 1.5.33 departs from AWS in what the sample stories need: what `ministack_world` does about it can go
once one of these fails after an upgrade.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.ministack_states import Ministack

pytestmark = pytest.mark.cloud

TOKEN = "arn:aws:states:::lambda:invoke.waitForTaskToken"
HOUR = 3600


class RunEndedError(Exception):
    """What the functions here raise."""


def _refuse(_: Any) -> Any:
    raise RunEndedError("nothing left to do")


def _asking(stack: Ministack, **fields: Any) -> dict[str, Any]:
    """Return a task that hands its token to the function `step`, and says in its output which error it caught."""
    payload = {"FunctionName": stack.arns["step"], "Payload": {"token.$": "$$.Task.Token"}}
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught", "Next": "caught"}]
    task = {"Type": "Task", "Resource": TOKEN, "Parameters": payload, "Catch": catch, "End": True, **fields}
    return {
        "StartAt": "ask",
        "States": {"ask": task, "caught": {"Type": "Succeed", "OutputPath": "$.caught.Error"}},
    }


def _start(stack: Ministack, definition: dict[str, Any], data: Any) -> str:
    machine = stack.machine("departure", json.dumps(definition))
    return stack.start(machine, f"departure-{time.monotonic_ns()}", data)


def test_what_a_function_raises_before_a_callback_is_ignored(stack: Ministack) -> None:
    """The task waits on until its time is out; on AWS it fails with the class of what was raised."""
    stack.handlers["step"] = _refuse

    ended = stack.outcome(_start(stack, _asking(stack, TimeoutSeconds=0.3), {}))

    assert json.loads(ended["output"]) == "States.Timeout"


def test_what_a_function_raises_otherwise_is_caught_by_its_class(stack: Ministack) -> None:
    """This is as on AWS, and the way in which the stories are told relies on it."""
    stack.handlers["step"] = _refuse
    catch = [{"ErrorEquals": ["RunEndedError"], "Next": "caught"}]
    task = {"Type": "Task", "Resource": stack.arns["step"], "Catch": catch, "End": True}
    caught = {"Type": "Pass", "Parameters": {"cause.$": "States.StringToJson($.Cause)"}, "End": True}

    ended = stack.outcome(_start(stack, {"StartAt": "try", "States": {"try": task, "caught": caught}}, {}))

    expected = {"cause": {"errorType": "RunEndedError", "errorMessage": "nothing left to do"}}
    assert json.loads(ended["output"]) == expected


def test_a_time_out_is_not_scaled(stack: Ministack) -> None:
    """`SFN_WAIT_SCALE` shortens waits, and not `TimeoutSeconds`."""
    stack.handlers["step"] = lambda _: None
    begun = time.monotonic()

    ended = stack.outcome(_start(stack, _asking(stack, TimeoutSeconds=1), {}))

    assert json.loads(ended["output"]) == "States.Timeout"
    assert time.monotonic() - begun > 1


def test_a_wait_until_an_instant_is_scaled_from_the_real_clock(stack: Ministack) -> None:
    """An hour ahead of the real clock is a fifth of a second here."""
    wait = {"StartAt": "wait", "States": {"wait": {"Type": "Wait", "TimestampPath": "$.until", "End": True}}}
    until = datetime.now(UTC) + timedelta(hours=1)

    ended = stack.outcome(_start(stack, wait, {"until": until.isoformat()}))

    assert ended["status"] == "SUCCEEDED"
    assert datetime.now(UTC) < until


def test_a_stopped_execution_still_takes_its_token(stack: Ministack) -> None:
    """AWS says `TaskTimedOut`; here nobody is told that nothing comes of it."""
    tokens: list[str] = []
    stack.handlers["step"] = lambda payload: tokens.append(payload["token"])
    execution = _start(stack, _asking(stack, TimeoutSeconds=30), {})
    _until(lambda: bool(tokens))

    stack.stop(execution, "Stopped", "")

    assert stack.states.send_task_success(taskToken=tokens[0], output="{}")
    assert stack.describe(execution)["status"] == "ABORTED"


def test_paths_of_a_stopped_execution_go_on(stack: Ministack) -> None:
    """On AWS nothing more is called once an execution is stopped."""
    calls: list[Any] = []
    stack.handlers["step"] = calls.append
    wait = {"Type": "Wait", "Seconds": 2 * HOUR, "Next": "call"}
    call = {"Type": "Task", "Resource": stack.arns["step"], "End": True}
    paths = {
        "Type": "Parallel",
        "Branches": [{"StartAt": "wait", "States": {"wait": wait, "call": call}}],
        "End": True,
    }
    execution = _start(stack, {"StartAt": "paths", "States": {"paths": paths}}, {"n": 1})
    time.sleep(0.2)

    stack.stop(execution, "Stopped", "")

    assert calls == []
    _until(lambda: calls == [{"n": 1}])


def test_its_python_runtime_forgets_what_was_raised(stack: Ministack) -> None:
    """On AWS the class of an exception is the error's name, which is what machines catch."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr(
            "refuse.py",
            "class RunEnded(Exception): pass\ndef handler(event, context): raise RunEnded('no')\n",
        )
    stack.functions.create_function(
        FunctionName="refuse", Runtime="python3.12", Handler="refuse.handler", Role=stack.role,
        Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip

    said = json.load(stack.functions.invoke(FunctionName="refuse", Payload=b"{}")["Payload"])

    assert said == {"errorType": "Runtime.HandlerError", "errorMessage": "no"}


def _until(holds: Any, seconds: float = 10.0) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"it does not come about within {seconds} s"
        time.sleep(0.01)

"""What whole-journey tests rely on in moto, seen to work: functions, tokens, scaled time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.local_states import chain, machine
from tests.support.moto_states import Handler, MotoStates, Outcome, function_arn

WAITING = "arn:aws:states:::lambda:invoke.waitForTaskToken"


def asks(function: str, **more: Any) -> dict[str, Any]:
    """Return a task that hands its token to a function and waits."""
    return {
        "Type": "Task",
        "Resource": WAITING,
        "Parameters": {"FunctionName": function_arn(function), "Payload": {"token.$": "$$.Task.Token"}},
        **more,
    }


@pytest.mark.parametrize("resource", ["direct", "invoked"])
def test_functions_are_called(moto: MotoStates, resource: str) -> None:
    """A task reaches its handler by the function's own ARN and by `lambda:invoke`."""
    direct = {"Type": "Task", "Resource": function_arn("double")}
    invoked = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function_arn("double"), "Payload.$": "$"},
        "OutputPath": "$.Payload",
    }

    outcome = moto.run(chain(direct if resource == "direct" else invoked), {"n": 4})

    assert outcome == Outcome("SUCCEEDED", {"doubled": 8})


def test_a_token_is_answered(moto: MotoStates, handlers: dict[str, Handler]) -> None:
    """A handler's token can be answered, even before the handler returns."""
    handlers[function_arn("answer")] = lambda event: moto.send_task_success(event["token"], {"said": "yes"})

    outcome = moto.run(chain(asks("answer", TimeoutSeconds=100_000)), {})

    assert outcome == Outcome("SUCCEEDED", {"said": "yes"})


def test_a_task_fails_by_its_token(moto: MotoStates, handlers: dict[str, Handler]) -> None:
    """A failure sent for a token can be caught by its name."""
    handlers[function_arn("deny")] = lambda event: moto.send_task_failure(event["token"], "Denied", "why not")
    caught = asks("deny", Catch=[{"ErrorEquals": ["Denied"], "Next": "Done"}], End=True)

    outcome = moto.run(machine(Ask=caught, Done={"Type": "Succeed"}), {})

    # moto loses the cause on its way.
    assert outcome == Outcome("SUCCEEDED", {"Error": "Denied", "Cause": None})


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Wait", "Seconds": 300},
        {"Type": "Wait", "SecondsPath": "$.seconds"},
        asks("same", TimeoutSeconds=300, Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Done"}]),
        asks(
            "same",
            TimeoutSecondsPath="$.seconds",
            Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Done"}],
        ),
    ],
    ids=["wait", "computed wait", "timeout", "computed timeout"],
)
def test_time_is_scaled(moto: MotoStates, state: dict[str, Any]) -> None:
    """Five minutes of a wait or a timeout last 0.3 seconds here, no less and not much more."""
    before = time.monotonic()

    outcome = moto.run(machine(First={**state, "Next": "Done"}, Done={"Type": "Succeed"}), {"seconds": 300})

    assert outcome.status == "SUCCEEDED"
    assert 0.25 < time.monotonic() - before < 5

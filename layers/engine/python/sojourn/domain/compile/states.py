"""The states of the Amazon States Language that a journey is made of, each built in one place.

JSONPath dialect (docs/decisions/0001). A task that answers at once is the Lambda function's ARN itself, so that
its result is the bare answer; a task that waits for something uses the optimised integration with a token.
The rare ways out (a send held, a run parked or ended meanwhile) are named errors, so that the usual way needs
no Choice: a Choice after every task would double what a journey costs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.domain.compile import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

State = dict[str, Any]

LONGEST_SECONDS = 99_999_999
"""The most that `TimeoutSeconds` may say; a wait that long goes on in another execution anyway."""
RETRY: list[dict[str, Any]] = [
    {
        "ErrorEquals": [
            "TransientError", "Throttled", "Conflict", "Lambda.TooManyRequestsException", "Lambda.ServiceException",
        ],
        "IntervalSeconds": 2, "MaxAttempts": 100, "BackoffRate": 2, "MaxDelaySeconds": 300, "JitterStrategy": "FULL",
    },
    {
        "ErrorEquals": [
            "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.ClientExecutionTimeoutException",
            "Lambda.Unknown", "Runtime.ExitError", "Runtime.OutOfMemory", "Sandbox.Timedout",
            "NotAllowed",
        ],
        "IntervalSeconds": 2, "MaxAttempts": 6, "BackoffRate": 2, "JitterStrategy": "FULL",
    },
]  # fmt: skip
"""What passes ("Handle Lambda service exceptions" in the Step Functions guide): every task may be repeated.

First what was not run, or says itself that something is busy or down: a burst, or an outage, lasts longer than a
minute. It is tried again for four hours, at most five minutes apart. Then what is said of a function that died on its
way (`Runtime.ExitError` and `Runtime.OutOfMemory` are what Lambda reports of a process that was killed): it may die
each time, so that within two minutes the run fails, and somebody hears of it. The same holds for a permission that is
missing: one that is only new is known everywhere by then.
"""
_GONE = {"ErrorEquals": [names.PARKED, names.ENDED], "ResultPath": None, "Next": names.OVER}


def task(
    function: str, payload: Mapping[str, Any], next_: str | None, *, lane: bool, comment: str = ""
) -> State:
    """A task that answers at once with the run's new state."""
    state = _commented(comment) | {
        "Type": "Task",
        "Resource": function,
        "Parameters": _payload(payload),
        "Retry": RETRY,
    }
    if not lane:
        state["Catch"] = [_GONE]
    return state | _onward(next_)


def waiting_task(
    payload: Mapping[str, Any],
    seconds: float | None,
    late: str,
    next_: str | None,
    *,
    lane: bool,
    kept: str,
    comment: str = "",
) -> State:
    """A task that waits to be answered through its token, at most *seconds*; then it goes on at *late*.

    Args:
        kept: where in the run's state the timeout is noted, empty where nothing reads it.
    """
    parameters = _payload(payload) | {"token.$": "$$.Task.Token"}
    state = _commented(comment) | {
        "Type": "Task",
        "Resource": names.WAIT_FOR_TOKEN,
        "Parameters": {"FunctionName": names.STEP_FUNCTION, "Payload": parameters},
        "Retry": RETRY,
    }
    catch: list[dict[str, Any]] = [] if lane else [_GONE]
    if seconds is not None:
        state["TimeoutSeconds"] = min(max(1, int(seconds)), LONGEST_SECONDS)
        catch = [
            {
                "ErrorEquals": ["States.Timeout"],
                "ResultPath": f"$.steps.{kept}" if kept else None,
                "Next": late,
            },
            *catch,
        ]
    if catch:
        state["Catch"] = catch
    return state | _onward(next_)


def holding(step: str, state: State) -> dict[str, State]:
    """Add to a send the states in which it is held, and come back to it."""
    catch = {"ErrorEquals": [names.HELD], "ResultPath": "$.held", "Next": names.held(step)}
    return {
        step: {**state, "Catch": [catch, *state.get("Catch", [])]},
        names.held(step): {
            "Type": "Pass",
            "Comment": "the error's message is the instant until when the send is held",
            "Parameters": {"cause.$": "States.StringToJson($.held.Cause)"},
            "ResultPath": "$.held",
            "Next": names.until(step),
        },
        names.until(step): {"Type": "Wait", "TimestampPath": "$.held.cause.errorMessage", "Next": step},
    }


def wait(seconds: float, next_: str) -> State:
    """A wait whose length is known."""
    return {"Type": "Wait", "Seconds": int(seconds), "Next": next_}


def wait_until(next_: str) -> State:
    """A wait whose end the task before it worked out."""
    return {"Type": "Wait", "TimestampPath": "$.until", "Next": next_}


def choice(leaves: Iterable[str], comment: str = "") -> State:
    """A Choice that goes to the leaf which the task before it came to."""
    return _commented(comment) | {
        "Type": "Choice",
        "Choices": [{"Variable": "$.next", "StringEquals": leaf, "Next": leaf} for leaf in leaves],
    }


def succeed(comment: str = "") -> State:
    """The end of a run, or of a path of a `parallel`."""
    return _commented(comment) | {"Type": "Succeed"}


def ended_in_lane() -> State:
    """The end of the whole run from within a path of a `parallel`: the other paths stop too."""
    return {"Type": "Fail", "Error": names.ENDED, "Cause": "the run ended in one of several paths"}


def parallel(
    branches: list[dict[str, Any]], merged: Mapping[str, Any], next_: str, *, comment: str = ""
) -> State:
    """All paths at once; afterwards each step's outcome is taken from the path it belongs to."""
    return _commented(comment) | {
        "Type": "Parallel",
        "Branches": branches,
        "ResultSelector": dict(merged),
        "Catch": [_GONE],
        "Next": next_,
    }


def renamed(state: State, new_names: Mapping[str, str]) -> State:
    """Return a state that leads to other names; what a Choice compares stays as it is."""
    made = dict(state)
    for ways in ("Choices", "Catch"):
        if ways in state:
            made[ways] = [way | {"Next": new_names.get(way["Next"], way["Next"])} for way in state[ways]]
    if "Next" in state:
        made["Next"] = new_names.get(state["Next"], state["Next"])
    return made


def _payload(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{key: _kept_apart(part) if key in ("do", "then") else part for key, part in payload.items()},
        "entered.$": "$$.State.EnteredTime",
        "execution.$": "$$.Execution.Name",
        "state.$": "$",
    }


def _onward(next_: str | None) -> State:
    return {"End": True} if next_ is None else {"Next": next_}


def _kept_apart(part: Any) -> Any:
    """Return a part of a payload so that AWS reads nothing in it: as JSON text where an author's words need it.

    A key that ends in `.$` would be taken for a path, and `${…}` for a placeholder to be filled in; neither is one
    inside of a text that spells its dollars otherwise (RFC 8259, section 7). A null is no value there at all.
    """
    text = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
    if "${" in text or _is_misread(part):
        return text.replace("$", "\\u0024")
    return part


def _is_misread(part: Any) -> bool:
    if isinstance(part, dict):
        return any(str(key).endswith(".$") or _is_misread(value) for key, value in part.items())
    return part is None or (isinstance(part, list | tuple) and any(_is_misread(item) for item in part))


def comment_of(text: str) -> str:
    """Return an author's text as a comment, without what CloudFormation would take for a placeholder."""
    return text.replace("${", "$ {")


def _commented(comment: str) -> State:
    return {"Comment": comment_of(comment)} if comment else {}

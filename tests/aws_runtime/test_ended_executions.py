from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from sojourn.aws_runtime.ended_executions import Ended, described, ended
from sojourn.errors import TransientError

EVENTS = Path(__file__).parents[1] / "events"
STOPPED = datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
ARN = "arn:aws:states:us-east-1:111122223333:execution:sojourn-dev_welcome:welcome-3f2a"
BEGUN = '{"customer":"ana","run":"welcome-3f2a","steps":{}}'


def event(name: str, **detail: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return {**read, "detail": {**read["detail"], **detail}}


def nobody(arn: str) -> str:
    raise AssertionError(f"{arn} was asked for")


def test_an_execution_that_failed_tells_whose_run_it_was() -> None:
    """Customer and run stand in the input that the event carries."""
    expected = Ended(
        "ana", "welcome-3f2a", "welcome-3f2a", "KeyError", "KeyError; the log says where", STOPPED
    )

    assert ended(event("execution-failed"), nobody) == expected


@pytest.mark.parametrize(
    ("status", "cause", "kept"),
    [
        (
            "FAILED",
            '{"errorType": "E", "errorMessage": "busy", "stackTrace": ["at ana@example.com"]}',
            "busy",
        ),
        ("FAILED", '{"errorType": "E"}', "the execution's history says more"),
        (
            "FAILED",
            "The JSONPath '$.x' could not be found in the input '{\"entry\": \"ana@example.com\"}'",
            "the execution's history says more",
        ),
        ("ABORTED", "a mistake of ours", "a mistake of ours"),
        ("TIMED_OUT", None, ""),
    ],
)
def test_why_it_ended_quotes_no_customer(status: str, cause: str | None, kept: str) -> None:
    """The cause goes into the ledger and out to everybody: of a function's answer the message, of AWS's own nothing."""
    found = ended(event("execution-failed", status=status, cause=cause), nobody)

    assert found is not None
    assert kept == found.cause


def test_an_input_that_was_left_out_is_asked_for() -> None:
    """An event has no room for a large input; Step Functions still has it."""
    asked: list[str] = []

    def ask(arn: str) -> str:
        asked.append(arn)
        return BEGUN

    found = ended(event("execution-failed-input-left-out"), ask)

    assert found == Ended("ana", "welcome-3f2a", "welcome-3f2a", "States.Timeout", "", STOPPED)
    assert asked == [ARN]


def test_an_input_that_is_cut_is_asked_for() -> None:
    """Where the details say that it is not included, what stands there is not read."""
    cut = event("execution-failed", input='{"customer":"an', inputDetails={"included": False})

    assert ended(cut, lambda _: BEGUN) == ended(event("execution-failed"), nobody)


def test_an_execution_that_an_operator_aborted_has_that_as_its_error() -> None:
    """Nothing failed: the status says what happened."""
    aborted = event("execution-failed", status="ABORTED", error=None, cause=None)

    assert ended(aborted, nobody) == Ended("ana", "welcome-3f2a", "welcome-3f2a", "ABORTED", "", STOPPED)


@pytest.mark.parametrize("stopped", [None, ""])
def test_when_it_stopped_may_be_unsaid(stopped: str | None) -> None:
    """Then nothing tells whether the run has gone on since."""
    found = ended(event("execution-failed", stopDate=stopped), nobody)

    assert found is not None
    assert found.stopped is None


@pytest.mark.parametrize(
    "text", ["{}", "[]", "7", '{"customer": "ana"}', '{"customer": "", "run": "r"}', "cut"]
)
def test_an_execution_with_an_input_of_its_own_is_no_run(text: str) -> None:
    """Somebody tried a machine in the console."""
    assert ended(event("execution-failed", input=text), nobody) is None


def test_what_is_no_such_event_is_a_mistake_of_the_deployment() -> None:
    """A rule that lets other events in is noticed."""
    with pytest.raises(KeyError):
        ended({"detail": {"executionArn": ARN}}, nobody)


def test_step_functions_is_asked_by_the_executions_arn() -> None:
    """The answer is the input."""
    client = boto3.client("stepfunctions", region_name="us-east-1")
    answer = {"executionArn": ARN, "stateMachineArn": ARN, "status": "FAILED", "startDate": 0, "input": BEGUN}
    with Stubber(client) as stubber:
        stubber.add_response("describe_execution", answer, {"executionArn": ARN})

        assert described(client, ARN) == BEGUN


def test_step_functions_that_is_busy_is_asked_again() -> None:
    """The invocation fails and is repeated: nothing has been done yet."""
    client = boto3.client("stepfunctions", region_name="us-east-1")
    with Stubber(client) as stubber:
        stubber.add_client_error("describe_execution", "ThrottlingException")

        with pytest.raises(TransientError, match="DescribeExecution"):
            described(client, ARN)

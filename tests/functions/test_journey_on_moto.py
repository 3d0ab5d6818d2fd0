from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import boto3
import pytest

from tests.support.aws_table import REGION
from tests.support.deployed import Deployed, deployment
from tests.support.workspaces import project

JOURNEY = """
enter: {on: began, key: event.ref}
goal: {event: did_it, where: event.ref == entry.ref}
steps:
  - wait: 2 hours
  - {id: hello, send: hello, via: [email]}
  - {id: mark, update: {plan: pro}}
  - id: done
    wait_for: [{event: stopped, where: event.ref == entry.ref}]
    up_to: 20 days
  - {id: bye, update: {score: 2}}
"""
PATIENCE = 20.0


@pytest.fixture(scope="module")
def aws() -> Iterator[Deployed]:
    """One deployment for all tests here: each has a customer of its own."""
    with deployment(project({"j": JOURNEY})) as deployed:
        yield deployed


def eventually(holds: Callable[[], bool]) -> None:
    """Wait in real time until something holds: moto's machines have threads of their own."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it does not come to that"
        time.sleep(0.02)


def known(aws: Deployed, customer: str) -> None:
    """Let a customer be known by their address."""
    profile = {"email": f"{customer}@example.com", "timezone": "Europe/Berlin"}
    client = boto3.client("dynamodb", region_name=REGION)
    client.put_item(
        TableName=aws.table,
        Item={
            "pk": {"S": f"C#{customer}"}, "sk": {"S": "A#profile"}, "revision": {"N": "1"},
            "data": {"S": json.dumps({"id": customer, **profile})},
        },
    )  # fmt: skip


def of(aws: Deployed, customer: str, kind: str) -> list[dict[str, object]]:
    """Return a customer's rows of one kind as plain values."""
    rows = [row for row in aws.rows(kind) if row["pk"]["S"] == f"C#{customer}"]
    return [json.loads(row["data"]["S"]) for row in rows]


def told(aws: Deployed, customer: str) -> list[str]:
    """Return the ledger of a customer: what, step and reason."""
    return [
        " ".join(filter(None, (one["what"], one["step"], one["reason"])))
        for row in of(aws, customer, "H#")
        for one in row["happened"]  # type: ignore[attr-defined]
    ]


def waits(aws: Deployed, customer: str) -> bool:
    return [row["step"] for row in of(aws, customer, "A#wait#")] == ["done"]


def test_the_stack_heard_that_its_journeys_are_registered(aws: Deployed) -> None:
    """The custom resource answered by itself, at the address in the request."""
    (answer,) = aws.answers

    assert json.loads(answer.body) == {
        "Status": "SUCCESS", "Reason": "", "PhysicalResourceId": "sojourn-test-journeys", "StackId": "stack",
        "RequestId": "1", "LogicalResourceId": "Journeys",
    }  # fmt: skip


def test_a_customer_goes_through_a_journey(aws: Deployed) -> None:
    """An event enters them, the wait passes, the email goes out, the goal ends the run and its execution."""
    known(aws, "ana")

    assert aws.route(aws.record("ana", "began", {"ref": "r1"})) == []
    eventually(lambda: waits(aws, "ana"))
    (run,) = of(aws, "ana", "A#run#")
    (execution,) = [arn for arn in aws.executions() if arn.endswith(f":{run['id']}")]
    assert aws.executions()[execution] == "RUNNING"
    assert aws.route(aws.record("ana", "did_it", {"ref": "r1"})) == []

    eventually(lambda: aws.executions()[execution] != "RUNNING")
    assert aws.stops[-1] == execution
    assert told(aws, "ana") == [
        "entered", "waiting wait_1", "sent hello", "updated mark", "waiting done", "goal did_it", "exited goal",
    ]  # fmt: skip
    (sent,) = [mail for mail in aws.emails() if "ana@example.com" in mail.destinations["ToAddresses"]]
    assert sent.source == "Shop <hello@shop.example>"
    assert [(row["status"], row["channel"]) for row in of(aws, "ana", "S#")] == [("sent", "email")]
    (ended,) = of(aws, "ana", "A#run#")
    assert (ended["status"], ended["exit_reason"], ended["goal_reached"]) == ("ended", "goal", True)


def test_a_second_delivery_changes_nothing(aws: Deployed) -> None:
    """The queue delivers at least once: rows, executions and emails stay as they are."""
    known(aws, "ben")
    message = aws.record("ben", "began", {"ref": "r1"})
    aws.route(message)
    eventually(lambda: waits(aws, "ben"))
    before = (aws.rows(), aws.executions(), len(aws.emails()))

    assert aws.route(message) == []
    assert aws.route(message, message) == []

    assert (aws.rows(), aws.executions(), len(aws.emails())) == before


def test_a_wait_is_answered_by_its_event(aws: Deployed) -> None:
    """What a step waits for comes: the task is answered through its token, and the run comes to its end."""
    known(aws, "cid")
    aws.route(aws.record("cid", "began", {"ref": "r1"}))
    eventually(lambda: waits(aws, "cid"))

    assert aws.route(aws.record("cid", "stopped", {"ref": "r1"})) == []

    (run,) = of(aws, "cid", "A#run#")
    eventually(
        lambda: [s for arn, s in aws.executions().items() if arn.endswith(f":{run['id']}")] == ["SUCCEEDED"]
    )
    assert told(aws, "cid")[-2:] == ["updated bye", "exited completed"]


def test_poison_is_kept_with_its_reason_and_the_rest_of_the_batch_goes_on(aws: Deployed) -> None:
    """An event that nobody can read is no failure of the batch."""
    sqs = boto3.client("sqs", region_name=REGION)
    good = aws.record("dan", "began", {"ref": "r1"})

    assert aws.route({"messageId": "bad", "body": "{"}, aws.record("", "began"), good) == []

    dead = sqs.receive_message(
        QueueUrl=aws.dead_letters, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    assert sorted(one["MessageAttributes"]["reason"]["StringValue"][:15] for one in dead["Messages"]) == [
        "detail.customer", "the message is ",
    ]  # fmt: skip
    assert [one["entry"] for one in of(aws, "dan", "A#run#")] == [{"ref": "r1"}]


def test_a_run_whose_execution_was_aborted_is_closed(aws: Deployed) -> None:
    """Step Functions tells of it, once or twice; the run ends as failed, once."""
    known(aws, "eva")
    aws.route(aws.record("eva", "began", {"ref": "r1"}))
    eventually(lambda: waits(aws, "eva"))
    event = aborted(aws, "eva")

    assert aws.call("close", event) == {"closed": True}
    assert aws.call("close", event) == {"closed": False}

    assert told(aws, "eva")[-2:] == ["failed ABORTED", "exited failed"]
    assert of(aws, "eva", "A#wait#") == []


def test_a_run_that_we_ended_ourselves_is_left_as_it_ended(aws: Deployed) -> None:
    """We stop the execution of a run that reached its goal: that is no failure."""
    known(aws, "fay")
    aws.route(aws.record("fay", "began", {"ref": "r1"}))
    eventually(lambda: waits(aws, "fay"))
    aws.route(aws.record("fay", "did_it", {"ref": "r1"}))
    before = aws.rows()

    assert aws.call("close", aborted(aws, "fay")) == {"closed": False}
    assert aws.rows() == before


def aborted(aws: Deployed, customer: str) -> dict[str, object]:
    """Abort the execution of a customer's run, if it is not over; return what Step Functions tells of it."""
    (run,) = of(aws, customer, "A#run#")
    (arn,) = [arn for arn in aws.executions() if arn.endswith(f":{run['id']}")]
    client = boto3.client("stepfunctions", region_name=REGION)
    client.stop_execution(executionArn=arn)
    found = client.describe_execution(executionArn=arn)
    return {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {
            "executionArn": arn, "stateMachineArn": found["stateMachineArn"], "name": run["id"],
            "status": "ABORTED", "input": None, "inputDetails": {"included": False},
        },
    }  # fmt: skip

"""The functions `publish` and `operate` on moto: a call goes in, and customers enter what it brought."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.engine_keys import bucket, pace
from sojourn.adapters.dynamodb.history import History
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.adapters.dynamodb.quarantine import DynamoQuarantine
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.adapters.senders.permission import from_addresses, permission
from sojourn.application.pacing import lanes
from sojourn.application.quarantine import Quarantined
from sojourn.application.starting import PAUSED, STARTING
from sojourn.aws_runtime.clock import SystemClock
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.customer.rows import Change, Profile, Run
from sojourn.domain.journey.project import read_project
from tests.support.aws_table import REGION, aws_table
from tests.support.control_room import ANA, encoded, event, workspace
from tests.support.deployed import loaded

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/machines"
SECRET = "sojourn-test/signing"
CONTEXT = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 300_000)


@pytest.fixture
def deployed() -> Iterator[SimpleNamespace]:
    """Give the functions, and the AWS they stand on."""
    with aws_table() as (client, table):
        boto3.client("s3", region_name=REGION).create_bucket(Bucket="uploads")
        boto3.client("secretsmanager", region_name=REGION).create_secret(Name=SECRET, SecretString="s" * 64)
        boto3.client("events", region_name=REGION).create_event_bus(Name="bus")
        queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="operations")["QueueUrl"]
        files = {name: text.encode() for name, text in workspace(names=()).items()}
        bundle = compiled_workspace(read_project(files))
        Registry(client, table, "cdk").register(bundle, {}, leave_settings_to="publish")
        environment = {
            "SOJOURN_STAGE": "test", "SOJOURN_TABLE": table, "SOJOURN_OPERATIONS_URL": queue,
            "SOJOURN_UPLOADS_BUCKET": "uploads", "SOJOURN_BUS": "bus", "SOJOURN_SCHEDULE_GROUP": "group",
            "SOJOURN_SCHEDULE_ROLE_ARN": ROLE, "SOJOURN_MACHINES_ROLE_ARN": ROLE, "SOJOURN_SIGNING_SECRET": SECRET,
            "SOJOURN_MACHINES": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:sojourn-test_",
            "SOJOURN_STEP_ARN": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:step",
            "SOJOURN_SENDERS": permission(bundle.policy.senders, from_addresses(bundle)),
            "SOJOURN_SEND_ARN": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:send",
            "SOJOURN_AUDIENCE_MACHINE_ARN": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:sojourn-test-audience",
        }  # fmt: skip
        with patch.dict(os.environ, environment):
            yield SimpleNamespace(
                publish=loaded("publish"), operate=loaded("operate"), client=client, table=table, queue=queue
            )


def worked(deployed: SimpleNamespace) -> int:
    """Let `operate` work on the queue until it is empty; return how many messages that took."""
    sqs = boto3.client("sqs", region_name=REGION)
    for number in range(30):
        messages = sqs.receive_message(QueueUrl=deployed.queue).get("Messages", [])
        if not messages:
            return number
        records = [{"messageId": one["MessageId"], "body": one["Body"], "attributes": {}} for one in messages]
        assert deployed.operate.lambda_handler({"Records": records}, CONTEXT) == {"batchItemFailures": []}
        sqs.delete_message(QueueUrl=deployed.queue, ReceiptHandle=messages[0]["ReceiptHandle"])
    raise AssertionError("the queue is not empty")


def called(
    deployed: SimpleNamespace, key: str, body: Any = None, **parameters: str
) -> tuple[int, dict[str, Any]]:
    """Call the control API as ana."""
    answer = deployed.publish.lambda_handler(event(key, body, ANA, parameters), CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def test_a_workspace_goes_through_both_functions(deployed: SimpleNamespace) -> None:
    """By S3, SQS and Step Functions: what `publish` keeps, `operate` finds, makes and switches."""
    status, said = called(
        deployed, "POST /v1/publications", {"workspace": encoded(workspace()), "message": "go"}
    )

    assert status == 202
    assert worked(deployed) == 1
    operation = Operations(deployed.client, deployed.table).get(said["operation"]["id"])
    (journey,) = Live(deployed.client, deployed.table).journeys()
    assert operation is not None
    assert (operation.state, journey.name) == ("done", "welcome")
    machines = boto3.client("stepfunctions", region_name=REGION).list_state_machines()["stateMachines"]
    assert [one["name"] for one in machines] == ["sojourn-test_welcome"]
    assert [one.did for one in History(deployed.client, deployed.table).read()] == ["published"]


def test_it_is_paused_and_taken_back_by_the_same_functions(deployed: SimpleNamespace) -> None:
    """Each call finds what it needs: the machine to go back to among it."""
    called(deployed, "POST /v1/publications", {"workspace": encoded(workspace())})
    worked(deployed)
    called(deployed, "POST /v1/publications", {"workspace": encoded(workspace("email"))})
    worked(deployed)

    paused = called(deployed, "POST /v1/pause", {"reason": "oops"})
    back = called(deployed, "POST /v1/journeys/{journey}/rollback", {}, journey="welcome")
    stopped = called(deployed, "POST /v1/journeys/{journey}/stop", {"runs": "end"}, journey="welcome")

    assert (paused[0], stopped[0], stopped[1]["operation"]["state"]) == (200, 202, "queued")
    assert (back[0], back[1]["publication"]["kind"]) == (200, "rollback")
    told = [one.did for one in History(deployed.client, deployed.table).read()]
    assert told == ["stopped", "rolled_back", "paused", "published", "published"]


def test_who_is_let_go_on_takes_room_of_the_pace_that_audiences_have(deployed: SimpleNamespace) -> None:
    """And of a slower one of its own, where somebody asked for that."""
    called(deployed, "POST /v1/publications", {"workspace": encoded(workspace())})
    worked(deployed)
    clock = SystemClock()
    store, now = DynamoCustomers(deployed.client, deployed.table, clock), clock.now()
    version = Live(deployed.client, deployed.table).journeys()[0].version
    held = {PAUSED: ("sends", now.isoformat(), {"steps": {}, "next": "hello"})}
    run = Run("run-1", "ana", "welcome", version, "", now, now, "run-1", at={"": "hello"}, last=held)
    store.commit(store.load("ana"), Change(profile=Profile("ana"), runs={("welcome", ""): run}))
    backing = deployed.operate.OPERATING._backing
    asked = {"journey": "welcome", "due": "send", "over": 0.0, "still": False, "rate": 20.0,
             "from": now.isoformat(), "to": now.isoformat()}  # fmt: skip
    operation = backing.begin("resume", backing.signed(ANA, ""), asked, "welcome")

    worked(deployed)

    assert STARTING in store.load("ana").runs["welcome", ""].last
    paces = [pace(lane) for lane in lanes(operation.id, 20.0)]
    rows = [deployed.client.get_item(TableName=deployed.table, Key={"pk": {"S": one}, "sk": {"S": bucket(0)}})
            for one in paces]  # fmt: skip
    assert len(rows) == 2
    assert all("due" in row["Item"] for row in rows)


@pytest.mark.parametrize("kind", ["resume", "stop", "rollback", "migrate"])
def test_every_kind_of_operation_is_carried_out(deployed: SimpleNamespace, kind: str) -> None:
    """Each is made of what the function is told, when there is the first of its kind."""
    called(deployed, "POST /v1/publications", {"workspace": encoded(workspace())})
    worked(deployed)
    version = Live(deployed.client, deployed.table).journeys()[0].version
    asked = {
        "resume": {"journey": "welcome", "due": "send", "over": 0.0, "still": True, "from": "2026-03-06T09:00:00+00:00",
                   "to": "2026-03-06T10:00:00+00:00"},
        "stop": {"journey": "welcome", "runs": "end"},
        "rollback": {"to": version, "expected": None},
        "migrate": {"journey": "welcome", "version": version,
                    "map": {"from": "000000000000", "steps": {}, "otherwise": "stay"}},
    }[kind]  # fmt: skip
    backing = deployed.operate.OPERATING._backing
    operation = backing.begin(kind, backing.signed(ANA, ""), asked, "welcome")

    worked(deployed)

    found = backing.operations.get(operation.id)
    assert found.state in {"running", "done"}, found.result
    assert found.failures == ()


def test_what_an_admin_asks_for_is_done_by_the_same_function(deployed: SimpleNamespace) -> None:
    """Each deed reaches what it needs: executions, the bus, the secret; and stands in the history, without the id."""
    now = datetime.now(UTC)
    client, table = deployed.client, deployed.table
    called(deployed, "POST /v1/publications", {"workspace": encoded(workspace())})
    worked(deployed)
    version = Live(client, table).journeys()[0].version
    run = Run("run-1", "c-42", "welcome", version, "", now, now, "run-1", at={"": "nap"})
    customers = DynamoCustomers(client, table, SystemClock())
    customers.commit(customers.load("c-42"), Change(profile=Profile("c-42"), runs={("welcome", ""): run}))
    aside = Quarantined("c-43", "o-1", "bought", now, ("wrong",), {"customer": "c-43", "id": "o-1"})
    DynamoQuarantine(client, table, SystemClock()).put(aside)

    answers = [
        called(deployed, "POST /v1/customers/erase", {"customer": "c-42"}),
        called(deployed, "POST /v1/sources", {"name": "web"}),
        called(deployed, "POST /v1/sources/{source}/revoke", {}, source="web"),
        called(deployed, "POST /v1/quarantine/replay", {"events": [{"customer": "c-43", "id": "o-1"}]}),
        called(deployed, "POST /v1/signing-keys"),
    ]

    assert [status for status, _ in answers] == [200] * 5, answers
    assert (answers[0][1]["stopped"], answers[3][1]["done"]) == (
        ["run-1"],
        [{"customer": "c-43", "id": "o-1"}],
    )
    history = list(History(client, table).read(limit=5))
    assert [one.did for one in history] == [
        "renewed_key",
        "replayed",
        "revoked_source",
        "added_source",
        "erased",
    ]
    assert "c-42" not in str(history)
    secret = boto3.client("secretsmanager", region_name=REGION).get_secret_value(SecretId=SECRET)
    assert json.loads(secret["SecretString"])["current"] == "1"

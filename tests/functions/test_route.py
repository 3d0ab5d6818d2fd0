from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.domain.compile.bundle import compiled_workspace
from tests.support.aws_table import TABLE, aws_table, items
from tests.support.workspaces import project

CONTEXT = SimpleNamespace(
    aws_request_id="request", function_name="route", get_remaining_time_in_millis=lambda: 30_000
)
JOURNEY = """
enter: {on: stopped}
steps: [{wait: 1 day}]
"""


@dataclass
class Room:
    """The function, its table with a workspace registered, and its dead letters."""

    handler: Any
    dynamodb: Any
    sqs: Any
    dead: str

    def deliver(self, *details: dict[str, Any]) -> list[str]:
        records = [
            {
                "messageId": str(number),
                "body": json.dumps({
                    "id": f"bus-{number}", "time": "2026-03-06T09:00:00Z", "detail-type": "did_it", "source": "shop",
                    "detail": detail,
                }),
            }
            for number, detail in enumerate(details)
        ]  # fmt: skip
        answer = self.handler({"Records": records}, CONTEXT)
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def rows(self, customer: str, prefix: str) -> list[str]:
        return [
            item["sk"]["S"] for item in items(self.dynamodb, TABLE, prefix)
            if item["pk"]["S"] == keys.customer(customer)
        ]  # fmt: skip

    def reasons(self) -> list[str]:
        found = self.sqs.receive_message(
            QueueUrl=self.dead, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return [one["MessageAttributes"]["reason"]["StringValue"] for one in found.get("Messages", [])]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    with aws_table() as (client, _):
        sqs = boto3.client("sqs", region_name="us-east-1")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        for name, value in {
            "SOJOURN_TABLE": TABLE, "SOJOURN_SCHEDULE_GROUP": "sojourn", "SOJOURN_SCHEDULE_ROLE_ARN": "arn:role",
            "SOJOURN_DEAD_LETTERS_URL": dead, "POWERTOOLS_SERVICE_NAME": "route",
            "POWERTOOLS_METRICS_NAMESPACE": "Sojourn",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        bundle = compiled_workspace(project({"j": JOURNEY}))
        Registry(client, TABLE).register(bundle, {"j": "arn:aws:states:us-east-1:1:stateMachine:j:1"})
        handler = importlib.reload(importlib.import_module("functions.route.handler"))
        yield Room(handler.lambda_handler, client, sqs, dead)


def counted(capsys: pytest.CaptureFixture[str]) -> set[str]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    groups = [group for line in lines for group in line["_aws"]["CloudWatchMetrics"]]
    return {metric["Name"] for group in groups for metric in group["Metrics"]}


def test_each_event_goes_where_it_belongs(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """As planned it is stored, otherwise kept aside, unreadable a dead letter; none of them comes again."""
    good, odd, poison = {"customer": "c-42", "id": "e1"}, {"customer": "c-42", "id": "e2"}, {"id": "e3"}

    again = room.deliver({**good, "properties": {"n": 1}}, {**odd, "properties": {"n": "many"}}, poison)

    assert again == []
    assert (room.rows("c-42", "E#"), room.rows("c-42", "Q#")) == (["E#e1"], ["Q#e2"])
    assert [reason.split(":")[0] for reason in room.reasons()] == ["detail.customer"]
    assert counted(capsys) >= {"EventsRouted", "EventsQuarantined", "EventsPoisoned"}


def test_an_event_of_whoever_is_not_known_yet(room: Room) -> None:
    """It is stored under the id that their first identity makes, and becomes theirs once they say who they are."""
    room.deliver({"identities": {"anonymous_id": "5f2b"}, "id": "e1"})
    room.deliver({"customer": "c-42", "identities": {"anonymous_id": "5f2b"}, "id": "e2", "name": "began"})

    assert room.rows("c-42", "E#") == ["E#e1", "E#e2"]

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import key_digest, new_source, write_key
from tests.functions.test_journey_on_moto import eventually, known, of, told
from tests.functions.test_links import filled_queue
from tests.support.aws_table import REGION
from tests.support.deployed import Deployed, deployment, loaded
from tests.support.link_requests import asked
from tests.support.workspaces import project

JOURNEY = """
enter: {on: began, key: event.ref, again: always}
steps:
  - {id: call, task: sales-desk, title: Call about it, with: {ref: entry.ref}, up_to: 20 days}
  - branch:
      - {when: steps.call.outcome == "rescheduled", steps: [{exit: later}]}
      - {when: steps.call.answer.mood == "fine", steps: [{exit: fine}]}
      - {when: steps.call.path == "otherwise", steps: [{exit: nobody}]}
  - {emit: did_it}
"""
CALLED = """
enter: {on: api, again: always}
steps: [{wait: 1 second}, {update: {plan: pro}}]
"""
API = "https://api.example"


@pytest.fixture(scope="module")
def aws() -> Iterator[Deployed]:
    """One deployment, the rule between bus and queue as it is deployed, and the function that programs call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOJOURN_TASKS_URL", API)
        with deployment(project({"j": JOURNEY, "called": CALLED})) as deployed:
            filled_queue()
            deployed.handlers["api"] = loaded("api")
            yield deployed


@pytest.fixture(scope="module")
def key(aws: Deployed) -> str:
    """Give the write key of a source that may end tasks and enter customers."""
    return added(aws, "crm", frozenset({"tasks", "enter"}), 1)


def added(aws: Deployed, name: str, rights: frozenset[str], number: int) -> str:
    made = write_key(bytes([number]) * 32)
    digest = key_digest(made)
    assert digest
    sources = DynamoSources(boto3.client("dynamodb", region_name=REGION), aws.table)
    sources.add(new_source(name, rights, datetime(2026, 1, 5, tzinfo=UTC)), digest)
    return made


def raised(aws: Deployed, customer: str, ref: str) -> dict[str, Any]:
    """Let a task be raised for a customer; return what the bus was told."""
    known(aws, customer)
    aws.route(aws.record(customer, "began", {"ref": ref}))
    eventually(lambda: of(aws, customer, "A#wait#"))
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.get_queue_url(QueueName="events")["QueueUrl"]
    found: list[dict[str, Any]] = []

    def arrived() -> bool:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            envelope = json.loads(message["Body"])
            if envelope["detail-type"] == "task_raised" and envelope["detail"]["customer"] == customer:
                found.append(envelope["detail"])
        return bool(found)

    eventually(arrived)
    return found[0]


def call(aws: Deployed, url: str, key: str, body: Any = None) -> tuple[int, Any]:
    headers = {"authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
    answer = aws.call("api", asked("POST", url, json.dumps(body or {}), **headers))
    return answer["statusCode"], json.loads(answer["body"])


def test_a_task_is_raised_with_what_it_takes_to_end_it_and_ends_once(aws: Deployed, key: str) -> None:
    """From the event on the bus over the call to the journey's next step; who presses twice hears the same."""
    detail = raised(aws, "ana", "r1")
    told_of = detail["properties"]

    first = call(aws, f"{told_of['url']}/complete", key, {"answer": {"mood": "fine"}, "notes": "Blue."})
    eventually(lambda: told(aws, "ana")[-1] == "exited exit:fine")
    again = call(aws, f"{told_of['url']}/complete", key, {"notes": "Blue.", "answer": {"mood": "fine"}})
    other = call(aws, f"{told_of['url']}/fail", key)

    assert (told_of["task"], told_of["title"], told_of["with"]) == (
        "sales-desk",
        "Call about it",
        {"ref": "r1"},
    )
    assert (told_of["journey"], told_of["url"]) == ("j", f"{API}/v1/tasks/{told_of['task_id']}")
    assert datetime.fromisoformat(told_of["until"]) > datetime.now(UTC)
    assert first == (200, {"outcome": "completed", "repeated": False})
    assert again == (200, {"outcome": "completed", "repeated": True})
    assert (other[0], other[1]["outcome"]) == (409, "completed")
    assert [one for one in told(aws, "ana") if one.startswith("resumed")] == ["resumed call"]


def test_a_task_that_is_put_off_steers_its_journey(aws: Deployed, key: str) -> None:
    """The outcome and the new time are there for the next step."""
    detail = raised(aws, "ben", "r2")

    status, said = call(
        aws, f"{detail['properties']['url']}/reschedule", key, {"until": "2026-12-24T10:00:00+01:00"}
    )

    assert (status, said["outcome"]) == (200, "rescheduled")
    eventually(lambda: told(aws, "ben")[-1] == "exited exit:later")


def test_a_task_of_a_run_that_was_stopped_is_gone(aws: Deployed, key: str) -> None:
    """The customer was erased, or the run ended otherwise: nobody calls them."""
    detail = raised(aws, "cid", "r3")
    client = boto3.client("dynamodb", region_name=REGION)
    for row in aws.rows():
        if row["pk"] == {"S": "C#cid"}:
            client.delete_item(TableName=aws.table, Key={"pk": row["pk"], "sk": row["sk"]})

    assert call(aws, f"{detail['properties']['url']}/complete", key)[0] == 410


def test_others_end_nothing(aws: Deployed, key: str) -> None:
    """No key, one without the right, an id that was changed: the task waits on."""
    detail = raised(aws, "dan", "r4")
    url = f"{detail['properties']['url']}/complete"
    browser = added(aws, "web", frozenset(), 2)

    statuses = [
        call(aws, url, "")[0], call(aws, url, "A" * 43)[0], call(aws, url, browser)[0],
        call(aws, url.replace("/complete", "A/complete"), key)[0],
    ]  # fmt: skip

    assert statuses == [401, 401, 403, 404]
    assert len(of(aws, "dan", "A#wait#")) == 1
    assert call(aws, url, key)[0] == 200


def test_a_program_enters_a_customer_once(aws: Deployed, key: str) -> None:
    """What is answered is written and runs; the same call is the same entry, whatever has become of it."""
    url = "/v1/journeys/called/entries"
    body = {"id": "order-1", "customer": "eve", "entry": {"total": 9.5}}

    first = call(aws, url, key, body)
    second = call(aws, url, key, {**body, "id": "order-2"})
    eventually(lambda: told(aws, "eve")[-1] == "exited completed")
    again = call(aws, url, key, body)
    other = call(aws, url, key, {**body, "entry": {"total": 10}})

    run = first[1]["run"]
    assert first == (200, {"entered": True, "run": run, "holdout": False, "repeated": False})
    assert second == (200, {"entered": False, "reason": "already_running", "repeated": False})
    assert again == (200, {**first[1], "repeated": True})
    assert (other[0], other[1]["code"]) == (409, "other_entry")
    assert [one for one in told(aws, "eve") if one.startswith("entered")] == ["entered"]


def test_who_was_a_visitor_when_called_for_is_the_customer_later(aws: Deployed, key: str) -> None:
    """The call went with them: it is known by their own name."""
    url, who = "/v1/journeys/called/entries", {"identities": {"anonymous_id": "a-9"}}
    first = call(aws, url, key, {"id": "1", **who})
    eventually(lambda: any(one["sk"]["S"].startswith("A#run#called") for one in aws.rows()))

    again = call(aws, url, key, {"id": "1", "customer": "fay", **who})

    assert again == (200, {**first[1], "repeated": True})
    assert [one["pk"]["S"] for one in aws.rows() if one["sk"]["S"].startswith("A#run#called")].count(
        "C#fay"
    ) == 1


@pytest.mark.parametrize(
    ("journey", "status", "code"), [("nothing", 404, "no_journey"), ("j", 404, "not_by_api")]
)
def test_only_what_is_entered_by_calls_is(
    aws: Deployed, key: str, journey: str, status: int, code: str
) -> None:
    """The registry says so; nobody becomes known by it."""
    answered, said = call(aws, f"/v1/journeys/{journey}/entries", key, {"id": "1", "customer": "gus"})

    assert (answered, said["code"]) == (status, code)
    assert of(aws, "gus", "") == []

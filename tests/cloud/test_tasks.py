from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local_cloud.emulator import LOOPBACK
from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import key_digest, new_source, write_key
from tests.support.cloud import PATIENCE, Cloud, eventually


@pytest.fixture(scope="module")
def key(cloud: Cloud) -> str:
    """Give the write key of a source that may end tasks and enter customers."""
    made = write_key(b"t" * 32)
    digest = key_digest(made)
    assert digest
    source = new_source("desk", frozenset({"tasks", "enter"}), datetime(2026, 1, 5, tzinfo=UTC))
    DynamoSources(cloud.client("dynamodb"), cloud.table).add(source, digest)
    return made


def raised(cloud: Cloud, customer: str) -> Mapping[str, Any]:
    """Return what the event told that raised a customer's task: the bus brought it back in, as it does for anybody."""
    events = eventually(
        lambda: [one for one in cloud.rows(customer, keys.EVENTS) if one["name"] == "task_raised"]
    )
    told: Mapping[str, Any] = events[0]["properties"]
    return told


def call(cloud: Cloud, url: str, key: str, **body: Any) -> tuple[int, Any]:
    """Call the API as another program does; return status and answer."""
    parts = urlsplit(url)
    headers = {
        "Host": parts.netloc, "Content-Type": "application/json",
        "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
    }  # fmt: skip
    connection = HTTPConnection(LOOPBACK, cloud.emulated.port, timeout=PATIENCE)
    try:
        connection.request("POST", parts.path, json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_who_did_a_task_says_so_and_the_journey_goes_on(cloud: Cloud, key: str) -> None:
    """From the event over the HTTP API to the run's end; pressed twice, it is done once."""
    cloud.put("call_wanted", "tara", {"number": "+12025550123"})
    told = raised(cloud, "tara")
    cloud.waits("tara", "call")

    first = call(cloud, f"{told['url']}/complete", key, answer={"mood": "fine"}, notes="Wants the blue one.")
    again = call(cloud, f"{told['url']}/complete", key, answer={"mood": "fine"}, notes="Wants the blue one.")
    other = call(cloud, f"{told['url']}/fail", key)

    assert (told["task"], told["with"], told["journey"]) == ("sales-desk", {"number": "+12025550123"}, "call")
    assert first == (200, {"outcome": "completed", "repeated": False})
    assert (again[1]["repeated"], other[0], other[1]["outcome"]) == (True, 409, "completed")
    assert cloud.ended("tara", "call")["exit_reason"] == "exit:fine"
    assert cloud.rows("tara", keys.PROFILE)[0]["attributes"]["stage"] == "known"


def test_others_end_no_task(cloud: Cloud, key: str) -> None:
    """Without a key, and with an id that somebody made up."""
    cloud.put("call_wanted", "tess", {"number": "+12025550124"})
    told = raised(cloud, "tess")
    cloud.waits("tess", "call")
    url = f"{told['url']}/complete"

    assert call(cloud, url, "")[0] == 401
    assert call(cloud, url.replace(told["task_id"], told["task_id"][:-4] + "AAAA"), key)[0] == 404
    assert call(cloud, url, key, answer={"mood": "busy"})[0] == 200
    assert cloud.ended("tess", "call")["exit_reason"] == "completed"


def test_a_task_that_waits_without_an_execution_is_ended_too(cloud: Cloud, key: str) -> None:
    """Four hundred days are more than an execution has: the one planned for then never begins, another does now."""
    cloud.put("callback_wanted", "theo")
    told = raised(cloud, "theo")
    cloud.waits("theo", "call")

    assert call(cloud, f"{told['url']}/complete", key)[0] == 200
    assert cloud.ended("theo", "callback")["exit_reason"] == "completed"


def test_a_task_may_be_put_off_for_a_year(cloud: Cloud, key: str) -> None:
    """The run waits until then without an execution; the person who called is not kept waiting."""
    cloud.put("callback_wanted", "thea")
    told = raised(cloud, "thea")
    cloud.waits("thea", "call")
    until = (datetime.now(UTC) + timedelta(days=365)).replace(microsecond=0)

    status, _ = call(cloud, f"{told['url']}/reschedule", key, until=until.isoformat())

    assert status == 200
    run = eventually(lambda: cloud.run("thea", "callback"), lambda row: row["begun"] > "2027")
    assert datetime.fromisoformat(run["begun"]) == until
    assert cloud.rows("thea", keys.WAITS) == []


def test_another_program_enters_a_customer_once(cloud: Cloud, key: str) -> None:
    """Over the HTTP API to the run's end, and again after it; who was a visitor is the customer by the same call."""
    url = f"{cloud.first.outputs['TrackingUrl']}/v1/journeys/called/entries"
    visitor = {"anonymous_id": "toni-s-browser"}
    body = {"id": "b-1", "customer": "toni", "identities": visitor, "entry": {"booking": "1", "nights": 3}}
    seen = call(cloud, url, key, id="b-0", identities=visitor, entry={"booking": "0", "nights": 0})

    first = call(cloud, url, key, **body)
    run = cloud.ended("toni", "called", "1")
    again = call(cloud, url, key, **body)
    elsewhere = call(cloud, url.replace("/called/", "/cart/"), key, **body)

    assert seen == (200, {"entered": False, "reason": "where", "repeated": False})
    assert first == (200, {"entered": True, "run": run["id"], "holdout": False, "repeated": False})
    assert again == (200, {**first[1], "repeated": True})
    assert (elsewhere[0], elsewhere[1]["code"]) == (404, "not_by_api")
    assert (run["entry"], run["exit_reason"]) == ({"booking": "1", "nights": 3}, "completed")
    calls = [one for one in cloud.rows("toni", keys.EVENTS) if one["name"] == "api:called"]
    assert {one["context"]["id"]: one["context"]["source"] for one in calls} == {"b-0": "desk", "b-1": "desk"}

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from segment.analytics.client import Client

from sojourn.application.sources import KEY_BYTES, key_digest, new_source, write_key
from sojourn.aws_runtime.api.write_keys import FRESH_FOR
from sojourn.aws_runtime.incoming.inbound import incoming
from tests.house.tree import ROOT
from tests.support.tracked import Tracked, tracked
from tests.support.tracking import called


@pytest.fixture(scope="module")
def deployed() -> Iterator[Tracked]:
    """One deployment for all tests here."""
    with tracked() as made:
        yield made


@pytest.fixture
def aws(deployed: Tracked) -> Tracked:
    """Give it with nothing on its queue: a test that failed, or put more there than it took, leaves nobody a thing."""
    deployed.events()
    return deployed


def by_name(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {event["detail-type"]: event["detail"] for event in events}


def test_what_is_said_comes_out_of_the_queue(aws: Tracked) -> None:
    """From the call over key, bus and rule to what `route` reads."""
    said = {"userId": "c-1", "event": "Order Completed", "messageId": "m1", "properties": {"total": 20.5}}

    answer = aws.call(called("POST", "/v1/track", json.dumps(said).encode(), aws.key))

    (event,) = aws.events()
    read = incoming(json.dumps(event))
    assert (answer["statusCode"], event["source"]) == (200, "sojourn.track")
    assert (read.customer, read.event.name, read.event.id) == ("c-1", "order_completed", "web:m1")
    assert read.event.properties == {"total": 20.5}


def test_a_revoked_key_is_refused(aws: Tracked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the function has forgotten it, which takes half a minute."""
    key = write_key(b"r" * KEY_BYTES)
    aws.sources.add(
        new_source("old-app", frozenset(), datetime(2026, 1, 1, tzinfo=UTC)), str(key_digest(key))
    )
    said = called("POST", "/v1/identify", b'{"userId": "c-1"}', key)
    assert aws.call(said)["statusCode"] == 200
    aws.events()

    aws.sources.revoke("old-app")
    keys = aws.handler.TRACK._source_of
    now = keys._seconds()
    monkeypatch.setattr(keys, "_seconds", lambda: now + FRESH_FOR)

    assert aws.call(said)["statusCode"] == 401
    assert aws.events() == []


def test_a_full_batch_goes_in_as_it_came(aws: Tracked) -> None:
    """A hundred messages are ten calls of the bus, and none is lost."""
    messages = [{"type": "track", "userId": "c-1", "event": "v", "messageId": f"b{i}"} for i in range(100)]
    body = gzip.compress(json.dumps({"batch": messages}).encode())

    answer = aws.call(called("POST", "/v1/batch", body, aws.key, content_encoding="gzip"))

    assert json.loads(answer["body"])["accepted"] == 100
    assert {event["detail"]["id"] for event in aws.events()} == {f"web:b{index}" for index in range(100)}


def refuse(*args: Any, **asked: Any) -> Any:
    raise OSError("no bus")


def test_without_the_bus_what_is_said_takes_the_queue(aws: Tracked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bus that is gone keeps nobody from being heard; what neither takes is not claimed to be in."""
    intake = aws.handler.TRACK._intake
    said = called("POST", "/v1/track", b'{"userId": "c-1", "event": "x", "messageId": "q1"}', aws.key)
    monkeypatch.setattr(intake._events, "put_events", refuse)

    answer = aws.call(said)

    (event,) = aws.events()
    assert answer["statusCode"] == 200
    assert incoming(json.dumps(event)).event.id == "web:q1"
    monkeypatch.setattr(intake._sqs, "send_message_batch", refuse, raising=False)
    assert aws.call(said)["statusCode"] == 503


@pytest.mark.parametrize("packed", [False, True])
def test_segments_client_for_python_works_as_it_is(aws: Tracked, packed: bool) -> None:
    """Every call of it, one by one and in batches, packed and not, is an event."""
    failed: list[Any] = []
    client = Client(
        aws.merging, host=aws.url, gzip=packed, upload_interval=0.05, max_retries=1,
        on_error=lambda error, items: failed.append(error),
    )  # fmt: skip
    hour_ago = datetime.now(UTC) - timedelta(hours=1)

    client.identify("c-9", {"email": "ana@shop.example", "plan": "pro"})
    client.track(anonymous_id="a-9", event="Cart Updated", properties={"cart_id": "c1", "total": 20.5})
    client.track("c-9", "Order Completed", timestamp=hour_ago)
    client.page("c-9", "Docs", "Home", {"url": "/"})
    client.screen("c-9", name="Start")
    client.group("c-9", "g-1", {"name": "Acme"})
    client.alias("c-8", "c-9")
    client.flush()
    client.join()

    found = by_name(aws.events())
    assert failed == []
    check(found, "c-9", "a-9", hour_ago)
    assert found["aliased"]["merge"] == "c-8"


def check(found: dict[str, Any], user: str, anonymous: str, hour_ago: datetime) -> None:
    """Check what every client says."""
    assert set(found) == {
        "identified", "cart_updated", "order_completed", "page_viewed", "screen_viewed", "group_joined", "aliased",
    }  # fmt: skip
    assert found["identified"]["attributes"]["plan"] == "pro"
    assert "@shop.example" in found["identified"]["attributes"]["email"]
    assert found["cart_updated"]["identities"] == {"anonymous_id": anonymous}
    assert found["cart_updated"]["properties"] == {"cart_id": "c1", "total": 20.5}
    assert abs(datetime.fromisoformat(found["order_completed"]["time"]) - hour_ago) < timedelta(seconds=30)
    assert found["order_completed"]["identities"]["user_id"] == user
    assert found["page_viewed"]["properties"]["name"] == "Home"
    assert found["group_joined"]["properties"] == {"name": "Acme", "group_id": "g-1"}
    assert all(detail["context"]["source"] in ("web", "crm") for detail in found.values())


def test_segments_client_for_python_hears_of_a_wrong_key(aws: Tracked) -> None:
    """It tells its application, and does not try again for ever."""
    failed: list[Any] = []
    client = Client(
        "x" * 43, host=aws.url, upload_interval=0.05, on_error=lambda error, items: failed.append(error)
    )

    client.identify("c-9")
    client.flush()
    client.join()

    assert [(error.status, error.code) for error in failed] == [(401, "unknown_key")]


@pytest.mark.node
def test_segments_client_for_node_works_as_it_is(aws: Tracked) -> None:
    """It runs as a process of its own, as in an application."""
    hour_ago = datetime.now(UTC) - timedelta(hours=1)

    said = node(aws.url, "/v1/batch", aws.key)

    assert said == {"failed": []}
    found = by_name(aws.events())
    check(found, "c-7", "a-7", hour_ago)
    assert found["aliased"]["identities"]["anonymous_id"] == "a-7"
    assert "merge" not in found["aliased"]


@pytest.mark.node
def test_segments_client_for_node_hears_of_a_wrong_key(aws: Tracked) -> None:
    """Each message is told to have failed."""
    assert "401" in str(node(aws.url, "/v1/batch", "x" * 43)["failed"])


def node(*arguments: str) -> dict[str, Any]:
    """Run Segment's client for Node; return what it says of it."""
    script = ROOT / "tests" / "functions" / "track_client.mjs"
    run = subprocess.run(
        ["node", str(script), *arguments], capture_output=True, text=True, check=False, timeout=60, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr
    said: dict[str, Any] = json.loads(run.stdout)
    return said

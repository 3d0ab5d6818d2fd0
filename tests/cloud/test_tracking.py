from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from segment.analytics.client import Client

from infra.local_cloud.emulator import LOOPBACK
from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.sources import DynamoSources
from sojourn.application.sources import KEY_BYTES, RIGHTS, key_digest, new_source, write_key
from tests.functions.test_track import node
from tests.support.cloud import PATIENCE, Cloud, eventually
from tests.support.tracking import basic

KEY, MERGING = (write_key(bytes([number]) * KEY_BYTES) for number in (1, 2))


@pytest.fixture(scope="module")
def base(cloud: Cloud) -> Iterator[str]:
    """Add two sources; give where the HTTP API is reached: the emulator takes its id and stage from the path."""
    sources = DynamoSources(cloud.client("dynamodb"), cloud.table)
    now = datetime(2026, 3, 6, tzinfo=UTC)
    sources.add(new_source("web", frozenset(), now), str(key_digest(KEY)))
    sources.add(new_source("crm", frozenset(RIGHTS), now), str(key_digest(MERGING)))
    api = urlsplit(cloud.first.outputs["TrackingUrl"]).netloc.partition(".")[0]
    yield f"/_aws/execute-api/{api}/$default"
    for name in ("web", "crm"):
        sources.revoke(name)


def host(cloud: Cloud) -> str:
    return f"http://{LOOPBACK}:{cloud.emulated.port}"


def call(cloud: Cloud, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
    """Ask the HTTP API; return status, headers and what was answered."""
    connection = HTTPConnection(LOOPBACK, cloud.emulated.port, timeout=PATIENCE)
    try:
        text = json.dumps(body) if body is not None else None
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, text, {"Content-Type": "application/json", **said})
        answer = connection.getresponse()
        read = answer.read()
    finally:
        connection.close()
    known = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, known, json.loads(read) if read else None


def events(cloud: Cloud, customer: str) -> dict[str, dict[str, Any]]:
    """Return a customer's events by name."""
    return {event["name"]: event for event in cloud.rows(customer, keys.EVENTS)}


def attributes(cloud: Cloud, customer: str) -> dict[str, Any]:
    """Return what is known of a customer, addresses among it."""
    (profile,) = cloud.rows(customer, keys.PROFILE) or [{}]
    return {**profile.get("attributes", {}), "email": profile.get("email")}


def test_segments_client_for_python_brings_customers_in(cloud: Cloud, base: str) -> None:
    """Over the HTTP API, the bus and the queue into the table, under the function's own role."""
    failed: list[Any] = []
    client = Client(
        KEY, host=host(cloud) + base, upload_interval=0.05, on_error=lambda error, items: failed.append(error)
    )

    client.identify("py-1", {"email": "py-1@mail.example", "plan": "pro"})
    client.track("py-1", "Product Viewed", {"sku": "s1"})
    client.page("py-1", name="Home")
    client.flush()
    client.join()

    assert failed == []
    told = {"identified", "product_viewed", "page_viewed"}
    found = eventually(lambda: events(cloud, "py-1"), lambda found: told <= set(found))
    assert found["product_viewed"]["properties"] == {"sku": "s1"}
    assert attributes(cloud, "py-1") == {"email": "py-1@mail.example", "plan": "pro"}


@pytest.mark.node
def test_segments_client_for_node_brings_customers_in(cloud: Cloud, base: str) -> None:
    """Its batches too; whom it names by anonymous ids alone is somebody as well."""
    assert node(host(cloud), f"{base}/v1/batch", KEY) == {"failed": []}

    told = {"identified", "order_completed", "page_viewed", "screen_viewed", "group_joined", "aliased"}
    eventually(lambda: events(cloud, "c-7"), lambda found: told <= set(found))
    assert attributes(cloud, "c-7")["plan"] == "pro"


def test_a_key_that_is_nobodys_is_refused(cloud: Cloud, base: str) -> None:
    """In JSON, as is a path that there is not."""
    status, _, said = call(cloud, "POST", f"{base}/v1/track", {"userId": "x"}, Authorization=basic("x" * 43))
    lost, _, nothing = call(cloud, "GET", f"{base}/v1/nothing")

    assert (status, said["code"]) == (401, "unknown_key")
    assert (lost, nothing["code"]) == (404, "not_found")


def test_the_document_is_published(cloud: Cloud, base: str) -> None:
    """To everybody."""
    status, _, said = call(cloud, "GET", f"{base}/v1/openapi.json")

    assert (status, said["openapi"]) == (200, "3.1.0")


def test_a_call_is_heard_while_the_bus_is_shut(cloud: Cloud, base: str) -> None:
    """Where the bus does not take it, it goes on the queue behind the bus."""
    body = {"userId": "shut-1", "event": "Product Viewed", "messageId": "shut"}

    with cloud.without("track", "events:PutEvents"):
        status, _, _ = call(cloud, "POST", f"{base}/v1/track", body, Authorization=basic(KEY))

    assert status == 200
    found = eventually(lambda: events(cloud, "shut-1"))
    assert found["product_viewed"]["id"] == "web:shut"

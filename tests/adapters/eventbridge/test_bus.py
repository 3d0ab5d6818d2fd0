from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from sojourn.adapters.eventbridge.bus import EventBridgeBus
from sojourn.application.ports import Outbound
from sojourn.errors import TransientError

EVENT = Outbound(
    "e1", "cart_lost", "ana", datetime(2026, 3, 6, 9, 0, 0, 250_000, tzinfo=UTC), {"cart_id": "c1", "said": "é"},
    "run-1", "lost", hops=2,
)  # fmt: skip


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("events", region_name="us-east-1")
    with Stubber(client) as stubber:
        yield client, stubber


def test_an_event_says_whose_it_is_and_where_it_comes_from(stubbed: tuple[Any, Stubber]) -> None:
    """What a journey emits is told with its id, customer, run, step and hops, from the source `sojourn`."""
    client, stubber = stubbed
    asked: dict[str, Any] = {}
    client.meta.events.register(
        "provide-client-params.events.PutEvents", lambda params, **_: asked.update(params)
    )
    stubber.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{"EventId": "x"}]})

    EventBridgeBus(client, "sojourn-dev").put(EVENT)

    (entry,) = asked["Entries"]
    assert json.loads(entry.pop("Detail")) == {
        "id": "e1", "customer": "ana", "at": "2026-03-06T09:00:00.250000Z",
        "properties": {"cart_id": "c1", "said": "é"}, "run": "run-1", "step": "lost", "hops": 2,
    }  # fmt: skip
    assert entry == {
        "EventBusName": "sojourn-dev", "Source": "sojourn", "DetailType": "cart_lost", "Time": EVENT.at,
    }  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "InternalFailure",
        "ThrottlingException",
        "InternalException",
        "NotAuthorizedForSource",
        "MalformedDetail",
    ],
)
def test_an_entry_that_was_not_taken_is_put_again(stubbed: tuple[Any, Stubber], code: str) -> None:
    """The call succeeds and its entry may have failed all the same: that is said in the answer."""
    client, stubber = stubbed
    stubber.add_response(
        "put_events", {"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": "ana"}]}
    )

    with pytest.raises(TransientError, match=f"^PutEvents: {code}$"):
        EventBridgeBus(client, "sojourn-dev").put(EVENT)


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalException"])
def test_a_bus_that_is_busy_is_asked_again(stubbed: tuple[Any, Stubber], code: str) -> None:
    """The whole call may fail, for a moment."""
    client, stubber = stubbed
    stubber.add_client_error("put_events", code)

    with pytest.raises(TransientError, match=f"^PutEvents: {code}$"):
        EventBridgeBus(client, "sojourn-dev").put(EVENT)


def test_an_event_arrives_at_who_listens() -> None:
    """On a bus with a rule, the queue behind it gets the event."""
    with mock_aws():
        events, sqs = (boto3.client(name, region_name="us-east-1") for name in ("events", "sqs"))
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.create_event_bus(Name="bus")
        events.put_rule(Name="all", EventBusName="bus", EventPattern=json.dumps({"source": ["sojourn"]}))
        events.put_targets(Rule="all", EventBusName="bus", Targets=[{"Id": "q", "Arn": arn}])

        EventBridgeBus(events, "bus").put(EVENT)

        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        body = json.loads(message["Body"])
        assert (body["detail-type"], body["detail"]["id"]) == ("cart_lost", "e1")

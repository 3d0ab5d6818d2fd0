from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sojourn.adapters.eventbridge.announcements import ATTEMPTS, CALL, DETAIL, EventBridgeAnnouncements
from sojourn.application.outbound import Announcement
from sojourn.errors import TransientError
from tests.support.engine_room import SetClock

BUS = "sojourn-test"
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Events:
    """A bus that answers as it is told: per call, the codes of entries that it does not take, by their place."""

    def __init__(self, *failing: dict[int, str]) -> None:
        self.failing = list(failing)
        self.calls: list[list[dict[str, Any]]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls.append(Entries)
        failing = self.failing.pop(0) if self.failing else {}
        answers = [
            {"ErrorCode": failing[n]} if n in failing else {"EventId": str(n)} for n in range(len(Entries))
        ]
        return {"FailedEntryCount": len(failing), "Entries": answers}


def event(number: int, size: int = 0) -> Announcement:
    return Announcement("sojourn.sent", AT, {"id": str(number), "details": {"message": "x" * size}})


def ids(call: list[dict[str, Any]]) -> list[str]:
    return [json.loads(entry["Detail"])["id"] for entry in call]


@pytest.fixture
def bus() -> Iterator[tuple[Any, Any, str]]:
    """Give a bus on moto, and a queue to which a rule brings what its pattern matches."""
    with mock_aws():
        events, sqs = boto3.client("events", "us-east-1"), boto3.client("sqs", "us-east-1")
        events.create_event_bus(Name=BUS)
        queue = sqs.create_queue(QueueName="listener")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = {"source": ["sojourn.ledger"], "detail-type": ["sojourn.sent"]}
        events.put_rule(Name="sent", EventBusName=BUS, EventPattern=json.dumps(pattern))
        events.put_targets(Rule="sent", EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arn}])
        yield events, sqs, queue


def test_an_event_reaches_who_listens(bus: tuple[Any, Any, str]) -> None:
    """A rule on source and kind brings the detail as it was told."""
    events, sqs, queue = bus

    refused = EventBridgeAnnouncements(events, BUS, SetClock()).put(
        [event(1), Announcement("sojourn.goal", AT)]
    )

    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    envelope = json.loads(message["Body"])
    assert refused == 0
    assert (envelope["source"], envelope["detail-type"]) == ("sojourn.ledger", "sojourn.sent")
    assert envelope["detail"] == {"id": "1", "details": {"message": ""}}


def test_events_go_in_tens() -> None:
    """PutEvents takes ten entries, in order, with the instant at which the thing happened."""
    events = Events()

    EventBridgeAnnouncements(events, BUS, SetClock()).put(map(event, range(23)))

    assert [ids(call) for call in events.calls] == [
        [str(n) for n in range(10)], [str(n) for n in range(10, 20)], ["20", "21", "22"],
    ]  # fmt: skip
    assert {(entry["Time"], entry["EventBusName"]) for call in events.calls for entry in call} == {(AT, BUS)}


def test_large_events_share_no_call() -> None:
    """The entries of a call are limited by their bytes as well."""
    events = Events()

    EventBridgeAnnouncements(events, BUS, SetClock()).put(event(n, DETAIL - 1_000) for n in range(5))

    sizes = [sum(len(entry["Detail"]) for entry in call) for call in events.calls]
    assert len(sizes) == 2
    assert max(sizes) <= CALL


def test_an_event_too_large_for_listeners_is_cut_and_says_so() -> None:
    """It still says what happened, when and to whom, and how much was left out."""
    events = Events()

    EventBridgeAnnouncements(events, BUS, SetClock()).put([event(1, DETAIL)])

    detail = json.loads(events.calls[0][0]["Detail"])
    assert detail["id"] == "1"
    assert detail["details"]["cut"] > DETAIL


def test_only_entries_that_failed_are_put_again() -> None:
    """Throttling is told per entry, and the rest has gone out."""
    clock = SetClock()
    events = Events({1: "ThrottlingException"}, {0: "InternalFailure"})

    refused = EventBridgeAnnouncements(events, BUS, clock).put(map(event, range(3)))

    assert refused == 0
    assert [ids(call) for call in events.calls] == [["0", "1", "2"], ["1"], ["1"]]
    assert len(clock.paused) == 2


def test_what_the_bus_will_never_take_holds_nothing_up() -> None:
    """An entry that is refused for good is counted and left, and others of its call are tried again."""
    events = Events({0: "MalformedDetail", 2: "ThrottlingException"})

    refused = EventBridgeAnnouncements(events, BUS, SetClock()).put(map(event, range(3)))

    assert refused == 1
    assert [ids(call) for call in events.calls] == [["0", "1", "2"], ["2"]]


def test_a_bus_that_stays_busy_is_told() -> None:
    """After some attempts the stream is to bring the changes again."""
    events = Events(*[{0: "ThrottlingException"}] * ATTEMPTS)

    with pytest.raises(TransientError, match="ThrottlingException"):
        EventBridgeAnnouncements(events, BUS, SetClock()).put([event(1)])


@pytest.mark.parametrize(
    ("code", "raised"), [("ThrottlingException", TransientError), ("ValidationException", ClientError)]
)
def test_what_passes_is_told_from_what_does_not(code: str, raised: type[Exception]) -> None:
    """A busy service is tried again by whoever called; a call that is wrong comes as it is."""

    class Broken:
        def put_events(self, **request: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "PutEvents")

    with pytest.raises(raised):
        EventBridgeAnnouncements(Broken(), BUS, SetClock()).put([event(1)])

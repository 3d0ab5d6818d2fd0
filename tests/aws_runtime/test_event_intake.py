from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.aws_runtime.incoming.intake import BYTES_AT_ONCE, EventIntake, Inbound, NotTaken

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)


class Services:
    """A bus and the queue behind it, and what each was asked.

    Args:
        refuses: ids of events that the bus does not take, and why.
    """

    def __init__(self) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.queued: list[dict[str, Any]] = []
        self.batches = 0
        self.refuses: dict[str, str] = {}
        self.shut: Exception | None = None
        self.full: Exception | None = None
        self.queue_refuses = False

    def put_events(self, **asked: Any) -> dict[str, Any]:
        self.calls.append(asked["Entries"])
        if self.shut:
            raise self.shut
        codes = [self.refuses.get(json.loads(entry["Detail"])["id"]) for entry in asked["Entries"]]
        said = [{"ErrorCode": code} if code else {"EventId": "e"} for code in codes]
        return {"FailedEntryCount": sum(map(bool, codes)), "Entries": said}

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        if self.full:
            raise self.full
        self.batches += 1
        assert asked["QueueUrl"] == "https://queue"
        assert len({entry["Id"] for entry in asked["Entries"]}) == len(asked["Entries"]) <= 10
        if self.queue_refuses:
            return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}
        self.queued += [json.loads(entry["MessageBody"]) for entry in asked["Entries"]]
        return {"Successful": []}

    def put(self, *told: Inbound) -> None:
        EventIntake(self, "bus", self, "https://queue", source="shop", queued="Queued").put(told)


def of(number: int, size: int = 0) -> Inbound:
    at = NOON + timedelta(seconds=number)
    return Inbound(f"e{number}", "viewed", at, {"customer": "c", "properties": {"x": "y" * size}})


def test_events_go_on_the_bus_ten_at_a_time() -> None:
    """In their order, each with its own time."""
    services = Services()

    services.put(*map(of, range(25)))

    assert [len(entries) for entries in services.calls] == [10, 10, 5]
    first = services.calls[0][0]
    assert (first["EventBusName"], first["Source"], first["DetailType"]) == ("bus", "shop", "viewed")
    assert first["Time"] == NOON
    assert json.loads(first["Detail"]) == {
        "id": "e0", "time": "2026-03-06T12:00:00Z", "customer": "c", "properties": {"x": ""},
    }  # fmt: skip
    assert services.queued == []


def test_no_call_is_larger_than_a_service_takes() -> None:
    """Events are divided by their size as well."""
    services = Services()

    services.put(*[of(number, 60_000) for number in range(7)])

    sizes = [sum(len(entry["Detail"]) for entry in entries) for entries in services.calls]
    assert [len(entries) for entries in services.calls] == [3, 3, 1]
    assert max(sizes) < BYTES_AT_ONCE


def test_what_the_bus_refuses_of_many_goes_on_the_queue(capsys: pytest.CaptureFixture[str]) -> None:
    """Entry by entry; the rest is on the bus, and on the queue not once more."""
    services = Services()
    services.refuses = {"e3": "ThrottlingException", "e12": "InternalFailure"}

    services.put(*map(of, range(15)))

    assert [one["detail"]["id"] for one in services.queued] == ["e3", "e12"]
    assert services.batches == 1
    assert '"Queued":2' in capsys.readouterr().out


def test_the_queue_gets_what_the_rule_would_have_put_there() -> None:
    """The envelope of EventBridge."""
    services = Services()
    services.shut = OSError("gone")

    services.put(of(1))

    assert services.queued == [{
        "version": "0", "id": "e1", "source": "shop", "detail-type": "viewed", "time": "2026-03-06T12:00:01Z",
        "resources": [], "detail": json.loads(services.calls[0][0]["Detail"]),
    }]  # fmt: skip


def test_a_bus_that_is_shut_is_asked_once() -> None:
    """Whoever waits does not wait for each ten; all go on the queue."""
    services = Services()
    services.shut = OSError("gone")

    services.put(*map(of, range(25)))

    assert (len(services.calls), services.batches) == (1, 3)
    assert [one["id"] for one in services.queued] == [f"e{number}" for number in range(25)]


def test_a_bus_that_takes_none_of_ten_is_not_asked_again() -> None:
    """It throttles by entry, and would throttle the next."""
    services = Services()
    services.refuses = {f"e{number}": "ThrottlingException" for number in range(25)}

    services.put(*map(of, range(25)))

    assert (len(services.calls), len(services.queued)) == (1, 25)


@pytest.mark.parametrize("full", [OSError("gone"), None])
def test_what_neither_takes_is_told(full: Exception | None) -> None:
    """Nobody may believe that it is in; the message quotes nothing."""
    services = Services()
    services.shut, services.full, services.queue_refuses = OSError("gone"), full, full is None

    with pytest.raises(NotTaken, match="OSError|InternalError") as raised:
        services.put(of(1))

    assert "viewed" not in str(raised.value)


def test_nothing_is_put_in_by_nothing() -> None:
    """No service is asked."""
    services = Services()

    services.put()

    assert services.calls == []


def test_every_character_can_travel() -> None:
    """SQS does not take all of them, so what is sent is ASCII."""
    services = Services()
    services.shut = OSError("gone")
    odd = Inbound("e", "viewed", NOON, {"properties": {"x": "\x00\ufffe\U0001f6d2\u00e9"}})

    services.put(odd)

    assert services.calls[0][0]["Detail"].isascii()
    assert services.queued[0]["detail"]["properties"] == {"x": "\x00\ufffe\U0001f6d2\u00e9"}

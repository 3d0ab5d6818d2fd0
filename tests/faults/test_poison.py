"""What nobody can read stands in nobody's way: neither in the queue nor in the stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken
from tests.faults.stories import event, known, names_of
from tests.faults.trouble import Fault, answered, killed

EVENT = names_of("email", "once")[1]
POISONS: dict[str, Any] = {
    "no JSON": "{",
    "no customer": {"detail-type": "began", "id": "1", "time": "2026-03-02T12:00:00Z", "detail": {}},
    "no name": {"id": "1", "time": "2026-03-02T12:00:00Z", "detail": {"customer": "ana"}},
    "no time": {"detail-type": "began", "id": "1", "time": "soon", "detail": {"customer": "ana"}},
    "too deep": '{"detail-type": "began", "detail": ' + "[" * 100 + "]" * 100 + "}",
    "too long": {
        "detail-type": "began",
        "id": "1",
        "detail": {"customer": "ana", "properties": {"x": "y" * 200_000}},
    },
}


def body(poison: str) -> str:
    """Return what the queue holds."""
    said = POISONS[poison]
    return said if isinstance(said, str) else json.dumps(said)


@injected(
    "An event that nobody can read, in the middle of a batch",
    "`route`; the dead-letter queue well, failing once, or `route` killed there",
)
@pytest.mark.parametrize("trouble", ["", "answered", "killed"])
@pytest.mark.parametrize("poison", POISONS)
def test_a_poison_event_in_the_middle_of_a_batch(cloud: Cloud, poison: str, trouble: str) -> None:
    """It lies among the dead letters with its reason; those before and behind it are done, once."""
    known(cloud, "ben")
    bad = {"messageId": "bad", "body": body(poison)}
    if trouble:
        happens = killed("before") if trouble == "killed" else answered("ServiceUnavailable", 503)
        cloud.plans = [Fault(happens, "route", "sqs", "send_message")]
    cloud.arrive(event(cloud, EVENT, "a"), bad, event(cloud, EVENT, "b", "ben"))
    cloud.run(minutes=20)
    cloud.settle()

    assert broken(cloud) == []
    (dead,) = cloud.rest.dead
    assert dead["MessageBody"] == bad["body"]
    assert dead["MessageAttributes"]["reason"]["StringValue"]
    assert len(cloud.provider.taken) == 2


@injected("A record of the stream that nobody can read, in the middle of a batch", "`export`")
@pytest.mark.parametrize("broken_how", ["no data", "no JSON", "no row", "a version of the future"])
def test_a_poison_record_of_the_stream(cloud: Cloud, broken_how: str) -> None:
    """It is told and passed over; what stands before and behind it is counted, once."""
    cloud.arrive(event(cloud, EVENT))
    cloud.run(minutes=20)
    records = cloud.records()
    place = next(n for n, one in enumerate(records) if one["dynamodb"]["Keys"]["sk"]["S"].startswith("H#"))
    bad = json.loads(json.dumps(records[place]))
    image = bad["dynamodb"]["NewImage"]
    {
        "no data": lambda: image.pop("data"),
        "no JSON": lambda: image["data"].update(S="{"),
        "no row": lambda: image["data"].update(S="[]"),
        "a version of the future": lambda: image["data"].update(S='{"v": 2}'),
    }[broken_how]()
    bad["dynamodb"]["SequenceNumber"] = "1"

    answer = cloud.invoke("export", {"Records": [*records[:place], bad, *records[place:]]})
    cloud.settle()

    assert answer == {"batchItemFailures": []}
    assert broken(cloud) == []
    assert Seen(cloud).told("exited") == ["exited completed"]

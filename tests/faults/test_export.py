"""The stream's records come again, in pieces, in another order, after a death at any point."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from sojourn.adapters.dynamodb import engine_keys
from tests.faults.cloud import Cloud
from tests.faults.injected import injected
from tests.faults.laws import Seen, broken
from tests.faults.services import codes
from tests.faults.stories import happen
from tests.faults.trouble import EachOnce, Fault, answered, answered_late, killed, no_answer

STREAM_KEEPS = timedelta(hours=24)
CALLS = {"dynamodb": "transact_write_items", "firehose": "put_record_batch", "events": "put_events"}
ERRORS = [
    (service, code, status)
    for service, call in list(CALLS.items())[1:]
    for code, status in {**codes(service, call), "ThrottlingException": 400, "InternalFailure": 500}.items()
]


@pytest.fixture
def told(cloud: Cloud) -> Cloud:
    """Let a customer enter, begin again and reach the goal; nothing of it is exported yet."""
    for name, hours in (("began", 1), ("again", 1), ("did_it", 1)):
        happen(cloud, name)
        cloud.run(hours=hours)
    return cloud


@injected("Batches of the stream come three times, split, and in any order", "`export`")
@pytest.mark.parametrize("seed", range(3))
def test_batches_that_come_again_split_and_mixed(told: Cloud, seed: int) -> None:
    """Each change is counted once; lines and events that come again have the ids they had."""
    dice = random.Random(seed)
    mixed = told.records() * 3
    dice.shuffle(mixed)
    while mixed:
        size = dice.randint(1, 40)
        assert told.invoke("export", {"Records": mixed[:size]}) == {"batchItemFailures": []}
        mixed = mixed[size:]
    told.settle()

    assert broken(told) == []
    events = [one["detail"]["id"] for one in told.bus.told]
    assert len(events) > len(set(events))


@injected("`export` is killed, once", "before and after counters, lines, events; batches of five")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("service", CALLS)
def test_an_export_that_is_killed(told: Cloud, service: str, when: str) -> None:
    """Between counters and the rest: what was counted stays counted, and lines and events go out all the same."""
    fault = Fault(killed(when), "export", service, CALLS[service], number=2)
    told.plans = [fault]
    told.export(size=5)
    told.settle()

    assert fault.hits == 1
    assert broken(told) == []
    happened = [
        one for one in Seen(told).happened if one.what in ("entered", "sent", "goal", "exited", "restarted")
    ]
    ids = {one["detail"]["id"] for one in told.bus.told if one["detail-type"] != "sojourn.profile_changed"}
    assert len(ids) == len(happened)


@injected(
    "Firehose or EventBridge answers an error, or takes it and does not answer; once at each call", "`export`"
)
@pytest.mark.parametrize(("service", "code", "status"), ERRORS)
def test_an_error_of_where_changes_go(told: Cloud, service: str, code: str, status: int) -> None:
    """The batch comes again from the first record that did not go out."""
    for trouble in (answered(code, status), answered_late(code, status), no_answer("after")):
        fault = EachOnce(trouble, "export", service)
        told.plans = [fault]
        told.export(size=20)
        told.stream_at = 0
        assert fault.hits > 0
    told.settle()

    assert broken(told) == []


@injected("A batch comes again after a day, with the function's clock ten minutes off", "`export`")
@pytest.mark.parametrize("minutes", [-10, 10])
def test_markers_outlive_the_stream(told: Cloud, minutes: int) -> None:
    """A marker expires after three days, and a stream keeps its records for one: none comes without its marker."""
    told.skews["export"] = timedelta(minutes=minutes)
    now = told.clock.now()
    told.export()
    told.stream_at = 0
    told.run(hours=24)
    told.skews["export"] = timedelta(minutes=-minutes)
    told.export()
    told.settle()

    assert broken(told) == []
    markers = [one for one in Seen(told).rows if one["sk"]["S"] == engine_keys.SEEN]
    spare = min(int(one["expires"]["N"]) for one in markers) - (now + STREAM_KEEPS).timestamp()
    assert spare > timedelta(days=1).total_seconds()

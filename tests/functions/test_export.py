from __future__ import annotations

import importlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.adapters.dynamodb import engine_keys, keys
from sojourn.adapters.dynamodb.counters import DynamoCounters, counts
from sojourn.adapters.dynamodb.erasing import erase_customer
from sojourn.adapters.dynamodb.recount import rebuild_counters
from sojourn.application.counting import Deltas
from sojourn.application.outbound import COLUMNS
from sojourn.aws_runtime import exporting
from sojourn.aws_runtime.settings import SettingsError
from sojourn.domain.journey.project import read_project
from sojourn.domain.ledger import Happening
from sojourn.errors import TransientError
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.scenario import play
from tests.docs.pages import ROOT
from tests.support.aws_table import TABLE, aws_table, created_table
from tests.support.engine_room import SetClock
from tests.support.recounted import Came, recomputed, without_moves
from tests.support.told_stream import Record, TableWorld, expired, records_of

CONTEXT = SimpleNamespace(aws_request_id="request", function_name="export")
SAMPLES = ROOT / "journeys"


@cache
def deployment() -> Deployment:
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    return deploy(read_project({path.relative_to(SAMPLES).as_posix(): path.read_bytes() for path in files}))


@dataclass
class Story(Came):
    """A story, and what the stream told of it."""

    records: list[Record]


@cache
def stories() -> tuple[Story, ...]:
    """Play a scenario of each sample, none of the longest, with customers in a table."""
    found = []
    for number, folder in enumerate(deployment().project.journeys.values()):
        by_length = sorted(
            (file.scenario for file in folder.scenarios), key=lambda one: len(one.events) + len(one.also)
        )
        scenario = by_length[len(by_length) // 4]
        with aws_table("told") as (client, name):
            happened: list[Happening] = []
            played = play(scenario, deployment(), _worlds(client, name, happened))
            assert played.failures == []
            customers = TableWorld(deployment(), played.start, happened.append, client, name).customers
            runs = [run for one in scenario.customers for run in customers.load(one.id).runs.values()]
            found.append(Story(happened, runs, [_of_story(number, record) for record in records_of(name)]))
    return tuple(found)


def _of_story(number: int, record: Record) -> Record:
    """Keep customers of different stories apart, who have one name."""
    told = dict(record["dynamodb"])
    for image in {"Keys", "NewImage", "OldImage"} & told.keys():
        told[image] = {**told[image], "pk": {"S": f"{told[image]['pk']['S']}-{number}"}}
    return {**record, "dynamodb": told}


def _worlds(client: Any, name: str, happened: list[Happening]) -> Any:
    def made(deployment: Deployment, start: Any, ledger: Any) -> TableWorld:
        def both(one: Happening) -> None:
            happened.append(one)
            ledger(one)

        return TableWorld(deployment, start, both, client, name)

    return made


def counted(client: Any, table: str) -> Deltas:
    found: Deltas = {}
    for journey in deployment().project.journeys:
        found |= counts(client, table, journey)
    return without_moves(found)


@dataclass
class Room:
    """The function, and what it writes to."""

    handler: Any
    dynamodb: Any
    s3: Any
    sqs: Any
    queue: str

    def deliver(self, records: Sequence[Record]) -> list[str]:
        answer = self.handler({"Records": list(records)}, CONTEXT)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def counts(self) -> Deltas:
        return counted(self.dynamodb, TABLE)

    def lines(self) -> list[dict[str, str]]:
        found = []
        for file in self.s3.list_objects_v2(Bucket="changes").get("Contents", []):
            text = self.s3.get_object(Bucket="changes", Key=file["Key"])["Body"].read().decode()
            found += [json.loads(line) for line in text.splitlines()]
        return found

    def events(self) -> list[dict[str, Any]]:
        found = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            found += [json.loads(message["Body"]) for message in messages]
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    stories()
    for name, value in {
        "SOJOURN_TABLE": TABLE, "SOJOURN_BUS": "sojourn-test", "SOJOURN_DELIVERY_STREAM": "changes",
        "SOJOURN_OUTBOUND": "usual", "POWERTOOLS_SERVICE_NAME": "export", "POWERTOOLS_METRICS_NAMESPACE": "Sojourn",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with aws_table() as (client, _):
        s3, sqs, events = (boto3.client(name, "us-east-1") for name in ("s3", "sqs", "events"))
        s3.create_bucket(Bucket="changes")
        boto3.client("firehose", "us-east-1").create_delivery_stream(
            DeliveryStreamName="changes",
            ExtendedS3DestinationConfiguration={
                "RoleARN": "arn:aws:iam::123456789012:role/lines", "BucketARN": "arn:aws:s3:::changes",
            },
        )  # fmt: skip
        events.create_event_bus(Name="sojourn-test")
        queue = sqs.create_queue(QueueName="listener")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(
            Name="all", EventBusName="sojourn-test", EventPattern='{"source": ["sojourn.ledger"]}'
        )
        events.put_targets(Rule="all", EventBusName="sojourn-test", Targets=[{"Id": "queue", "Arn": arn}])
        handler = importlib.reload(importlib.import_module("functions.export.handler"))
        yield Room(handler.lambda_handler, client, s3, sqs, queue)


def records() -> list[Record]:
    return [record for story in stories() for record in story.records]


def metrics(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in capsys.readouterr().out.splitlines():
        told = json.loads(line) if "_aws" in line else {}
        for one in told.get("_aws", {}).get("CloudWatchMetrics", []):
            for metric in one["Metrics"]:
                value = told[metric["Name"]]
                found[metric["Name"]] = found.get(metric["Name"], 0) + (
                    value[0] if isinstance(value, list) else value
                )
    return found


def test_counters_are_what_happened(room: Room) -> None:
    """After real stories, told in one batch each, every counter is what counting anew comes to."""
    for story in stories():
        assert room.deliver(story.records) == []

    assert room.counts() == recomputed(*stories())
    assert len(room.counts()) > 10


def test_lines_and_events_tell_it_all_once(room: Room) -> None:
    """Each happening is a line; those of the usual kinds are events; ids are unique and shared."""
    for story in stories():
        room.deliver(story.records)

    happened = [one for story in stories() for one in story.happened]
    told = room.lines()
    lines = [line for line in told if line["kind"] == "happening"]
    events = room.events()
    assert sorted(line["what"] for line in lines) == sorted(one.what for one in happened)
    assert len({line["id"] for line in told}) == len(told)
    assert {tuple(line) for line in told} == {tuple(name for name, _ in COLUMNS)}
    assert {line["kind"] for line in told} == {"happening", "run", "send", "profile"}
    assert {e["detail"]["id"] for e in events if e["detail-type"] != "sojourn.profile_changed"} == {
        line["id"] for line in lines
        if line["what"] in {"entered", "not_entered", "sent", "suppressed", "goal", "exited", "failed", "restarted",
                            "redirected", "bounced", "complained", "merged"}
    }  # fmt: skip


def test_redelivered_split_and_reordered_batches_leave_the_same_counters(room: Room) -> None:
    """However the stream's records are dealt out, repeated or mixed, each is counted once."""
    table = iter(range(1_000))
    told = sorted(stories(), key=lambda story: len(story.records))[2:3]
    ours = [record for story in told for record in story.records]

    @given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(3, 40), min_size=1, max_size=6))
    @settings(max_examples=3)
    def check(seed: int, sizes: list[int]) -> None:
        dice = random.Random(seed)
        name = created_table(room.dynamodb, f"mixed-{next(table)}")
        batches = exporting_to(name)
        mixed = [*ours, *dice.sample(ours, len(ours) // 3)]
        dice.shuffle(mixed)
        while mixed:
            size = dice.choice(sizes)
            batches({"Records": mixed[:size]})
            mixed = mixed[size:]

        assert counted(room.dynamodb, name) == recomputed(*told)

    check()


def exporting_to(table: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOJOURN_TABLE", table)
        return exporting.exporting()


def test_a_rebuild_from_the_table_comes_to_the_same(room: Room) -> None:
    """What the stream told and what the table holds are one story, the one counted, the other counted anew."""
    room.deliver(records())
    for record in records():
        if image := record["dynamodb"].get("NewImage"):
            room.dynamodb.put_item(TableName=TABLE, Item=image)
        else:
            room.dynamodb.delete_item(TableName=TABLE, Key=record["dynamodb"]["Keys"])
    before = [counts(room.dynamodb, TABLE, journey) for journey in deployment().project.journeys]

    # The clock of the stories is long past: nothing needs a marker.
    rebuild_counters(room.dynamodb, TABLE, SetClock(at=SetClock().at.replace(year=2030)), segments=2)

    assert [counts(room.dynamodb, TABLE, journey) for journey in deployment().project.journeys] == before
    assert room.counts() == recomputed(*stories())


def test_a_second_delivery_is_seen(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Operators see how much was exported, and how much of it came again."""
    story = stories()[0]
    commits = [r for r in story.records if r["dynamodb"]["Keys"]["sk"]["S"].startswith(keys.LEDGER)]

    room.deliver(commits)
    first = metrics(capsys)
    room.deliver(commits)

    assert first == {"Exported": len(commits)}
    marked = room.dynamodb.scan(
        TableName=TABLE,
        FilterExpression="sk = :seen",
        ExpressionAttributeValues={":seen": {"S": engine_keys.SEEN}},
    )
    assert metrics(capsys) == {"Exported": len(commits), "Duplicates": marked["Count"]}
    assert 0 < marked["Count"] <= len(commits)


def test_a_row_that_expired_is_no_change(room: Room) -> None:
    """Old runs, sends and ledger rows go in silence."""
    removed = [
        {**record, "eventName": "REMOVE",
         "dynamodb": {**{k: v for k, v in record["dynamodb"].items() if k != "NewImage"},
                      "OldImage": record["dynamodb"]["NewImage"]}}
        for record in stories()[0].records
        if "NewImage" in record["dynamodb"]
    ]  # fmt: skip

    assert room.deliver([expired(record) for record in removed]) == []

    assert (room.counts(), room.lines(), room.events()) == ({}, [], [])


def test_an_erased_customer_is_nowhere_any_more(room: Room) -> None:
    """Erasing takes their runs off `now` and `active`, and tells others to erase too; nothing is left behind."""
    with aws_table("erased") as (client, name):
        room_world = TableWorld(deployment(), stories()[0].happened[0].at, lambda _: None, client, name)
        journey = next(j for j in deployment().catalogue.all_current() if j.name == "welcome")
        room_world.happen("ana", next(t.name for t in journey.enter.triggers if t.kind == "event"), {})
        story = Story([], list(room_world.customers.load("ana").runs.values()), records_of(name))
        assert any(run.active and run.at for run in story.runs)
        room.deliver(story.records)

        erase_customer(client, name, "ana", room_world.executions, pause=lambda _: None)

        room.deliver(records_of(name)[len(story.records) :])

    whole = {place: counters for place, counters in room.counts().items() if not place.step}
    assert all("active" not in counters for counters in whole.values())
    assert sum(counters.get("erased", 0) for counters in whole.values()) == len(story.runs)
    assert not any("now" in counters for counters in room.counts().values())
    assert [e["detail"]["customer"] for e in room.events() if e["detail-type"] == "sojourn.erased"] == ["ana"]


def test_a_record_that_nobody_can_read_holds_nobody_up(
    room: Room, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """It is counted and logged by its id, and those behind it go out."""
    story = stories()[0]
    at = next(
        n for n, r in enumerate(story.records) if r["dynamodb"]["Keys"]["sk"]["S"].startswith(keys.LEDGER)
    )
    broken = json.loads(json.dumps(story.records[at]))
    broken["dynamodb"]["NewImage"]["data"]["S"] = '{"customer": "ana"'

    assert room.deliver([broken, *story.records]) == []

    assert metrics(capsys)["Unreadable"] == 1
    (logged,) = [record.__dict__ for record in caplog.records if record.levelname == "ERROR"]
    assert (logged["record"], logged["exception_name"]) == (broken["eventID"], "JSONDecodeError")
    assert "ana" not in str(logged)
    assert room.counts() == recomputed(story)


class Failing:
    """Counts, but for the calls that fail."""

    def __init__(self, counters: DynamoCounters, *fails: bool) -> None:
        self.counters, self.fails = counters, list(fails)

    def count(self, changes: Any) -> int:
        if self.fails and self.fails.pop(0):
            raise TransientError("busy")
        return self.counters.count(changes)


def test_what_could_not_go_out_comes_again_from_the_first_that_did_not(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was done stays done; the batch comes again from the stretch that failed."""
    monkeypatch.setattr("sojourn.application.exporting.STRETCH", 5)
    clock = SetClock()
    monkeypatch.setattr(
        exporting,
        "DynamoCounters",
        lambda *_: Failing(DynamoCounters(room.dynamodb, TABLE, clock), False, True),
    )
    batches = exporting_to(TABLE)
    story = stories()[0]

    answer = batches({"Records": story.records})

    told = [record["dynamodb"]["SequenceNumber"] for record in story.records]
    (failure,) = answer["batchItemFailures"]
    left = told.index(failure["itemIdentifier"])
    assert 5 <= left < len(told)
    assert metrics(capsys)["Exported"] == 5
    assert batches({"Records": story.records[left:]}) == {"batchItemFailures": []}
    assert room.counts() == recomputed(story)
    assert len({line["id"] for line in room.lines()}) == len(room.lines())


def test_a_deployment_that_misspells_an_event_says_so(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function does not begin, and names the variable."""
    monkeypatch.setenv("SOJOURN_OUTBOUND", "send")

    with pytest.raises(SettingsError, match="SOJOURN_OUTBOUND: no such events: send"):
        exporting.exporting()

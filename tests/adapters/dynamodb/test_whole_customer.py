"""Everything about a customer at once: handed out, and taken away, whatever happens in the middle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.erasing import erase_customer
from sojourn.adapters.dynamodb.whole_customer import export_customer
from sojourn.adapters.stepfunctions.executions import Schedules, StepFunctionsExecutions
from sojourn.application.route import Incoming, route
from sojourn.application.step import do_step
from sojourn.domain.customer.rows import Change, CustomerFile, Event, Profile, Run, Send, Waiter
from sojourn.domain.ledger import Happening
from sojourn.errors import Conflict, RunEnded, TransientError
from tests.support.aws_table import aws_table, items
from tests.support.engine_room import Crash, RecordedExecutions, Room, SetClock
from tests.support.table_faults import over

NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
RUN = Run("j-1", "ana", "j", "v1", "", NOON, NOON, "j-1", {"ref": "r1"}, at={"": "w"})
ENDED = replace(RUN, id="k-1", journey="k", execution="k-1", status="ended", ended=NOON, at={})
WAITER = Waiter("j-1", "j", "w", "secret", NOON, None, "wait_for", (), {}, (), (), {"steps": {}})
SEND = Send("s1", "ana", "j-1", "j", "v1", "s", "hello", "email", "news", True, NOON)
MACHINE = '{"StartAt": "w", "States": {"w": {"Type": "Wait", "Seconds": 86400, "End": true}}}'
ROLE = "arn:aws:iam::123456789012:role/any"


@dataclass
class Kept:
    """A table with everything about ana, and something about ben."""

    client: Any
    table: str
    customers: DynamoCustomers
    executions: RecordedExecutions = field(default_factory=RecordedExecutions)
    pauses: list[float] = field(default_factory=list)

    def erase(self, client: Any = None) -> Any:
        return erase_customer(
            client or self.client, self.table, "ana", self.executions, pause=self.pauses.append
        )

    def left(self) -> list[tuple[str, str]]:
        return [(item["pk"]["S"], item["sk"]["S"]) for item in items(self.client, self.table)]


@pytest.fixture
def kept() -> Iterator[Kept]:
    """Give a table in which ana has a row of every kind."""
    with aws_table() as (client, table):
        customers = DynamoCustomers(client, table, SetClock(NOON))
        customers.commit(
            customers.load("ana"),
            Change(
                profile=Profile("ana", {"plan": "pro"}, consents={("news", "sms"): False}),
                runs={("j", ""): RUN, ("k", ""): ENDED}, waiters={("j-1", "w"): WAITER},
                event=Event("e1", "did_it", NOON, {"n": 1}, NOON),
                moved=[Event("m1", "segment_entered", NOON - timedelta(days=1), {"segment": "pros"}, NOON)],
                claim=SEND, recent=((NOON, "email", "news"),),
                happened=[Happening(NOON, "ana", "j", "v1", "j-1", "entered")],
            ),
        )  # fmt: skip
        client.put_item(
            TableName=table,
            Item={
                "pk": {"S": "C#ana"}, "sk": {"S": keys.inbox("m1")}, "data": {"S": '{"title":"Hello"}'},
                "read": {"S": "2026-03-03T00:00:00Z"}, "expires": {"N": "1772539200"},
                "seen": {"M": {"times": {"N": "2"}, "on": {"L": [{"S": "phone"}, {"BOOL": True}, {"NULL": True}]}}},
            },
        )  # fmt: skip
        client.put_item(
            TableName=table,
            Item={"pk": {"S": "C#ana"}, "sk": {"S": "Z#1"}, "icon": {"B": b"\x00"}, "tags": {"SS": ["x"]}},
        )
        customers.commit(
            customers.load("ben"), Change(profile=Profile("ben"), runs={("j", ""): replace(RUN, at={})})
        )
        yield Kept(client, table, customers)


BEN = [("C#ben", "A#profile"), ("C#ben", "A#run#j#")]


def test_an_export_holds_every_row(kept: Kept) -> None:
    """Profile, runs, waits, events, sends, ledger, inbox, and what another version may have put there."""
    whole = export_customer(kept.client, kept.table, "ana")

    assert whole["customer"] == "ana"
    assert whole["profile"] == {
        "id": "ana", "attributes": {"plan": "pro"}, "consents": [["news", "sms", False]],
        "recent": [["2026-03-02T12:00:00.250000Z", "email", "news"]],
    }  # fmt: skip
    assert [(run["id"], run["entered"]) for run in whole["runs"]] == [
        ("j-1", "2026-03-02T12:00:00.250000Z"),
        ("k-1", "2026-03-02T12:00:00.250000Z"),
    ]
    assert [(wait["run"], wait["step"]) for wait in whole["waiters"]] == [("j-1", "w")]
    assert [(event["id"], event["properties"]) for event in whole["events"]] == [
        ("m1", {"segment": "pros"}),
        ("e1", {"n": 1}),
    ]
    assert [send["id"] for send in whole["sends"]] == ["s1"]
    assert [one["what"] for row in whole["ledger"] for one in row["happened"]] == ["entered"]
    assert whole["inbox"] == [
        {
            "title": "Hello", "read": "2026-03-03T00:00:00Z", "expires": "2026-03-03T12:00:00Z",
            "seen": {"times": 2, "on": ["phone", True, None]},
        }
    ]  # fmt: skip
    assert whole["other"] == [{"key": "Z#1", "icon": "AA==", "tags": ["x"]}]


def test_an_export_is_json_and_opens_no_door(kept: Kept) -> None:
    """It can be written to a file as it is; a task's token, which answers a running execution, is not in it."""
    text = json.dumps(export_customer(kept.client, kept.table, "ana"))

    assert '"plan": "pro"' in text
    assert "secret" not in text


def test_an_export_of_nobody_is_empty(kept: Kept) -> None:
    """Who asks about somebody unknown is told so by empty lists."""
    assert export_customer(kept.client, kept.table, "cy") == {
        "customer": "cy", "profile": None, "runs": [], "waiters": [], "events": [], "sends": [], "ledger": [],
        "inbox": [], "quarantined": [], "merged": [], "links": [], "other": [],
    }  # fmt: skip


def test_erasing_leaves_nothing_and_says_what_it_took(kept: Kept) -> None:
    """Every row of hers goes, the running run's execution is stopped, ben keeps his; the rest is named."""
    erased = kept.erase()

    assert kept.left() == BEN
    assert erased.removed == {
        "profile": 1, "runs": 2, "waiters": 1, "events": 2, "sends": 1, "ledger": 1, "inbox": 1, "other": 1,
    }  # fmt: skip
    assert (list(erased.stopped), kept.executions.stopped) == (["j-1"], ["j-1"])
    assert {"step functions", "table backups", "exported lines"} <= erased.outside.keys()
    assert kept.customers.load("ana") == kept.customers.load("ana").__class__(Profile("ana"))


def test_erasing_twice_changes_nothing(kept: Kept) -> None:
    """Nobody is left to be erased, and no row comes of trying."""
    kept.erase()

    again = kept.erase()

    assert (again.removed, again.stopped, kept.left()) == ({}, (), BEN)


class Dying:
    """A client that dies at its n-th call, before or after the call took effect."""

    def __init__(self, client: Any, calls: int, *, after: bool) -> None:
        self.client, self.calls, self.after = client, calls, after

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.calls -= 1
            if self.calls == 0 and not self.after:
                raise Crash
            answer = getattr(self.client, name)(**request)
            if self.calls == 0:
                raise Crash
            return answer

        return call


@pytest.mark.parametrize("after", [False, True])
def test_erasing_may_die_at_any_call_and_is_completed_by_the_next(kept: Kept, after: bool) -> None:
    """Whatever was done, the next attempt does the rest: nothing remains, and every run was stopped first."""
    for calls in range(1, 20):
        try:
            kept.erase(Dying(kept.client, calls, after=after))
        except Crash:
            rows = [sort_key for partition, sort_key in kept.left() if partition == "C#ana"]
            if "A#run#j#" not in rows and rows:
                assert kept.executions.stopped, "the run's row is gone, and nobody stopped it"
            continue
        break

    assert calls > 4
    assert kept.left() == BEN
    assert set(kept.executions.stopped) == {"j-1"}


def test_an_execution_that_cannot_be_stopped_keeps_its_run(kept: Kept) -> None:
    """Were the row gone first, nobody would know what to stop."""
    executions = kept.executions
    kept.executions = Unreachable()
    with pytest.raises(TransientError):
        kept.erase()
    rows = kept.left()

    kept.executions = executions
    kept.erase()

    assert ("C#ana", "A#run#j#") in rows
    assert (kept.left(), executions.stopped) == (BEN, ["j-1"])


class Unreachable(RecordedExecutions):
    """Executions that cannot be reached."""

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        raise TransientError("no answer")


class Meanwhile:
    """A client that lets something happen just before a call of one name."""

    def __init__(self, client: Any, name: str, act: Any) -> None:
        self.client, self.name, self.act = client, name, act

    def __getattr__(self, name: str) -> Any:
        if name == self.name and self.act is not None:
            act, self.act = self.act, None
            act()
        return getattr(self.client, name)


def test_who_read_before_cannot_write_once_the_erasing_has_begun(kept: Kept) -> None:
    """A task that is under way would bring a run back to life."""
    file = kept.customers.load("ana")
    refused: list[Exception] = []

    def write() -> None:
        try:
            kept.customers.commit(
                file, Change(profile=Profile("ana", {"plan": "back"}), runs={("j", ""): RUN})
            )
        except Conflict as conflict:
            refused.append(conflict)

    kept.erase(Meanwhile(kept.client, "batch_write_item", write))

    assert (len(refused), kept.left()) == (1, BEN)


def test_who_read_before_cannot_write_when_it_is_over(kept: Kept) -> None:
    """Not even where the customer has come back since: their first revision is another."""
    file = kept.customers.load("ana")
    kept.erase()
    with pytest.raises(Conflict):
        kept.customers.commit(file, Change(runs={("j", ""): RUN}))
    later = DynamoCustomers(kept.client, kept.table, SetClock(NOON + timedelta(seconds=1)))
    anew = later.commit(later.load("ana"), Change(profile=Profile("ana")))

    for stale in (file, CustomerFile(Profile("ana"), file.revision)):
        with pytest.raises(Conflict):
            later.commit(stale, Change(runs={("j", ""): RUN}))

    assert later.load("ana") == anew


def test_two_who_erase_at_once_take_nothing_of_what_comes_after(kept: Kept) -> None:
    """The slower one finds that it is over, and that who is there now came back since."""

    def faster() -> None:
        kept.erase()
        kept.customers.commit(
            kept.customers.load("ana"), Change(profile=Profile("ana"), runs={("m", ""): new})
        )

    new = replace(RUN, id="m-1", journey="m")
    for name in ("batch_write_item", "delete_item"):
        kept.erase(Meanwhile(kept.client, name, faster))

        assert dict(kept.customers.load("ana").runs) == {("m", ""): new}


def test_an_event_that_arrives_meanwhile_waits_and_begins_anew(kept: Kept) -> None:
    """It is delivered again until the erasing is over; then it is the first that is known of her."""
    room = Room("enter: {on: began}\nsteps: [{wait: 1 day}]")
    over(room, kept.customers)
    kept.executions = room.executions
    incoming = Incoming("ana", Event("e9", "began", room.clock.at))
    answers: list[str] = []

    def arrive() -> None:
        with pytest.raises(TransientError, match="being erased"):
            route(room.engine, incoming)
        answers.append("come again")

    kept.erase(Meanwhile(kept.client, "batch_write_item", arrive))
    route(room.engine, incoming)

    assert answers == ["come again"]
    assert kept.customers.load("ana").profile == Profile("ana", since=room.clock.at)
    assert [event.id for event in kept.customers.events("ana", "began")] == ["e9"]
    assert room.run().active


def test_an_event_that_is_delivered_once_more_after_the_erasing_begins_an_execution_that_runs(
    kept: Kept,
) -> None:
    """Step Functions keeps the name of the stopped execution for itself; the new run has one of its own."""
    room = Room("enter: {on: began}\nsteps: [{wait: 1 day}]")
    states = boto3.client("stepfunctions", region_name="us-east-1")
    machine = states.create_state_machine(name="j", definition=MACHINE, roleArn=ROLE)["stateMachineArn"]
    executions = StepFunctionsExecutions(
        states, None, lambda journey, version: machine, room.clock, Schedules("group", ROLE)
    )
    over(room, kept.customers)
    room.engine = replace(room.engine, executions=executions)
    erase_customer(kept.client, kept.table, "ana", RecordedExecutions(), pause=kept.pauses.append)

    room.happen("began", "e9")
    first = room.run().execution
    erase_customer(kept.client, kept.table, "ana", executions, pause=kept.pauses.append)
    room.clock.pass_by(minutes=1)
    room.happen("began", "e9")

    found = states.list_executions(stateMachineArn=machine)["executions"]
    assert {one["name"]: one["status"] for one in found} == {
        first: "ABORTED",
        room.run().execution: "RUNNING",
    }


def test_a_task_of_an_erased_run_ends_without_a_word(kept: Kept) -> None:
    """Its execution may take a moment to stop; nothing is written for it."""
    kept.erase()
    room = Room("enter: {on: began}\nsteps: [{id: s, update: {plan: pro}}, {wait: 1 day}]")
    over(room, kept.customers)
    room.happen("began")
    payload = room.payload("s")
    kept.erase()

    with pytest.raises(RunEnded):
        do_step(room.engine, payload)

    assert kept.left() == BEN


def test_many_rows_go_in_batches_and_what_there_was_no_room_for_goes_later(kept: Kept) -> None:
    """DynamoDB may leave part of a batch undone; it is asked again, after longer and longer pauses."""
    for n in range(60):
        kept.client.put_item(TableName=kept.table, Item={"pk": {"S": "C#ana"}, "sk": {"S": f"E#{n}"}})
    busy = Busy(kept.client, kept.table, times=3)

    erased = kept.erase(busy)

    assert (kept.left(), erased.removed["events"]) == (BEN, 62)
    assert max(busy.sizes) == 25
    assert kept.pauses == sorted(kept.pauses)
    assert len(kept.pauses) == 3


def test_a_table_that_stays_busy_is_told_in_the_end(kept: Kept) -> None:
    """Who erases may come again; the mark stays, so that nobody writes meanwhile."""
    with pytest.raises(TransientError, match="not deleted yet"):
        kept.erase(Busy(kept.client, kept.table, times=1000))
    with pytest.raises(TransientError, match="being erased"):
        kept.customers.load("ana")

    kept.erase()

    assert kept.left() == BEN


class Busy:
    """A client that deletes only the first row of a batch, so many times."""

    def __init__(self, client: Any, table: str, times: int) -> None:
        self.client, self.table, self.times = client, table, times
        self.sizes: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> Any:  # noqa: N803 - boto3's word
        requests = RequestItems[self.table]
        self.sizes.append(len(requests))
        if self.times == 0:
            return self.client.batch_write_item(RequestItems=RequestItems)
        self.times -= 1
        first = requests[:1] if self.times < 3 else []
        if first:
            self.client.batch_write_item(RequestItems={self.table: first})
        return {"UnprocessedItems": {self.table: requests[len(first) :]}}

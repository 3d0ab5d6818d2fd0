"""The daily sweep over a table on moto: pages, crashes, deliveries that come twice, customers who are gone."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sojourn.adapters.dynamodb import engine_keys, keys, parts
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.sweeps import Sweep, Sweeps
from sojourn.application.ports import Engine
from sojourn.application.route import Incoming, route
from sojourn.aws_runtime.sweeping import ENOUGH, Sweeping, Told, TooManyFailed
from sojourn.domain.customer.rows import Change, Event, Profile
from sojourn.errors import TransientError
from tests.support.aws_table import aws_table
from tests.support.engine_room import Crash, Room

DOZED = "enter: {on: {left_segment: awake}}\nsteps: [{wait: 1 day}]"
WAITS = "enter: {on: began}\nsteps: [{wait: 1 day}]"
SEGMENTS = """
awake: {when: customer.doings > 0}
pros: {when: customer.plan == "pro"}
doings: {count: did_it, within: 7 days}
"""


@dataclass
class Swept:
    """A table with customers, the function that sweeps it, and its queue, which hands out one message at a time."""

    room: Room
    client: Any
    table: str
    engine: Engine
    queue: deque[dict[str, Any]] = field(default_factory=deque)
    told: list[Told] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)

    @property
    def sweeps(self) -> Sweeps:
        return Sweeps(self.client, self.table, page=3)

    def put(self, messages: Sequence[Mapping[str, Any]]) -> None:
        self.queue.extend({"body": json.dumps(one), "n": 0} for one in messages)

    def work(self, left: Callable[[], float] = lambda: 900.0, *, noted: int = 2) -> None:
        """Take messages until there are none; what fails five times is dead."""
        sweeping = Sweeping(self.engine, self.sweeps, self.put, self.told.append, noted)
        while self.queue:
            message = self.queue.popleft()
            message["n"] += 1
            record = {
                "messageId": "m", "body": message["body"],
                "attributes": {"ApproximateReceiveCount": str(message["n"])},
            }  # fmt: skip
            try:
                failed = sweeping({"Records": [record]}, left)["batchItemFailures"]
            except Crash:
                failed = [{"itemIdentifier": "m"}]
            if failed and message["n"] < 5:
                self.queue.append(message)
            elif failed:
                self.dead.append(message["body"])

    def sweep(self, day: int = 0, left: Callable[[], float] = lambda: 900.0) -> None:
        """Do a whole sweep, so many days later."""
        self.room.clock.pass_by(days=day)
        self.put([{"begin": f"{self.room.clock.at:%Y-%m-%dT%H:%M:%SZ}"}])
        self.work(left)

    def members(self, segment: str = "awake") -> list[str]:
        """Return who is in a segment."""
        files = [self.engine.customers.load(name) for name in NAMES]
        return sorted(file.profile.id for file in files if segment in file.profile.segments)

    def of(self, *whats: str) -> int:
        return sum(told.what in whats for told in self.told)


NAMES = [f"customer-{number}" for number in range(8)]
PARTS = 3


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Swept]:
    """Eight customers, in three parts, who did something at noon, and were swept at once.

    The table lists them and says where the sweep is; what they are is in memory, which is faster.
    """
    monkeypatch.setattr(parts, "PARTS", PARTS)
    with aws_table() as (client, table):
        room = Room(DOZED, segments=SEGMENTS)
        made = Swept(room, client, table, room.engine)
        for name in NAMES:
            route(made.engine, Incoming(name, Event(f"e-{name}", "did_it", room.clock.at)))
            client.put_item(TableName=table, Item=listed(name))
        made.sweep()
        made.told.clear()
        room.customers.asked.clear()
        yield made


def listed(customer: str) -> dict[str, Any]:
    """Return as much of a profile's row as lists it."""
    part = parts.name_of(parts.part_of(customer))
    return {"pk": {"S": keys.customer(customer)}, "sk": {"S": keys.PROFILE}, "part": {"S": part}}


def calls(client: Any, *operations: str) -> list[str]:
    """Note the operations that a client does from now on, of these."""
    noted: list[str] = []
    client.meta.events.register(
        "before-call.dynamodb",
        lambda model, **_: noted.append(model.name) if model.name in operations else None,
    )
    return noted


def test_every_customer_is_asked_once_and_enters_what_the_change_triggers(swept: Swept) -> None:
    """In several strands and pages; a second sweep changes nothing."""
    before = swept.members()

    swept.sweep(6)
    too_soon = swept.members()
    swept.sweep(2)
    after = swept.members()
    swept.sweep(1)

    assert (len(before), len(too_soon), after) == (8, 8, [])
    assert len(swept.room.executions.started) == 8
    assert [sum(told.swept for told in swept.told), sum(told.moved for told in swept.told)] == [24, 8]
    assert swept.of("complete") == 3


def test_who_cannot_have_changed_costs_two_queries(swept: Swept) -> None:
    """And the listing one more for each page of a part."""
    asked = calls(swept.client, "Query", "Scan")

    swept.sweep(2)

    assert swept.room.customers.asked == ["load", "events since"] * 8
    assert PARTS <= len(asked) <= PARTS + 8 // 3


def test_customers_in_the_table_are_listed_from_their_first_commit_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The whole of it on DynamoDB: who did something is found by the index, asked, and written."""
    monkeypatch.setattr(parts, "PARTS", 1)
    with aws_table() as (client, table):
        room = Room(DOZED, segments=SEGMENTS)
        engine = replace(room.engine, customers=DynamoCustomers(client, table, room.clock))
        swept = Swept(room, client, table, engine)
        for name in NAMES[:3]:
            route(engine, Incoming(name, Event(f"e-{name}", "did_it", room.clock.at)))
        before = swept.members()

        swept.sweep()
        swept.sweep(8)

        assert (before, swept.members()) == (NAMES[:3], [])
        assert [told.swept for told in swept.told if told.swept] == [3, 3]


def test_a_sweep_goes_on_where_its_time_ended(swept: Swept) -> None:
    """Each invocation asks a few customers and puts a message for the rest; nobody is asked twice."""
    swept.room.clock.pass_by(days=8)

    def some() -> Callable[[], float]:
        left = [ENOUGH + 1, ENOUGH + 1, 0.0]

        def seconds() -> float:
            left.append(left.pop(0))
            return left[-1]

        return seconds

    swept.sweep(0, some())

    assert swept.members() == []
    assert sum(told.swept for told in swept.told) == 8
    assert swept.of("strand", "complete") > PARTS


def test_whoever_dies_is_delivered_again_and_loses_nobody(
    swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a commit and the start that follows it: the next delivery starts the run."""
    starts, start = [0], swept.room.executions.start

    def dying(*given: Any, **named: Any) -> None:
        starts[0] += 1
        if starts[0] in (2, 5):
            raise Crash
        start(*given, **named)

    monkeypatch.setattr(swept.room.executions, "start", dying)

    swept.sweep(8)

    assert swept.members() == []
    assert len(swept.room.executions.started) == 8
    assert (swept.of("complete"), swept.dead) == (1, [])


def test_messages_that_come_twice_do_no_harm(swept: Swept) -> None:
    """Of the beginning and of every strand, after the sweep and during it."""
    put, swept.put = swept.put, lambda messages: put([*messages, *messages])  # type: ignore[method-assign]

    swept.sweep(8)
    swept.sweep()

    assert swept.members() == []
    assert len(swept.room.executions.started) == 8
    assert swept.of("complete") == 1


def test_two_at_one_strand_find_each_other_out(swept: Swept) -> None:
    """The one whose note is refused stops, and puts no message: strands do not multiply."""
    sweep = swept.sweeps.begin("2027-01-01T03:00:00Z", swept.room.clock.at, {"awake": "x"})
    assert sweep is not None
    moved = [
        swept.sweeps.move(sweep, 0, "", "b"),
        swept.sweeps.move(sweep, 0, "", "c"),
        swept.sweeps.move(sweep, 0, "", "b"),
        swept.sweeps.move(sweep, 0, "b", "d"),
        swept.sweeps.move(sweep, 0, "b", "e"),
        swept.sweeps.move(replace(sweep, id="2026-12-31T03:00:00Z"), 0, "", "a"),
    ]

    assert moved == [True, False, True, True, False, False]
    assert swept.sweeps.place(sweep, 0) == "d"


def test_a_sweep_that_is_overtaken_is_not_the_last_one(swept: Swept) -> None:
    """What it did not come to is asked by the next, which looks back to the last complete one."""
    since = swept.sweeps.read()
    assert done(since)
    swept.room.clock.pass_by(days=8)
    swept.put([{"begin": "2026-03-10T12:00:00Z"}])
    message = swept.queue.popleft()
    Sweeping(swept.engine, swept.sweeps, swept.put, swept.told.append)(
        {"Records": [{"messageId": "m", "body": message["body"]}]}, lambda: 900.0
    )
    left_over = list(swept.queue)
    swept.queue.clear()

    swept.sweep(1)
    swept.queue.extend(left_over)
    swept.work()
    swept.put([{"begin": "2026-03-10T12:00:00Z"}])
    swept.work()

    last = swept.sweeps.read()
    assert swept.members() == []
    assert done(last)
    assert getattr(last, "since", None) == swept.room.clock.at
    assert swept.of("stale") == len(left_over) + 1


def test_a_customer_who_cannot_be_asked_holds_nobody_up(
    swept: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their own message is tried five times and ends among the dead letters; redriven, it asks what it would have."""
    broken, load = ["customer-7"], swept.engine.customers.load

    def loading(customer: str) -> Any:
        if customer in broken:
            raise TransientError("busy")
        return load(customer)

    monkeypatch.setattr(swept.engine.customers, "load", loading)

    swept.sweep(8)
    dead = list(swept.dead)
    swept.sweep(1)
    broken.clear()
    missed = swept.members()
    swept.put([json.loads(body) for body in dead])
    swept.work()

    assert [json.loads(body)["customer"] for body in dead] == ["customer-7"]
    assert (missed, swept.members()) == (["customer-7"], [])
    assert swept.of("complete") == 2


def test_where_everybody_fails_the_strand_waits(swept: Swept, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not about them: no message is made for each, and the sweep is not complete."""
    monkeypatch.setattr("sojourn.aws_runtime.sweeping.MOST_FAILED", 0)

    def refusing(*_: Any) -> Any:
        raise TransientError("busy")

    monkeypatch.setattr(swept.engine.customers, "events", refusing)

    swept.sweep(8)

    assert len(swept.dead) == PARTS
    assert {type(told.error) for told in swept.told if told.error} == {TooManyFailed}
    assert swept.of("complete") == 0


def test_who_is_gone_is_passed_over(swept: Swept) -> None:
    """Erased after they were listed, also where a strand is to go on after them; nobody comes to be by being asked."""
    gone = [name for name in NAMES if parts.part_of(name) == parts.part_of(NAMES[0])]
    sweep = swept.sweeps.begin("2027-01-01T03:00:00Z", swept.room.clock.at, {"awake": "new"})
    assert sweep is not None
    found = list(swept.sweeps.customers(sweep, parts.part_of(NAMES[0]), ""))
    for name in gone:
        swept.client.delete_item(
            TableName=swept.table, Key={"pk": {"S": keys.customer(name)}, "sk": {"S": keys.PROFILE}}
        )

    rest = list(swept.sweeps.customers(sweep, parts.part_of(NAMES[0]), found[0]))
    swept.put([{"sweep": sweep.id, "customer": "nobody", "since": None}])
    swept.work()

    assert (sorted(found), rest) == (sorted(gone), [])
    assert swept.engine.customers.load("nobody").revision == 0


def test_rows_from_before_there_was_an_index_are_found_and_listed_from_then_on(swept: Swept) -> None:
    """Until a first sweep is complete the table itself is read."""
    for name in NAMES:
        swept.client.update_item(
            TableName=swept.table, Key={"pk": {"S": keys.customer(name)}, "sk": {"S": keys.PROFILE}},
            UpdateExpression="REMOVE #part", ExpressionAttributeNames={"#part": "part"},
        )  # fmt: skip
    swept.client.delete_item(
        TableName=swept.table, Key={"pk": {"S": engine_keys.SWEEP}, "sk": {"S": engine_keys.HEAD}}
    )
    scans = calls(swept.client, "Scan")

    swept.sweep(8)
    first, scans[:] = len(scans), []
    swept.sweep(1)

    assert swept.members() == []
    assert (first >= PARTS, scans) == (True, [])
    assert [told.swept for told in swept.told if told.swept and told.moved == 0] != []
    assert sum(told.swept for told in swept.told) == 16


def test_a_segment_that_is_new_is_asked_of_everybody(swept: Swept) -> None:
    """Whatever happened since the last sweep; so is one that asks something else now, or whose trait does."""
    for name in NAMES[:3]:
        customers = swept.engine.customers
        file = customers.load(name)
        customers.commit(file, Change(profile=replace(file.profile, segments=frozenset())))
    other = Room(DOZED, segments=SEGMENTS.replace("7 days", "9 days"))
    swept.sweep(1)
    unchanged = swept.members()
    swept.engine = replace(swept.engine, catalogue=other.engine.catalogue)

    swept.sweep(1)

    assert (len(unchanged), len(swept.members())) == (5, 8)


def test_where_no_segment_depends_on_time_nobody_is_asked_but_once(swept: Swept) -> None:
    """That once puts those in who did all it takes before it was there; after that only the sweep's head is read."""
    untimed = Room(DOZED, segments="awake: {when: did('did_it')}\nold: {when: did('did_it')}")
    swept.engine = replace(swept.engine, catalogue=untimed.engine.catalogue)
    swept.sweep(1)
    swept.told.clear()
    asked = calls(swept.client, "Query", "Scan", "GetItem")

    swept.sweep(1)

    assert swept.members("old") == NAMES
    assert (asked, [told.what for told in swept.told]) == (["GetItem"], ["nothing"])


def test_where_there_is_no_segment_nothing_is_read(swept: Swept) -> None:
    """Not even where the last sweep was."""
    swept.engine = replace(
        swept.engine, catalogue=Room(WAITS, segments="unread: {count: did_it}").engine.catalogue
    )
    asked = calls(swept.client, "Query", "Scan", "GetItem")

    swept.sweep(1)

    assert (asked, [told.what for told in swept.told]) == ([], ["nothing"])


def test_a_segment_that_was_away_is_new_when_it_comes_back(swept: Swept) -> None:
    """Nobody was asked about it meanwhile, so that who was in it may not be any more."""
    without = Room(WAITS, segments="unread: {count: did_it}").engine.catalogue
    with_ = swept.engine.catalogue
    swept.engine = replace(swept.engine, catalogue=without)
    swept.sweep(1)
    swept.engine = replace(swept.engine, catalogue=with_)

    sweep = swept.sweeps.begin("2027-01-01T03:00:00Z", swept.room.clock.at, {"awake": "x"})

    assert getattr(sweep, "new", None) == {"awake"}


def test_the_parts_are_about_even() -> None:
    """And a customer is always in the same one: rows have it written on them."""
    sizes = [0] * parts.PARTS
    for number in range(3_200):
        sizes[parts.part_of(f"c-{number}")] += 1

    assert (parts.part_of("ana"), parts.part_of("c-42"), parts.part_of("\ud800")) == (4, 15, 17)
    assert min(sizes) > 60
    assert max(sizes) < 140


def test_a_strand_that_ended_with_its_worker_completes_the_sweep(swept: Swept) -> None:
    """Its message comes again, finds no strand left, and says so."""
    sweep = swept.sweeps.begin("2027-01-01T03:00:00Z", swept.room.clock.at, {"awake": "x"})
    assert sweep is not None
    swept.client.update_item(
        TableName=swept.table, Key={"pk": {"S": engine_keys.SWEEP}, "sk": {"S": engine_keys.HEAD}},
        UpdateExpression="REMOVE #left", ExpressionAttributeNames={"#left": "left"},
    )  # fmt: skip

    swept.put([{"sweep": sweep.id, "part": 3}, {"sweep": sweep.id, "part": 3}])
    swept.work()

    assert [told.what for told in swept.told] == ["complete", "stale"]
    assert done(swept.sweeps.read())


def done(sweep: Sweep | None) -> bool:
    return sweep is not None and sweep.done


def test_a_message_that_nobody_can_read_ends_among_the_dead_letters(swept: Swept) -> None:
    """It is tried like any other."""
    swept.put([{"colour": "red"}])

    swept.work()

    assert [json.loads(body) for body in swept.dead] == [{"colour": "red"}]


def test_a_customer_of_another_is_asked_through_the_one_who_has_everything(swept: Swept) -> None:
    """A row that only says into whom a customer was merged is listed too; asking changes nothing more."""
    customers = swept.engine.customers
    file = customers.load("customer-1")
    customers.commit(
        file, Change(profile=Profile("customer-1", merged_into="customer-2", since=file.profile.since))
    )

    swept.sweep(8)

    assert swept.members() == []
    assert len(swept.room.executions.started) == 7

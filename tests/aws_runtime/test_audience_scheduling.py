"""A message every few minutes begins what journeys' schedules say, once, and in the second in which it is due."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.history import History
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.adapters.dynamodb.schedules import DynamoSchedules
from sojourn.application.publishing import CANCELLED, FAILED, QUEUED, Signed
from sojourn.aws_runtime.audience.scheduling import Scheduling
from sojourn.aws_runtime.publishing.operating import Operating
from sojourn.domain.compile.bundle import compiled_workspace
from tests.adapters.registry.registering import Calls, InBulk, journeys, machines, workspace
from tests.support.aws_table import aws_table
from tests.support.control_room import TEST
from tests.support.workspaces import SEGMENTS, project

DAILY = "enter: {schedule: daily 09:00, segment: pros, again: always}\nsteps: [{wait: 1 day}]"
CLOCKS = "enter: {schedule: weekly fri 09:00, segment: pros, zone: customer}\nsteps: [{wait: 1 day}]"
OTHER = "enter: {on: began}\nsteps: [{wait: 1 day}]"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NINE = datetime(2026, 3, 3, 8, tzinfo=UTC)


@dataclass
class Clocked:
    """A deployment with journeys that begin by schedule, and whoever looks through them."""

    client: Any
    table: str
    at: datetime = NOON
    put: list[tuple[Mapping[str, Any], float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls = Calls(self.client)

    def look(self) -> int:
        """Look through all schedules."""
        table = self.calls, self.table
        return Scheduling(
            DynamoCatalogue(*table), Live(*table), Operations(*table), History(*table), DynamoSchedules(*table),
            lambda message, after: self.put.append((message, after)), lambda: self.at,
        )()  # fmt: skip


@pytest.fixture
def clocked() -> Iterator[Clocked]:
    with aws_table() as (client, table):
        bundle = compiled_workspace(project({"daily": DAILY, "clocks": CLOCKS, "other": OTHER}))
        signed = Signed("kim", NOON - timedelta(days=1), "", "20260301T120000000Z-000001")
        machines = {name: f"arn:{name}:1" for name in ("daily", "clocks", "other")}
        Registry(client, table).register(bundle, machines, signed=signed)
        yield Clocked(client, table)


def test_before_anything_is_registered_nothing_is_due() -> None:
    """Scheduler calls as soon as its schedule is made, when the stack of the journeys is still to come."""
    with aws_table() as (client, table):
        early = Clocked(client, table)

        assert early.look() == 0
        assert DynamoSchedules(client, table).read() is None


def test_a_time_that_is_due_gets_an_operation_and_a_message_in_its_second(clocked: Clocked) -> None:
    """Looked through again, nothing more; also by two at once."""
    begun = [clocked.look()]
    clocked.at = NINE - timedelta(minutes=10)
    begun += [clocked.look(), clocked.look()]

    (operation,) = Operations(clocked.client, clocked.table).list(5)
    assert begun == [0, 1, 0]
    assert clocked.put == [({"operation": operation.id}, 600.0)]
    assert (operation.kind, operation.journey, operation.by, operation.at) == (
        "audience", "daily", "schedule", NINE,
    )  # fmt: skip
    assert operation.asked == {
        "by": "schedule", "segment": "pros", "schedule": "daily 09:00", "zone": "", "wall": "",
        "occurrence": "2026-03-03T08:00:00Z",
    }  # fmt: skip


def test_a_journey_that_was_stopped_begins_nothing(clocked: Clocked) -> None:
    """Its segment is not listed time after time to tell everybody that they do not enter; what passed is past."""
    registry = Registry(clocked.client, clocked.table)
    clocked.look()
    registry.control("daily", lambda now: now.stopped(NOON, "kim", "it is over"))
    clocked.at = NINE - timedelta(minutes=10)
    stopped = clocked.look()

    registry.control("daily", lambda now: now.resumed(NINE, "kim", "not yet"))
    clocked.at = NINE + timedelta(minutes=10)
    past = clocked.look()
    clocked.at = NINE + timedelta(days=1) - timedelta(minutes=10)

    assert (stopped, past, clocked.look()) == (0, 0, 1)


def test_customers_own_clocks_are_said_to_whoever_lists_them(clocked: Clocked) -> None:
    """What all of their clocks show then."""
    clocked.look()
    clocked.at = datetime(2026, 3, 5, 18, 50, tzinfo=UTC)

    clocked.look()
    (operation,) = Operations(clocked.client, clocked.table).list(5, "clocks")
    assert (operation.journey, operation.asked["wall"], operation.asked["zone"]) == (
        "clocks", "2026-03-06T09:00:00", "customer",
    )  # fmt: skip


def test_whoever_dies_before_it_is_noted_puts_it_there_again(clocked: Clocked) -> None:
    """The operation is the same; one that somebody cancelled meanwhile stays so."""
    clocked.look()
    clocked.at = NINE - timedelta(minutes=1)
    schedules = DynamoSchedules(clocked.client, clocked.table)
    before = schedules.read()
    assert before is not None

    clocked.look()
    schedules.write(before)
    second = clocked.look()
    operations = Operations(clocked.client, clocked.table)
    (operation,) = operations.list(5)
    operations.cancel(operation.id, clocked.at)
    schedules.write(before)
    third = clocked.look()

    assert (second, third) == (1, 0)
    assert [message for message, _ in clocked.put] == [{"operation": operation.id}] * 2
    assert operations.list(5)[0].state == CANCELLED


def test_the_message_of_the_tick_is_no_operations(clocked: Clocked) -> None:
    """Whoever works on the queue looks through the schedules when it comes."""
    backing: Any = SimpleNamespace(
        operations=None, dynamodb=clocked.client, table=clocked.table, now=lambda: clocked.at
    )
    clocked.at = NINE - timedelta(minutes=1)
    operating = Operating(backing, {}, schedules=lambda: clocked.look)

    answer = operating(
        {"Records": [{"messageId": "m", "body": json.dumps({"schedules": "2026"})}]}, lambda: 9.0
    )

    assert answer == {"batchItemFailures": []}
    assert DynamoSchedules(clocked.client, clocked.table).read()


def test_times_that_nobody_looked_for_in_time_are_left_out_and_told(
    clocked: Clocked, capsys: pytest.CaptureFixture[str]
) -> None:
    """By an operation that has failed, an entry and a metric, once; somebody may begin with the last all the same."""
    clocked.look()
    schedules = DynamoSchedules(clocked.client, clocked.table)
    before = schedules.read()
    assert before is not None
    clocked.at = NOON + timedelta(days=4)

    begun = [clocked.look()]
    schedules.write(before)
    begun.append(clocked.look())

    operations = Operations(clocked.client, clocked.table)
    today, left_out = operations.list(5, "daily")
    entries = [one for one in History(clocked.client, clocked.table).read() if one.did == "left_out"]
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "TimesLeftOut" in line]
    # That of the other journey is not too old.
    assert begun == [2, 2]
    assert (today.state, left_out.state, left_out.at) == (QUEUED, FAILED, datetime(2026, 3, 5, 8, tzinfo=UTC))
    assert left_out.result["message"] == (
        "3 times of its schedule since 2026-03-03T08:00:00Z are left out, as nobody looked until they were older than"
        f" a day: sojourn audience resume {left_out.id} begins with the last all the same"
    )
    assert left_out.asked["occurrence"] == "2026-03-05T08:00:00Z"
    assert [(one.by, one.journey, one.details) for one in entries] == [(
        "schedule", "daily",
        {"times": 3, "first": "2026-03-03T08:00:00Z", "last": "2026-03-05T08:00:00Z", "operation": left_out.id},
    )]  # fmt: skip
    assert [(one["ScheduleTimesLeftOut"], one["journey"]) for one in told] == [(3, "daily")] * 2
    assert operations.reopen(left_out.id).state == QUEUED


def test_of_a_journey_that_is_stopped_nothing_is_left_out(clocked: Clocked) -> None:
    """Nobody would have entered."""
    clocked.look()
    Registry(clocked.client, clocked.table).control("daily", lambda now: now.stopped(NOON, "kim", ""))
    clocked.at = NOON + timedelta(days=4)

    clocked.look()

    assert Operations(clocked.client, clocked.table).list(5, "daily") == ()


def test_a_journey_that_an_earlier_release_registered_is_found(clocked: Clocked) -> None:
    """Its row says nothing of a schedule; how far it was looked through does."""
    clocked.look()
    clocked.client.delete_item(
        TableName=clocked.table, Key={"pk": {"S": "G#trigger#schedule#*"}, "sk": {"S": "daily"}}
    )
    clocked.at = NINE

    assert clocked.look() == 1


@pytest.mark.parametrize("others", [0, 997])
def test_only_journeys_with_a_schedule_are_read(others: int) -> None:
    """With three of them, what a look costs does not depend on how many others there are."""
    (daily,) = workspace(DAILY).journeys
    scheduled = tuple(replace(daily, name=f"daily-{number}").versioned() for number in range(3))
    bundle = journeys(**{f"j{number}": f"e{number}" for number in range(others)})
    bundle = replace(bundle, journeys=bundle.journeys + scheduled)
    with aws_table() as (client, table):
        Registry(InBulk(client), table).register(bundle, machines(bundle))
        clocked = Clocked(client, table)
        clocked.look()
        clocked.calls.since()

        clocked.look()

        # The head, what time enters, how far was looked; a version each; and the note.
        assert clocked.calls.since() == {
            "get_item": 4,
            "query surely": 1,
            "get_item surely": 1,
            "put_item": 1,
        }


def test_a_new_journey_begins_from_when_it_was_published_not_drafted() -> None:
    """Whoever drafted another version since has published nothing; nobody looked in between."""
    published, drafted = (
        Signed("kim", NINE + timedelta(minutes=m), "", f"p{n}") for n, m in ((1, -2), (2, 2))
    )
    bundle = compiled_workspace(project({"daily": DAILY}, segments=SEGMENTS + TEST))
    other = compiled_workspace(project({"daily": DAILY + "\ntitle: X\n"}, segments=SEGMENTS + TEST))
    with aws_table() as (client, table):
        Registry(client, table).register(replace(bundle, journeys=()), {}, leave_settings_to="publish")
        clocked, registry = Clocked(client, table), Registry(client, table, "publish")
        clocked.look()
        registry.publish(bundle, {"daily": "arn:1"}, None, {}, published)
        registry.publish(other, {"daily": "arn:2"}, None, {}, drafted, draft=True)
        clocked.at = NINE + timedelta(minutes=3)

        assert clocked.look() == 1

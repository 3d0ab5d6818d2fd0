"""A message every few minutes begins what journeys' schedules say, once, and in the second in which it is due."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.operations import Operations
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.adapters.dynamodb.schedules import DynamoSchedules
from sojourn.application.publishing import CANCELLED, Signed
from sojourn.aws_runtime.audience.scheduling import Scheduling
from sojourn.aws_runtime.publishing.operating import Operating
from sojourn.domain.compile.bundle import compiled_workspace
from tests.support.aws_table import aws_table
from tests.support.workspaces import project

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

    def look(self) -> int:
        """Look through all schedules."""
        operations, schedules = Operations(self.client, self.table), DynamoSchedules(self.client, self.table)
        return Scheduling(
            DynamoCatalogue(self.client, self.table), Live(self.client, self.table), operations, schedules,
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

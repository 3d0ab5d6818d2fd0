from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.held import HeldAt, held
from sojourn.application.running import HELD
from sojourn.application.starting import PAUSED
from sojourn.aws_runtime.clock import SystemClock
from sojourn.domain.customer.rows import Change, Run
from sojourn.domain.time.instants import iso
from tests.support.aws_table import aws_table

NOW = datetime(2026, 3, 6, 8, tzinfo=UTC)
SOON, LATE = NOW + timedelta(hours=1), NOW + timedelta(hours=9)


@pytest.fixture
def table() -> Iterator[tuple[Any, str]]:
    with aws_table() as found:
        yield found


def enter(table: tuple[Any, str], customer: str, **fields: Any) -> None:
    """Let a customer be in the journey j."""
    run = Run(f"r-{customer}", customer, "j", "v1", "", NOW, NOW, "x", at={"": "hello"})
    customers = DynamoCustomers(*table, SystemClock())
    customers.commit(customers.load(customer), Change(runs={("j", ""): replace(run, **fields)}))


def put_off(until: datetime, step: str = "hello") -> dict[str, Any]:
    return {"last": {"": (step, "visit", {HELD: iso(until), "steps": {}})}}


def test_what_is_put_off_says_from_when_until_when(table: tuple[Any, str]) -> None:
    """By version and step; a run that waits for something else, or has gone on since, is none of them."""
    enter(table, "ana", **put_off(SOON))
    enter(table, "ben", **put_off(LATE))
    enter(table, "cleo", **put_off(NOW - timedelta(seconds=1)))
    enter(table, "dan", **put_off(LATE), at={"": "rest"})
    enter(table, "eve", last={"": ("hello", "visit", {"steps": {}})})

    found = held(*table, "j", NOW, 100)

    assert (found.looked, found.whole) == (5, True)
    assert found.at == {("v1", "hello"): HeldAt(2, SOON, LATE)}


def test_what_a_pause_stopped_has_no_time(table: tuple[Any, str]) -> None:
    """It goes on when the journey is resumed."""
    enter(table, "ana", last={PAUSED: ("sends", iso(NOW), {"run": "r-ana"})})

    assert held(*table, "j", NOW, 100).at == {("v1", "hello"): HeldAt(paused=1)}


def test_of_many_runs_a_sample_is_looked_at(table: tuple[Any, str]) -> None:
    """As many as are asked for, over all parts alike; other journeys' and ended runs are none of them."""
    for number in range(12):
        enter(table, f"c{number}", **put_off(SOON))
    enter(table, "over", status="ended", ended=NOW, exit_reason="completed")

    sample, whole = held(*table, "j", NOW, 5), held(*table, "j", NOW, 12)

    assert (sample.looked, sample.whole, sample.at["v1", "hello"].count) == (5, False, 5)
    assert (whole.looked, whole.whole, whole.at["v1", "hello"].count) == (12, True, 12)
    assert held(*table, "k", NOW, 5).looked == 0

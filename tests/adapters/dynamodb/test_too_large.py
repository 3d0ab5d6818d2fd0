"""An event that does more than one transaction takes is written in several, the consent it takes back in the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.sizes import ACTIONS_LIMIT
from sojourn.domain.customer.rows import Change, CustomerFile
from tests.support.aws_table import aws_table
from tests.support.engine_room import Crash, Room
from tests.support.table_faults import over

JOURNEY = """
enter: {on: began, key: event.ref, again: always}
while_running: [{on: unsubscribed, do: exit}]
steps: [{wait: 1 day}, {id: s, send: hello, via: [email]}]
"""
RUNS = ACTIONS_LIMIT + 1


@dataclass
class Kept:
    """A table in which ana is in more runs than one transaction can end."""

    room: Room
    customers: DynamoCustomers

    def running(self) -> int:
        return sum(run.active for run in self.customers.load("ana").runs.values())

    def unsubscribe(self) -> bool:
        return self.room.happen("unsubscribed", "u1", {"plan": "none"}, topic="news", channel="email")


@pytest.fixture
def kept() -> Iterator[Kept]:
    """Give a table and a room over it; the runs begin in memory, which is quicker."""
    room = Room(JOURNEY)
    for number in range(RUNS):
        room.happen("began", f"e{number}", ref=f"r{number}")
    runs = dict(room.customers.load("ana").runs)
    with aws_table() as (client, table):
        customers = DynamoCustomers(client, table, room.clock)
        over(room, customers)
        for first in range(0, RUNS, 50):
            part = dict(list(runs.items())[first : first + 50])
            customers.commit(customers.load("ana"), Change(runs=part))
        yield Kept(room, customers)


def test_a_withdrawal_that_is_too_large_for_one_transaction_ends_every_run(kept: Kept) -> None:
    """It is written in parts: consent and attributes with the first, the rest of the runs with the next."""
    assert kept.unsubscribe() is True

    file = kept.customers.load("ana")
    assert dict(file.profile.consents) == {("news", "email"): False}
    assert file.profile.attributes["plan"] == "none"
    assert (kept.running(), file.unfinished) == (0, None)
    assert [event.id for event in kept.customers.events("ana", "unsubscribed")] == ["u1"]
    assert kept.unsubscribe() is False


def test_what_is_left_to_be_done_survives_the_table(kept: Kept) -> None:
    """A process that died between parts left a row that says how far it came; the second delivery goes on there."""
    real, parts = kept.customers.commit, 0

    def die(file: CustomerFile, change: Change) -> CustomerFile:
        nonlocal parts
        parts += 1
        if parts == 2:
            raise Crash
        return real(file, change)

    kept.customers.commit = die  # type: ignore[method-assign]
    with pytest.raises(Crash):
        kept.unsubscribe()

    left = kept.customers.load("ana").unfinished
    assert left is not None
    assert (left.event and left.event.id, 0 < kept.running() < RUNS) == ("u1", True)
    assert dict(kept.customers.load("ana").profile.consents) == {("news", "email"): False}
    assert kept.unsubscribe() is False
    assert (kept.running(), kept.customers.load("ana").unfinished) == (0, None)


def test_attributes_leave_room_for_what_takes_back_consent(kept: Kept) -> None:
    """Whoever may tell attributes, in as many events as they like, keeps nobody from being told to stop."""
    for number in range(14):
        kept.room.happen(
            "did_it", f"d{number}", {f"x{number}": "y" * 31_000, "n" * 120: 1, "device": "d" * 99_000}
        )

    assert kept.unsubscribe() is True

    profile = kept.customers.load("ana").profile
    assert dict(profile.consents) == {("news", "email"): False}
    assert {"x0", "x1", "plan"} == set(profile.attributes) - {"first_name"}

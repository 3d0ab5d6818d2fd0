"""An event that does more than one transaction takes: who takes a consent back is messaged no more all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.sizes import ACTIONS_LIMIT
from sojourn.domain.customer.rows import Change, changed
from sojourn.errors import TooLarge
from tests.support.aws_table import aws_table
from tests.support.engine_room import Room
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


def test_a_withdrawal_that_is_too_large_counts_at_once(kept: Kept) -> None:
    """It goes to the dead letters with its reason; consent and attributes are written, runs and the event are not."""
    with pytest.raises(TooLarge, match=f"10[0-9] rows would change at once.*{ACTIONS_LIMIT}: {RUNS} runs"):
        kept.unsubscribe()

    profile = kept.customers.load("ana").profile
    assert dict(profile.consents) == {("news", "email"): False}
    assert profile.attributes["plan"] == "none"
    assert (kept.running(), list(kept.customers.events("ana", "unsubscribed"))) == (RUNS, [])


def test_it_is_delivered_again_once_the_rest_fits(kept: Kept) -> None:
    """As it is not stored, it is no second delivery."""
    with pytest.raises(TooLarge):
        kept.unsubscribe()
    file = kept.customers.load("ana")
    some = dict(list(file.runs.items())[:50])
    ended = {key: changed(run, status="ended", ended=kept.room.clock.at, at={}) for key, run in some.items()}
    kept.customers.commit(file, Change(runs=ended))

    assert kept.unsubscribe() is True
    assert kept.running() == 0

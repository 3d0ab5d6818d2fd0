"""What a program opened acts on nothing over either store, and what comes too soon is stored beside the reader's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.send import do_send
from sojourn.application.waiting import begin_waiting
from sojourn.domain.customer.rows import Change
from tests.support.aws_table import aws_table
from tests.support.engine_room import ANA, Room

JOURNEY = """
enter: {on: began}
steps:
  - {id: s, send: hello, via: [email]}
  - {id: w, wait_for: [{event: message_opened, steps: [{exit: opened}]}], up_to: 3 days}
"""
READERS = "readers: {when: did('message_opened')}\n"


@contextmanager
def kept(store: str) -> Iterator[Room]:
    """Make a room over one of the stores."""
    room = Room(JOURNEY, segments=READERS)
    with aws_table() as (client, table):
        customers = MemoryCustomers() if store == "memory" else DynamoCustomers(client, table, room.clock)
        room.customers = customers  # type: ignore[assignment]
        room.engine = replace(room.engine, customers=customers)
        customers.commit(customers.load("ana"), Change(profile=ANA))
        yield room


@pytest.mark.parametrize("store", ["memory", "dynamodb"])
def test_a_scanner_moves_nobody_and_the_reader_after_it_does(store: str) -> None:
    """By the same link in the same minute: two events, of which one counts."""
    with kept(store) as room:
        room.happen("began")
        state = do_send(room.engine, room.payload("s"))
        send_id = room.customers.load("ana").profile.last_sent["email"]
        room.happen("message_opened", "o1", send=send_id, channel="email")
        begin_waiting(room.engine, room.payload("w", state=state, token="T"))
        after_scanner = (room.run().active, room.customers.load("ana").profile.segments)

        room.clock.pass_by(seconds=30)
        room.happen("message_opened", "o1", send=send_id, channel="email")

        assert after_scanner == (True, frozenset())
        assert (room.run().exit_reason, room.customers.load("ana").profile.segments) == (
            "exit:opened",
            {"readers"},
        )
        opened = room.customers.events("ana", "message_opened")
        assert [(one.id, one.properties.get("machine")) for one in opened] == [
            ("o1:soon", True),
            ("o1", None),
        ]

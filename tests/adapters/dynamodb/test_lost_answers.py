"""A write that happened, and whose answer never came: the use case reads again and finds its own work.

Either botocore repeats the write, which then fails its own condition (moto, unlike AWS, does not know the
transaction again by its token: the worse case), or no repetition is answered either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.application.closing import close_run
from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.domain.customer.rows import Change, Event, Profile, Run, Send
from sojourn.errors import Conflict, EventKnown
from tests.support.aws_table import aws_table, told
from tests.support.engine_room import Room
from tests.support.table_faults import lost_answers, over

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENT = Event("e1", "did_it", NOON, {}, NOON)
RUN = Run("j-1", "ana", "j", "v1", "", NOON, NOON, "j-1")
SEND = Send("s1", "ana", "j-1", "j", "v1", "s", "hello", "email", "news", True, NOON)
SENDS = "enter: {on: began}\nsteps: [{id: s, send: hello, delivery: %s}, {wait: 1 day}]"


@dataclass
class Lossy:
    """A table to which answers can get lost."""

    client: Any
    table: str

    def lost(self, number: int = 1) -> AbstractContextManager[list[int]]:
        """Lose the answer to the next transaction, or one after it."""
        return lost_answers(self.client, "TransactWriteItems", number)

    def room(self, journey: str) -> Room:
        room = Room(journey)
        over(room, DynamoCustomers(self.client, self.table, room.clock))
        return room

    def told(self, *whats: str) -> list[tuple[str, str]]:
        return [(one.what, one.reason) for one in told(self.client, self.table) if one.what in whats]

    def sends(self, room: Room) -> list[tuple[str, str]]:
        pages = self.client.query(
            TableName=self.table, KeyConditionExpression="pk = :pk AND begins_with(sk, :sends)",
            ExpressionAttributeValues={":pk": {"S": "C#ana"}, ":sends": {"S": "S#"}},
        )  # fmt: skip
        found = [room.engine.customers.send("ana", item["sk"]["S"][2:]) for item in pages["Items"]]
        return [(send.status, send.provider_id) for send in found if send]


@pytest.fixture(params=[3, 1], ids=["botocore repeats it", "nothing is answered"])
def lossy(request: pytest.FixtureRequest) -> Iterator[Lossy]:
    """Give a table through a client that tries again, and through one that does not."""
    with aws_table(attempts=request.param) as (client, table):
        yield Lossy(client, table)


@pytest.mark.parametrize(
    "change",
    [
        Change(runs={("j", ""): RUN}),
        Change(claim=SEND),
        Change(event=EVENT, profile=Profile("ana", {"n": 1})),
    ],
    ids=["run", "claim", "event"],
)
def test_the_writer_is_told_to_read_again_and_finds_what_he_wrote(lossy: Lossy, change: Change) -> None:
    """A Conflict is the truth for him: the file he read is no longer what is kept."""
    room = lossy.room("enter: {on: api}\nsteps: [{exit: end}]")
    customers = room.engine.customers
    file = customers.load("ana")

    with lossy.lost(), pytest.raises(Conflict):
        customers.commit(file, change)

    after = customers.load("ana")
    assert after.revision == file.revision + 1
    assert dict(after.runs) == change.runs
    assert customers.send("ana", "s1") == change.claim
    assert list(customers.events("ana", "did_it")) == ([change.event] if change.event else [])


def test_a_repeated_write_of_an_event_knows_it() -> None:
    """That is all a router wants to know."""
    with aws_table() as (client, table):
        room = Lossy(client, table).room("enter: {on: api}\nsteps: [{exit: end}]")
        file = room.engine.customers.load("ana")

        with lost_answers(client, "TransactWriteItems") as requests, pytest.raises(EventKnown):
            room.engine.customers.commit(file, Change(event=EVENT))

    assert len(requests) == 2


def test_an_event_is_stored_once_and_starts_what_it_entered(lossy: Lossy) -> None:
    """The router takes its own write for an earlier delivery's, and completes what that began."""
    room = lossy.room("enter: {on: began, again: always}\nsteps: [{wait: 1 day}]")

    with lossy.lost():
        room.happen("began", "e1")

    assert lossy.told("entered", "not_entered") == [("entered", "")]
    assert len(room.engine.customers.events("ana", "began")) == 1
    assert list(room.executions.started) == [room.run().id]


def test_an_event_that_releases_a_wait_answers_it(lossy: Lossy) -> None:
    """The wait was written as released, and the task's token is answered all the same."""
    room = lossy.room(
        "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days}, {wait: 1 day}]"
    )
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1"))

    with lossy.lost():
        room.happen("did_it")

    assert [token for token, _ in room.executions.answered] == ["t1"]
    assert lossy.told("resumed") == [("resumed", "")]


def test_a_wait_is_registered_once(lossy: Lossy) -> None:
    """It finds itself, and tells nothing twice."""
    room = lossy.room("enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days}]")
    room.happen("began")
    payload = room.payload("w", token="t1")

    with lossy.lost():
        begin_waiting(room.engine, payload)

    assert [waiter.token for waiter in room.customers.load("ana").waiters.values()] == ["t1"]
    assert len(lossy.told("waiting")) == 1


def test_a_claim_at_most_once_is_known_by_who_wrote_it(lossy: Lossy) -> None:
    """It is this invocation's own, which has not called the provider: the message goes out, once."""
    room = lossy.room(SENDS % "at_most_once")
    room.happen("began")
    payload = room.payload("s")

    with lossy.lost():
        first = do_send(room.engine, payload)
    again = do_send(room.engine, payload)

    assert len(room.email.taken) == 1
    assert lossy.sends(room) == [("sent", "provider-1")]
    assert lossy.told("sent") == [("sent", "")]
    assert first == again


def test_a_claim_at_least_once_sends(lossy: Lossy) -> None:
    """What must arrive is handed over by whoever finds the claim."""
    room = lossy.room(SENDS % "at_least_once")
    room.happen("began")
    payload = room.payload("s")

    with lossy.lost():
        do_send(room.engine, payload)
    do_send(room.engine, payload)

    assert len(room.email.taken) == 1
    assert lossy.sends(room) == [("sent", "provider-1")]
    assert lossy.told("sent") == [("sent", "")]


@pytest.mark.parametrize("delivery", ["at_most_once", "at_least_once"])
def test_an_outcome_is_written_once_and_the_provider_asked_once(lossy: Lossy, delivery: str) -> None:
    """What the provider said holds; the answer that was written is the answer."""
    room = lossy.room(SENDS % delivery)
    room.happen("began")
    payload = room.payload("s")

    with lossy.lost(2):  # the claim is answered, what came of it is not
        state = do_send(room.engine, payload)

    assert len(room.email.taken) == 1
    assert lossy.sends(room) == [("sent", "provider-1")]
    assert lossy.told("sent") == [("sent", "")]
    assert do_send(room.engine, payload) == state


def test_a_step_is_done_once(lossy: Lossy) -> None:
    """It finds its own answer in the run's row."""
    room = lossy.room("enter: {on: began}\nsteps: [{id: s, emit: did_it}, {wait: 1 day}]")
    room.happen("began")
    payload = room.payload("s")

    with lossy.lost():
        do_step(room.engine, payload)

    assert lossy.told("emitted") == [("emitted", "")]
    assert {event.id for event in room.bus.events} == {room.bus.events[0].id}


def test_a_run_is_closed_once(lossy: Lossy) -> None:
    """Whoever closed it, it is closed."""
    room = lossy.room("enter: {on: began}\nsteps: [{wait: 1 day}]")
    room.happen("began")
    run = room.run()

    with lossy.lost():
        close_run(room.engine, "ana", run.id, run.execution, "Broken", "why")

    assert lossy.told("failed", "exited") == [("failed", "Broken"), ("exited", "failed")]
    assert not room.run().active


def test_the_profile_alone_is_written_once(lossy: Lossy) -> None:
    """A plain update is as safe as a transaction."""
    room = lossy.room("enter: {on: api}\nsteps: [{exit: end}]")
    customers = room.engine.customers
    file = customers.load("ana")

    with lost_answers(lossy.client, "UpdateItem"), pytest.raises(Conflict):
        customers.commit(file, Change(recent=((NOON - timedelta(days=1), "email", "news"),)))

    assert len(customers.load("ana").recent) == 1

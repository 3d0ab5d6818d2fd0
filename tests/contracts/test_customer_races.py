"""Two who want the same at once, over every adapter of `Customers`: one wins, and the other knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import pytest

from sojourn.application.send import do_send
from sojourn.domain.customer.rows import Change, Event, Profile, Run, Send
from sojourn.domain.ledger import Happening
from sojourn.errors import Conflict, EventKnown, RunEnded
from tests.contracts.test_customers import ADAPTERS, Store
from tests.support.engine_room import Room
from tests.support.table_faults import Overtaken, over

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUN = Run("j-1", "ana", "j", "v1", "", NOON, NOON, "j-1")
SEND = Send("s1", "ana", "j-1", "j", "v1", "s", "hello", "email", "news", True, NOON)
SENDS = (
    "enter: {on: began}\ngoal: {event: did_it}\nsteps: [{id: s, send: hello, delivery: %s}, {wait: 1 day}]"
)


@dataclass
class Played:
    """A room whose customers are kept by one of the adapters."""

    room: Room
    customers: Overtaken
    store: Store

    def told(self, *whats: str) -> list[str]:
        return [
            f"{one.what} {one.step} {one.reason}".split()[0]
            for one in self.store.happened
            if one.what in whats
        ]


@pytest.fixture(params=list(ADAPTERS))
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Give an empty store of each adapter in turn."""
    with ADAPTERS[request.param]() as subject:
        yield Store(*subject)


def played(store: Store, journey: str) -> Played:
    """Give a room with one journey, whose customers *store* keeps."""
    room = Room(journey)
    return Played(room, over(room, store.customers), store)


def test_of_two_claims_of_one_send_one_wins(store: Store) -> None:
    """Both read that it was free; the second to write is told, and writes nothing beside it."""
    store.write(runs={("j", ""): RUN})
    first, second = store.customers.load("ana"), store.customers.load("ana")

    store.customers.commit(first, Change(claim=SEND, recent=((NOON, "email", "news"),)))
    with pytest.raises(Conflict):
        store.customers.commit(second, Change(claim=replace(SEND, channel="sms"), recent=()))

    assert store.customers.send("ana", "s1") == SEND
    assert store.customers.load("ana").recent == ((NOON, "email", "news"),)


def test_of_an_exit_and_a_claim_one_wins(store: Store) -> None:
    """A run that ended claims no send; a run whose send is claimed is ended by who knows of the claim."""
    store.write(runs={("j", ""): RUN})
    exits, sends = store.customers.load("ana"), store.customers.load("ana")

    store.customers.commit(exits, Change(runs={("j", ""): replace(RUN, status="ended", ended=NOON)}))
    with pytest.raises(Conflict):
        store.customers.commit(sends, Change(claim=SEND, runs={("j", ""): replace(RUN, continued=1)}))

    assert store.customers.send("ana", "s1") is None
    assert not store.customers.load("ana").runs["j", ""].active


def test_of_two_events_at_once_the_second_reads_again(store: Store) -> None:
    """Neither is lost: what the second knew of the customer was out of date, and it is told so."""
    one, other = (Event(name, "did_it", NOON, {}, NOON) for name in ("e1", "e2"))
    first, second = store.customers.load("ana"), store.customers.load("ana")

    store.customers.commit(first, Change(event=one, profile=Profile("ana", {"n": 1})))
    with pytest.raises(Conflict) as told:
        store.customers.commit(second, Change(event=other, profile=Profile("ana", {"n": 1})))
    store.write(event=other, profile=Profile("ana", {"n": 2}))

    assert not isinstance(told.value, EventKnown)
    assert [event.id for event in store.customers.events("ana", "did_it")] == ["e1", "e2"]
    assert store.customers.load("ana").profile.attributes == {"n": 2}


def test_of_two_deliveries_of_one_event_the_second_knows(store: Store) -> None:
    """It need not read again to find out that there is nothing to do."""
    event = Event("e1", "did_it", NOON, {}, NOON)
    first, second = store.customers.load("ana"), store.customers.load("ana")

    store.customers.commit(first, Change(event=event, runs={("j", ""): RUN}))
    with pytest.raises(EventKnown):
        store.customers.commit(second, Change(event=event, runs={("j", ""): replace(RUN, id="j-2")}))

    assert store.customers.load("ana").runs["j", ""].id == "j-1"


def test_of_two_entries_with_one_key_one_wins(store: Store) -> None:
    """Both read that nobody was there; the second reads the run of the first."""
    first, second = store.customers.load("ana"), store.customers.load("ana")

    store.customers.commit(first, Change(runs={("j", "k"): replace(RUN, key="k")}))
    with pytest.raises(Conflict):
        store.customers.commit(second, Change(runs={("j", "k"): replace(RUN, id="j-2", key="k")}))

    assert store.customers.load("ana").runs["j", "k"].id == "j-1"


def test_a_happening_of_who_lost_is_not_told(store: Store) -> None:
    """The ledger knows only what was written."""
    told = [Happening(NOON, "ana", "j", "v1", "j-1", what) for what in ("entered", "exited")]
    first, second = store.customers.load("ana"), store.customers.load("ana")

    store.customers.commit(first, Change(happened=[told[0]]))
    with pytest.raises(Conflict):
        store.customers.commit(second, Change(happened=[told[1]]))

    assert store.happened == [told[0]]


@pytest.mark.parametrize("delivery", ["at_most_once", "at_least_once"])
def test_one_send_done_by_two_functions_at_once_goes_out_once(store: Store, delivery: str) -> None:
    """The state machine's second invocation overtakes the first between its reading and its claim."""
    scene = played(store, SENDS % delivery)
    scene.room.happen("began")
    payload = scene.room.payload("s")
    answers: list[object] = []
    scene.customers.meanwhile = [lambda: answers.append(do_send(scene.room.engine, payload))]

    answers.append(do_send(scene.room.engine, payload))

    assert len(scene.room.email.taken) == 1
    assert answers[0] == answers[1]
    assert scene.told("sent") == ["sent"]


@pytest.mark.parametrize("delivery", ["at_most_once", "at_least_once"])
def test_a_run_that_ends_before_the_claim_sends_nothing(store: Store, delivery: str) -> None:
    """The goal came between reading and claiming: no message, and no row that says there was one."""
    scene = played(store, SENDS % delivery)
    scene.room.happen("began")
    payload = scene.room.payload("s")
    scene.customers.meanwhile = [partial(scene.room.happen, "did_it")]

    with pytest.raises(RunEnded):
        do_send(scene.room.engine, payload)

    assert scene.room.email.taken == []
    assert scene.told("sent", "goal", "exited") == ["goal", "exited"]


def test_a_run_that_ends_after_the_claim_has_its_send_noted(store: Store) -> None:
    """The message is out; its row says so, though its run is over."""
    scene = played(store, SENDS % "at_most_once")
    scene.room.happen("began")
    payload = scene.room.payload("s")
    scene.customers.meanwhile = [None, partial(scene.room.happen, "did_it")]

    with pytest.raises(RunEnded):
        do_send(scene.room.engine, payload)

    (taken,) = scene.room.email.taken
    row = store.customers.send("ana", taken.send.id)
    assert row is not None
    assert (row.status, row.provider_id) == ("sent", "provider-1")


def test_two_events_routed_at_once_both_count(store: Store) -> None:
    """The slower one decides again, on what the faster one left."""
    scene = played(store, "enter: {on: began, key: event.ref}\nsteps: [{wait: 1 day}]")
    scene.customers.meanwhile = [partial(scene.room.happen, "began", "e2", ref="b")]

    scene.room.happen("began", "e1", ref="a")

    file = store.customers.load("ana")
    assert {key for _, key in file.runs} == {"a", "b"}
    assert {event.id for event in store.customers.events("ana", "began")} == {"e1", "e2"}


def test_one_event_routed_twice_at_once_enters_once(store: Store) -> None:
    """The slower delivery is known, and starts nothing but what the faster one may not have."""
    scene = played(store, "enter: {on: began, again: always}\nsteps: [{wait: 1 day}]")
    stored: list[bool] = []
    scene.customers.meanwhile = [lambda: stored.append(scene.room.happen("began", "e1"))]

    stored.append(scene.room.happen("began", "e1"))

    assert stored == [True, False]
    assert scene.told("entered") == ["entered"]
    assert list(scene.room.executions.started) == [scene.room.run().id]


def test_two_entries_with_one_key_routed_at_once_make_one_run(store: Store) -> None:
    """The one that wrote second finds the run, and says why it did not enter."""
    scene = played(store, "enter: {on: began, key: event.ref, again: always}\nsteps: [{wait: 1 day}]")
    scene.customers.meanwhile = [partial(scene.room.happen, "began", "e2", ref="r1")]

    scene.room.happen("began", "e1", ref="r1")

    assert scene.told("entered", "not_entered") == ["entered", "not_entered"]
    assert scene.room.run(key="r1").entry_id == "e2"
    assert len(scene.room.executions.started) == 1

"""The contract of the `Customers` port, written once and held over every adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.ports import Customers
from sojourn.domain.customer.rows import Change, Event, Profile, Run, Send, Waiter
from sojourn.domain.ledger import Happening
from sojourn.errors import Conflict, EventKnown
from tests.support.aws_table import aws_table, told
from tests.support.engine_room import SetClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Subject = tuple[Customers, Callable[[], list[Happening]]]


@contextmanager
def in_memory() -> Iterator[Subject]:
    """Make an empty store in memory, and what reads its ledger."""
    happened: list[Happening] = []
    yield MemoryCustomers(happened.append), lambda: happened


@contextmanager
def in_dynamodb() -> Iterator[Subject]:
    """Make an empty store in a table on moto, and what reads its ledger."""
    with aws_table() as (client, table):
        yield DynamoCustomers(client, table, SetClock(NOON)), lambda: told(client, table)


ADAPTERS: dict[str, Callable[[], AbstractContextManager[Subject]]] = {
    "memory": in_memory,
    "dynamodb": in_dynamodb,
}
"""Every adapter of the port: name -> makes an empty one."""


@dataclass
class Store:
    """One adapter under test, with short ways to write to it."""

    customers: Customers
    told: Callable[[], list[Happening]]

    @property
    def happened(self) -> list[Happening]:
        return self.told()

    def write(self, **change: object) -> None:
        self.customers.commit(self.customers.load("ana"), Change(**change))  # type: ignore[arg-type]


@pytest.fixture(params=list(ADAPTERS))
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Give an empty store of each adapter in turn."""
    with ADAPTERS[request.param]() as subject:
        yield Store(*subject)


RUN = Run("j-1", "ana", "j", "v1", "", NOON, NOON, "j-1", {"ref": "r1", "n": 2}, "began", "e1")
WAITER = Waiter(
    "j-1", "j", "w", "t1", NOON, NOON + timedelta(days=1), "wait_for",
    ({"path": "did_it", "kind": "event", "of": "did_it"},), {"paths": {"did_it": "x"}, "nodes": {}}, ("path",), (),
    {"run": "j-1", "customer": "ana", "steps": {}},
)  # fmt: skip
SEND = Send("s1", "ana", "j-1", "j", "v1", "s", "hello", "email", "news", True, NOON)


def event(event_id: str, hours: int = 0, name: str = "did_it", **properties: object) -> Event:
    at = NOON + timedelta(hours=hours)
    return Event(event_id, name, at, properties, at)


def test_a_customer_never_seen_has_an_empty_file(store: Store) -> None:
    """Loading makes nobody known, and finds nothing."""
    file = store.customers.load("ana")

    assert (file.profile, file.revision) == (Profile("ana"), 0)
    assert (dict(file.runs), dict(file.waiters), tuple(file.recent)) == ({}, {}, ())
    assert list(store.customers.events("ana", "did_it")) == []
    assert store.customers.send("ana", "s1") is None


def test_what_is_written_is_read_back_whole(store: Store) -> None:
    """Every field of every row, dates and sets among them, comes back as it was."""
    profile = Profile(
        "ana", {"plan": "pro", "score": 1.5, "tags": ["a", {"b": None}]}, "Europe/Berlin", "de", "ana@example.com",
        "+12025550123", "token", {("news", "email"): True, ("news", "sms"): False}, {"push": "bounce"},
        frozenset({"pros", "lapsed"}), False, NOON - timedelta(days=400, microseconds=1),
    )  # fmt: skip
    run = replace(
        RUN, status="ended", ended=NOON, exit_reason="goal", goal_reached=True, continued=2, holdout=True,
        released=(("p/a", "e1"),), engaged={"s": frozenset({"opened"})}, last={"": ("s", "t#1", {"next": "x"})},
        hops=3, at={"p/a": "s"}, needed_until=NOON + timedelta(days=3),
    )  # fmt: skip
    recent = ((NOON - timedelta(days=1), "email", "news"), (NOON, "sms", "news"))

    store.write(profile=profile, runs={("j", ""): run}, waiters={("j-1", "w"): WAITER}, recent=recent)

    file = store.customers.load("ana")
    assert file.profile == profile
    assert dict(file.runs) == {("j", ""): run}
    assert dict(file.waiters) == {("j-1", "w"): WAITER}
    assert file.recent == recent


def test_what_a_change_does_not_name_stays(store: Store) -> None:
    """An empty change still counts as a write, and changes no row."""
    store.write(
        profile=Profile("ana", {"plan": "pro"}), runs={("j", ""): RUN}, waiters={("j-1", "w"): WAITER}
    )
    before = store.customers.load("ana")

    store.write()

    after = store.customers.load("ana")
    assert (after.profile, dict(after.runs), dict(after.waiters)) == (
        before.profile,
        dict(before.runs),
        dict(before.waiters),
    )
    assert after.revision > before.revision


def test_of_two_writers_one_wins_and_the_other_is_told(store: Store) -> None:
    """Both read the same revision; the second to write changes nothing and gets a Conflict."""
    first, second = store.customers.load("ana"), store.customers.load("ana")
    store.customers.commit(first, Change(profile=Profile("ana", {"by": "first"})))

    with pytest.raises(Conflict):
        store.customers.commit(
            second,
            Change(
                profile=Profile("ana", {"by": "second"}), event=event("e1"), runs={("j", ""): RUN}, claim=SEND
            ),
        )

    file = store.customers.load("ana")
    assert (file.profile.attributes, dict(file.runs)) == ({"by": "first"}, {})
    assert list(store.customers.events("ana", "did_it")) == []
    assert store.customers.send("ana", "s1") is None


def test_the_committed_file_can_be_written_on(store: Store) -> None:
    """Commit returns the file as it is now, so that a use case need not read again."""
    file = store.customers.commit(
        store.customers.load("ana"), Change(profile=Profile("ana", {"plan": "pro"}))
    )

    again = store.customers.commit(file, Change(runs={("j", ""): RUN}))

    assert again == store.customers.load("ana")
    assert (again.profile.attributes, dict(again.runs)) == ({"plan": "pro"}, {("j", ""): RUN})


def test_customers_do_not_get_in_each_others_way(store: Store) -> None:
    """A write to one leaves the other's file, events and sends alone."""
    ben = store.customers.load("ben")
    store.write(profile=Profile("ana", {"plan": "pro"}), event=event("e1"), claim=SEND)

    store.customers.commit(ben, Change(profile=Profile("ben")))

    assert store.customers.load("ben").profile == Profile("ben")
    assert list(store.customers.events("ben", "did_it")) == []
    assert store.customers.send("ben", "s1") is None


def test_a_send_is_claimed_once(store: Store) -> None:
    """A second claim of the same id is a Conflict, though nobody wrote in between, and writes nothing beside it."""
    store.write(claim=SEND)

    with pytest.raises(Conflict):
        store.write(claim=SEND, profile=Profile("ana", {"by": "second"}))

    assert store.customers.send("ana", "s1") == SEND
    assert store.customers.load("ana").profile == Profile("ana")


def test_a_send_becomes_what_came_of_it(store: Store) -> None:
    """The claim's row is written over by its outcome; another claim may stand in the same change."""
    store.write(claim=SEND)

    store.write(send=replace(SEND, status="failed"), claim=replace(SEND, id="s2", channel="sms"))

    found = [store.customers.send("ana", send_id) for send_id in ("s1", "s2")]
    assert [(one.status, one.channel) for one in found if one] == [("failed", "email"), ("claimed", "sms")]


def test_an_event_is_stored_once(store: Store) -> None:
    """Writing it again tells that it is known, and writes nothing beside it."""
    store.write(event=event("e1", n=1))

    with pytest.raises(EventKnown):
        store.write(event=event("e1", n=1), profile=Profile("ana", {"by": "second"}))

    assert [one.properties for one in store.customers.events("ana", "did_it")] == [{"n": 1}]
    assert store.customers.load("ana").profile == Profile("ana")


def test_an_event_is_found_by_its_id(store: Store) -> None:
    """Whatever it is called; another customer's is not, nor one that there is not."""
    first, second = event("e1"), event("e2", name="began")
    store.write(event=first)
    store.write(event=second)

    found = [store.customers.event("ana", one) for one in ("e1", "e2", "e3")]

    assert found == [first, second, None]
    assert store.customers.event("ben", "e1") is None
    assert store.customers.event("ben", "e1", also=("ana",)) == first


def test_an_event_that_is_known_is_known_whoever_else_wrote(store: Store) -> None:
    """Nobody need read again to find out: a stale file is told EventKnown, not Conflict."""
    stale = store.customers.load("ana")
    store.write(event=event("e1"))

    with pytest.raises(EventKnown):
        store.customers.commit(stale, Change(event=event("e1"), profile=Profile("ana", {"by": "second"})))

    assert store.customers.load("ana").profile == Profile("ana")


def test_an_event_that_a_segment_change_stores_is_known_too(store: Store) -> None:
    """What a change stores beside its event is found by its name like any other."""
    moved = event("m1", name="segment_entered", segment="pros")

    store.write(event=event("e1"), moved=[moved])

    assert list(store.customers.events("ana", "segment_entered")) == [moved]


def test_only_what_was_received_since_is_read(store: Store) -> None:
    """By our clock, from that very instant on; in order of when it happened by the clock that told."""
    hours = timedelta(hours=1)
    late = replace(event("late", 1), received=NOON + 9 * hours)
    for one in (
        replace(event("old", 0), received=NOON),
        replace(event("at_once", 3), received=NOON + 3 * hours),
        replace(event("newer", 5), received=NOON + 5 * hours),
        late,
    ):
        store.write(event=one)

    since = store.customers.events("ana", "did_it", NOON + 3 * hours)

    assert [one.id for one in since] == ["late", "at_once", "newer"]
    assert since[0] == late
    assert list(store.customers.events("ana", "did_it", NOON + 10 * hours)) == []


def test_events_are_read_by_name_in_order_of_time(store: Store) -> None:
    """One that is stored late stands where it happened; those of one instant stand as they came."""
    for event_id, hours in (("a", 1), ("b", 5), ("late", 3), ("c", 5), ("first", 0)):
        store.write(event=event(event_id, hours))
    store.write(event=event("other", 2, "began"))

    events = store.customers.events("ana", "did_it")

    assert [one.id for one in events] == ["first", "a", "late", "b", "c"]
    assert [one.at for one in events] == sorted(one.at for one in events)


def test_waiters_are_put_replaced_and_taken_away(store: Store) -> None:
    """None takes away; taking away what is not there is no error; others stay."""
    other = replace(WAITER, step="v")
    store.write(waiters={("j-1", "w"): WAITER, ("j-1", "v"): other})
    store.write(waiters={("j-1", "w"): replace(WAITER, released="e1", answer={"next": "x"})})
    replaced = dict(store.customers.load("ana").waiters)

    store.write(waiters={("j-1", "w"): None, ("j-1", "never"): None})

    assert replaced[("j-1", "w")].released == "e1"
    assert dict(store.customers.load("ana").waiters) == {("j-1", "v"): other}


def test_a_run_replaces_the_last_one_of_its_key(store: Store) -> None:
    """A journey has one current run per key; other keys keep theirs."""
    keyed = replace(RUN, id="j-2", key="k2")
    store.write(runs={("j", ""): RUN, ("j", "k2"): keyed})
    newer = replace(RUN, id="j-3")

    store.write(runs={("j", ""): newer})

    file = store.customers.load("ana")
    assert dict(file.runs) == {("j", ""): newer, ("j", "k2"): keyed}
    assert (file.run("j-3"), file.run("j-1")) == (newer, None)


def test_recent_sends_are_replaced_as_a_whole(store: Store) -> None:
    """What fell out of the window is left out; an empty list is a list, not "unchanged"."""
    store.write(recent=((NOON, "email", "news"),))
    store.write(profile=Profile("ana"))
    kept = store.customers.load("ana").recent

    store.write(recent=())

    assert kept == ((NOON, "email", "news"),)
    assert store.customers.load("ana").recent == ()


def test_a_file_is_a_snapshot(store: Store) -> None:
    """What others write after it was read does not show in it."""
    store.write(runs={("j", ""): RUN}, waiters={("j-1", "w"): WAITER})
    file = store.customers.load("ana")
    before = (file.profile, dict(file.runs), dict(file.waiters), file.recent, file.revision)

    store.write(
        profile=Profile("ana", {"plan": "pro"}), runs={("k", ""): replace(RUN, journey="k")},
        waiters={("j-1", "w"): None}, recent=((NOON, "email", "news"),),
    )  # fmt: skip

    assert (file.profile, dict(file.runs), dict(file.waiters), file.recent, file.revision) == before


def test_a_read_list_of_events_is_a_snapshot(store: Store) -> None:
    """An event that is stored later does not appear in a list that somebody holds."""
    store.write(event=event("e1"))
    events = store.customers.events("ana", "did_it")

    store.write(event=event("e2", 1))

    assert [one.id for one in events] == ["e1"]


def test_what_happened_is_told_with_its_write_and_only_then(store: Store) -> None:
    """In order; a write that was refused tells nothing."""
    happened = [
        Happening(NOON, "ana", "j", "v1", "j-1", "entered"),
        Happening(NOON, "ana", "j", "v1", "j-1", "exited"),
    ]
    stale = store.customers.load("ana")
    store.write(happened=happened)

    with pytest.raises(Conflict):
        store.customers.commit(stale, Change(happened=happened))

    assert store.happened == happened

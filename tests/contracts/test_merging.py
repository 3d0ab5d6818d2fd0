"""Two who are the same person become one, over every adapter: nothing is lost, done twice or mixed up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from sojourn.application.send import do_send
from sojourn.application.waiting import begin_waiting
from sojourn.domain.customer.rows import Change, Profile
from tests.contracts.test_customers import ADAPTERS, Store
from tests.support.merging import A1, A2, CART, Dying, Persons, until_done


@pytest.fixture(params=list(ADAPTERS))
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Give an empty store of each adapter in turn."""
    with ADAPTERS[request.param]() as subject:
        yield Store(*subject)


def known_as(persons: Persons, customer: str, **profile: Any) -> None:
    """Let somebody be known already."""
    persons.customers.commit(persons.customers.load(customer), Change(profile=Profile(customer, **profile)))


def test_what_an_anonymous_visitor_began_is_the_customers(store: Store) -> None:
    """Their run goes on under the same id, what they did is found, and the old id leads to the customer."""
    persons = Persons(store.customers)
    persons.did("began", "e1", anonymous="a1")
    run = persons.file(A1).runs["j", ""]

    persons.did("changed", "e2", "c-1", anonymous="a1", becomes={"plan": "pro"})

    file = persons.file("c-1")
    assert file.runs["j", ""] == replace(run, customer="c-1", entered_as=A1)
    assert (file.profile.attributes, dict(file.profile.others)) == ({"plan": "pro"}, {A1: "merged"})
    assert persons.events("c-1") == ["e1", "e2"]
    assert persons.file(A1) == file
    assert persons.told(store, "entered", "merged", "exited") == ["entered", "merged the same anonymous id"]


def test_the_run_of_the_visitor_goes_on(store: Store) -> None:
    """Its execution carries the old id: it sends to the address that became known, waits, and reaches its goal."""
    persons = Persons(store.customers)
    persons.did("began", "e1", anonymous="a1")
    state = persons.room.executions.started[persons.file(A1).runs["j", ""].id][0]
    persons.did("changed", "e2", "c-1", anonymous="a1", becomes={"email": "ana@example.com"})
    room = persons.room
    room.run = lambda journey="j", key="": persons.file("c-1").runs[journey, key]  # type: ignore[method-assign]

    room.clock.pass_by(hours=1)
    after = do_send(room.engine, room.payload("s", state))
    begin_waiting(room.engine, room.payload("seen", after, token="t1"))
    persons.did("stopped", "e3", "c-1")

    assert [out.address for out in room.email.taken] == ["ana@example.com"]
    assert room.email.taken[0].send.customer == "c-1"
    assert after["customer"] == "c-1"
    assert persons.file("c-1").runs["j", ""].exit_reason == "goal"
    assert persons.file("c-1").waiters == {}


def test_a_merge_is_done_once(store: Store) -> None:
    """The event that tells it again, and another that does, change nothing of it."""
    persons = Persons(store.customers)
    persons.did("began", "e1", anonymous="a1")
    persons.did("changed", "e2", "c-1", anonymous="a1")
    profile, runs = persons.profile("c-1"), dict(persons.file("c-1").runs)

    again = [
        persons.did("changed", "e2", "c-1", anonymous="a1"), persons.did("began", "e1", anonymous="a1"),
        persons.did("changed", "e3", "c-1", anonymous="a1"),
    ]  # fmt: skip

    assert again == [False, False, True]
    assert (persons.profile("c-1"), dict(persons.file("c-1").runs)) == (profile, runs)
    assert persons.events("c-1") == ["e1", "e2", "e3"]
    assert persons.told(store, "entered", "not_entered", "merged") == [
        "entered",
        "merged the same anonymous id",
    ]


def test_who_was_never_seen_is_the_customer_from_then_on(store: Store) -> None:
    """A browser that did nothing before: what it does later without a user id is the customer's."""
    persons = Persons(store.customers)
    persons.did("changed", "e1", "c-1", anonymous="a1")

    persons.did("did_it", "e2", anonymous="a1")

    assert persons.events("c-1") == ["e1", "e2"]


def test_an_address_that_one_customer_has_is_theirs(store: Store) -> None:
    """An event by an address alone is the known customer's; and so is an anonymous visitor who tells it."""
    persons = Persons(store.customers)
    persons.did("changed", "e1", "c-1", becomes={"email": "Ana@Example.com"})
    persons.did("began", "e2", anonymous="a1")

    persons.did("did_it", "e3", email=" ana@example.COM")
    persons.did("did_it", "e4", anonymous="a1", email="ana@example.com")

    assert persons.events("c-1") == ["e1", "e2", "e3", "e4"]
    assert persons.file(A1).profile.id == "c-1"
    assert persons.profile("c-1").email == "Ana@Example.com"


def test_who_was_known_by_an_address_alone_becomes_whoever_has_it(store: Store) -> None:
    """Before anybody was known to have it, somebody did something by it."""
    persons = Persons(store.customers)
    persons.did("began", "e1", phone="+49 170 1234567")
    persons.did("changed", "e2", "c-1", becomes={"phone": "+491701234567"})

    assert persons.events("c-1") == ["e1", "e2"]
    assert list(store.customers.known_by("phone", "+491701234567")) == ["c-1"]
    assert "j" in {journey for journey, _ in persons.file("c-1").runs}


def test_a_shared_address_makes_nobody_one(store: Store) -> None:
    """A family's mailbox: known customers stay who they are, and whoever writes by it is the one who had it first."""
    persons = Persons(store.customers)
    for number, customer in enumerate(("c-1", "c-2")):
        persons.did("changed", f"e{number}", customer, becomes={"email": "we@example.com"})

    persons.did("did_it", "e3", email="we@example.com")
    persons.did("did_it", "e4", anonymous="a1", email="we@example.com")

    assert (persons.events("c-1"), persons.events("c-2")) == (["e0", "e3"], ["e1"])
    assert persons.profile(A1).id == A1
    assert persons.told(store, "merged", "merge_refused") == []


def test_two_known_customers_stay_two(store: Store) -> None:
    """One browser, two who log in: the second is told apart once, and each keeps what is theirs."""
    persons = Persons(store.customers)
    persons.did("began", "e1", anonymous="a1")
    persons.did("changed", "e2", "c-1", anonymous="a1")

    persons.did("changed", "e3", "c-2", anonymous="a1")
    calls = persons.through(Dying(store.customers))
    persons.did("changed", "e4", "c-2", anonymous="a1")

    assert (persons.events("c-1"), persons.events("c-2")) == (["e1", "e2"], ["e3", "e4"])
    assert dict(persons.profile("c-2").others) == {A1: "apart"}
    assert persons.told(store, "merge_refused") == ["merge_refused the same anonymous id"]
    assert calls.calls == ["load", "commit"]


def test_two_known_customers_are_one_where_it_is_said_so(store: Store) -> None:
    """An alias from a sender that may say so; told apart before or not."""
    persons = Persons(store.customers)
    persons.did("began", "e1", anonymous="a1")
    persons.did("changed", "e2", "c-1", anonymous="a1")
    persons.did("changed", "e3", "c-2", anonymous="a1")

    persons.did("changed", "e4", "c-2", merge="c-1")

    assert persons.events("c-2") == ["e1", "e2", "e3", "e4"]
    assert {persons.profile(one).id for one in ("c-1", "c-2", A1)} == {"c-2"}
    assert dict(persons.profile("c-2").others) == {A1: "merged", "c-1": "merged"}


def test_nobody_becomes_themselves(store: Store) -> None:
    """Told so, or by way of somebody who became them: nothing happens."""
    persons = Persons(store.customers)
    persons.did("began", "e1", "c-1", anonymous="a1")

    persons.did("changed", "e2", "c-1", merge="c-1")
    persons.did("changed", "e3", "c-1", merge=A1)
    persons.did("changed", "e4", A1, merge="c-1")

    assert persons.profile("c-1").id == "c-1"
    assert persons.events("c-1") == ["e1", "e2", "e3", "e4"]
    assert persons.told(store, "merged") == []


def test_a_chain_ends_with_the_last(store: Store) -> None:
    """X became Y, and Y becomes Z: all three are Z, with all that each did; and so it is told in a circle."""
    persons = Persons(store.customers)
    for number, customer in enumerate(("c-1", "c-2", "c-3")):
        persons.did("changed", f"e{number}", customer, becomes={f"of_{number}": True})

    persons.did("changed", "e4", "c-2", merge="c-1")
    persons.did("changed", "e5", "c-3", merge="c-2")
    persons.did("changed", "e6", "c-1", merge="c-3")

    assert {persons.profile(one).id for one in ("c-1", "c-2", "c-3")} == {"c-3"}
    assert persons.events("c-3") == ["e0", "e1", "e2", "e4", "e5", "e6"]
    assert persons.profile("c-3").attributes == {"of_0": True, "of_1": True, "of_2": True}


def test_of_two_runs_of_one_journey_the_one_entered_first_goes_on(store: Store) -> None:
    """As if all had been one customer from the beginning; the other is stopped, and its waits are gone."""
    persons = Persons(store.customers)
    persons.did("began", "e1", "c-1")
    persons.room.clock.pass_by(minutes=5)
    persons.did("began", "e2", anonymous="a1")
    theirs = persons.file(A1).runs["j", ""]

    persons.did("changed", "e3", "c-1", anonymous="a1")

    assert persons.file("c-1").runs["j", ""].entry_id == "e1"
    assert persons.room.executions.stopped == [theirs.execution]
    assert persons.told(store, "exited") == ["exited exit:merged"]


def test_the_customers_own_run_ends_where_the_visitors_was_first(store: Store) -> None:
    """Whoever is known has no right of the older: the run that began first is the one that would be there."""
    persons = Persons(store.customers)
    persons.did("began", "e1", anonymous="a1")
    persons.room.clock.pass_by(minutes=5)
    persons.did("began", "e2", "c-1")
    ours = persons.file("c-1").runs["j", ""]

    persons.did("changed", "e3", "c-1", anonymous="a1")

    assert persons.file("c-1").runs["j", ""].entry_id == "e1"
    assert persons.room.executions.stopped == [ours.execution]


def story(persons: Persons) -> Callable[[], object]:
    """Let a visitor and a customer have lived; return the event that tells they are one."""
    persons.did("began", "e1", anonymous="a1", becomes={"plan": "pro"})
    persons.did("did_it", "e2", anonymous="a1")
    persons.room.clock.pass_by(minutes=1)
    persons.did("began", "e3", "c-1")
    persons.did("changed", "e4", "c-1", anonymous="a2")
    return lambda: persons.did("changed", "e5", "c-1", anonymous="a1", becomes={"email": "ana@example.com"})


def outcome(persons: Persons, store: Store) -> tuple[Any, ...]:
    """Return what there is to see of it once it is done."""
    file = persons.file("c-1")
    return (
        file.profile, dict(file.runs), persons.events("c-1"), sorted(set(persons.room.executions.stopped)),
        persons.told(store, "entered", "exited", "merged"), persons.events(A1, ()), persons.profile(A2).id,
        list(store.customers.known_by("email", "ana@example.com")),
    )  # fmt: skip


@pytest.mark.parametrize("adapter", list(ADAPTERS))
@pytest.mark.parametrize("after", [False, True])
def test_a_merge_that_dies_at_any_call_is_gone_on_with(adapter: str, after: bool) -> None:
    """Before or after each call of the customers: delivered again, it comes to what it would have come to."""
    with ADAPTERS[adapter]() as subject:
        store = Store(*subject)
        persons = Persons(store.customers)
        tell = story(persons)
        calls = persons.through(Dying(store.customers))
        tell()
        whole = outcome(persons, store)

    for at in range(1, len(calls.calls) + 1):
        with ADAPTERS[adapter]() as subject:
            store = Store(*subject)
            persons = Persons(store.customers)
            tell = story(persons)
            persons.through(Dying(store.customers, at, after=after))

            until_done(tell)

            assert outcome(persons, store) == whole, at


@pytest.mark.parametrize("call", ["merge", "commit", "bring"])
@pytest.mark.parametrize("who", ["a1", "c-1"])
def test_an_event_at_the_same_moment_is_not_lost(store: Store, call: str, who: str) -> None:
    """Of either of the two, just before any of the merge's writes: it is stored and acts, and the merge is done."""
    persons = Persons(store.customers)
    tell = story(persons)
    dying = persons.through(Dying(store.customers))
    said = {"customer": who} if who == "c-1" else {"anonymous": who}

    def meanwhile() -> None:
        persons.through(store.customers)
        persons.did("stopped", "e9", **said)  # type: ignore[arg-type]
        persons.through(dying)

    dying.meanwhile[call] = [meanwhile]
    tell()

    assert persons.events("c-1") == ["e1", "e2", "e3", "e4", "e5", "e9"]
    assert persons.profile(A1).id == "c-1"
    assert dict(persons.profile("c-1").others) == {A1: "merged", A2: "merged"}
    exits = persons.told(store, "exited")
    assert exits.count("exited goal") >= 1


def test_an_event_that_came_to_the_visitor_is_known_while_it_is_brought_over(store: Store) -> None:
    """Delivered again between the merge and the last row: it is nowhere stored twice, and enters nothing twice."""
    persons = Persons(store.customers)
    tell = story(persons)
    dying = persons.through(Dying(store.customers))
    again: list[bool] = []

    def meanwhile() -> None:
        persons.through(store.customers)
        engine = persons.room.engine
        persons.room.engine = replace(engine, customers=WithoutBringing(store.customers))
        again.append(persons.did("began", "e1", anonymous="a1", becomes={"plan": "pro"}))
        persons.through(dying)

    dying.meanwhile["bring"] = [meanwhile]
    tell()

    assert again == [False]
    assert persons.events("c-1") == ["e1", "e2", "e3", "e4", "e5"]


class WithoutBringing:
    """Customers of whom nothing is brought over for now."""

    def __init__(self, customers: Any) -> None:
        self.customers = customers

    def __getattr__(self, name: str) -> Any:
        return getattr(self.customers, name)

    def bring(self, *_: Any) -> bool:
        return False


def test_until_all_is_brought_over_both_places_are_read(store: Store) -> None:
    """What a condition asks of the past is answered right from the first moment on; the next event goes on."""
    persons = Persons(
        store.customers, CART, "enter: {on: changed, where: 'did(\"did_it\")'}\nsteps: [{wait: 1 day}]"
    )
    tell = story(persons)
    persons.through(WithoutBringing(store.customers))

    tell()
    entered = ("k", "") in persons.file("c-1").runs
    merging = persons.profile("c-1").merging
    persons.through(store.customers)
    persons.did("changed", "e6", "c-1")

    assert (entered, merging) == (True, (A1,))
    assert dict(persons.profile("c-1").others) == {A1: "merged", A2: "merged"}
    assert persons.events("c-1") == ["e1", "e2", "e3", "e4", "e5", "e6"]


@pytest.mark.parametrize("brought", [True, False])
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("call", ["load", "commit"])
def test_a_send_that_is_under_way_goes_out_once(store: Store, call: str, number: int, brought: bool) -> None:
    """Whether they become one before it is claimed, between claim and answer, or after: one message, one row."""
    persons = Persons(store.customers, CART)
    persons.did("began", "e1", anonymous="a1", becomes={"email": "ana@example.com"})
    room = persons.room
    started = room.executions.started[persons.file(A1).runs["j", ""].id][0]
    room.run = lambda journey="j", key="": persons.file(A1).runs[journey, key]  # type: ignore[method-assign]
    payload = room.payload("s", started)
    dying = persons.through(Dying(store.customers))

    def merge() -> None:
        persons.through(store.customers if brought else WithoutBringing(store.customers))
        persons.did("changed", "e5", "c-1", anonymous="a1")
        persons.through(dying)

    dying.meanwhile[call] = [lambda: None] * number + [merge]
    do_send(room.engine, payload)
    merge()
    do_send(room.engine, payload)
    persons.through(store.customers)
    persons.did("changed", "e6", "c-1")

    assert len(room.email.taken) == 1
    send = store.customers.send("c-1", room.email.taken[0].send.id)
    assert send is not None
    assert (send.customer, send.status, send.provider_id) == ("c-1", "sent", "provider-1")
    assert persons.told(store, "sent") == ["sent"]
    assert persons.profile(A1).id == "c-1"

"""A program's call enters a customer once, under the journey's rules, and is answered the same each time it comes."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.application.attempting import digest
from sojourn.application.calling import Called, EntryCall, IdTaken, NoSuchEntry, NotAsPlanned, enter_called
from sojourn.application.route import Incoming, route
from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import Change, Event, changed
from sojourn.domain.decide.entering import MOST_RUNS
from sojourn.errors import TooLarge, TransientError
from tests.support.engine_room import START, Crash, Room

JOURNEY = """
enter: {on: api, key: entry.ref, again: after 1 day, where: 'event.n > 1'}
goal: {event: did_it}
steps: [{wait: 10 days}]
"""
EVER = "enter: {on: api, again: always}\nsteps: [{wait: 10 days}]"
EVENT_OF_ORDER_1 = f"shop:entry-{digest('j', 'order-1')}"
"""The id that the entry "order-1" into j has among the customer's events."""
MIXED = "enter: {on: [began, api], again: always}\nsteps: [{wait: 1 day}]"


def call(
    room: Room, id_: str = "order-1", *, customer: str = "ana", journey: str = "j", **said: Any
) -> Called:
    """Call as the shop's program does, with n and ref unless the call says otherwise."""
    who: dict[str, Any] = {name: said.pop(name) for name in ("identities", "hearsay") if name in said}
    properties = {"ref": "r1", "n": 2, **said}
    asked = EntryCall("shop", id_, journey, customer, room.clock.at, properties=properties, **who)
    return enter_called(room.engine, asked)


def test_a_call_enters_and_the_ledger_says_whose_it_was() -> None:
    """The run knows what was told; it was entered by api, for a source; it is one read, one write, and one look."""
    room = Room(JOURNEY)
    room.customers.asked.clear()

    called = call(room)

    assert room.customers.asked == ["load", "commit", "event"]
    run = room.run(key="r1")
    (entered,) = [one for one in room.happened if one.what == "entered"]
    assert called == Called(run.id, "", holdout=False, repeated=False, same=True)
    assert (run.entry, run.entry_event) == ({"ref": "r1", "n": 2}, "api")
    assert entered.details == {"by": "api", "key": "r1", "source": "shop", "holdout": False}
    assert list(room.executions.started) == [run.id]


def test_who_is_in_the_holdout_enters_and_the_program_hears_so() -> None:
    """It should not announce a message that never comes."""
    room = Room("enter: {on: api, holdout: 100%}\nsteps: [{wait: 1 day}]")

    assert call(room).holdout
    assert call(room).holdout


@pytest.mark.parametrize(
    ("before", "said", "why", "reason"),
    [
        ({}, {"n": 1}, "where", 'where: "event.n > 1" is false: event.n is 1'),
        ({}, {"ref": ""}, "no_key", "no key: entry.ref is empty"),
        ({}, {"ref": None}, "no_key", "no key: entry.ref is missing"),
        ({"n": 2}, {}, "already_running", "already_running"),
        ({"n": 2, "ends": True}, {}, "again", "again: after 1 days"),
    ],
)
def test_who_does_not_enter_is_told_why(before: Any, said: Any, why: str, reason: str) -> None:
    """In a word for programs; the ledger has the sentence, and whose call it was."""
    room = Room(JOURNEY)
    if before:
        call(room, "before", n=before["n"])
    if before.get("ends"):
        room.happen("did_it")

    called = call(room, **said)

    assert (called.run, called.why, called.repeated) == ("", why, False)
    told = [one for one in room.happened if one.what == "not_entered"]
    assert [(one.reason, one.details["source"]) for one in told] == [(reason, "shop")]


def test_what_a_call_lacks_is_named() -> None:
    """By the name that the journey reads it by, the same each time; nothing is told of the customer."""
    room = Room("enter: {on: api, where: event.n > 1 && event.prio == 'high'}\nsteps: [{wait: 1 day}]")
    of_theirs = Room("enter: {on: api, where: customer.plan == 'pro'}\nsteps: [{wait: 1 day}]")

    assert [call(room, n=2).missing for _ in range(2)] == [("event.prio",)] * 2
    assert (call(room, "r2", n=1).why, call(room, "r2", n=1).missing) == ("where", ())
    assert (call(of_theirs).why, call(of_theirs).missing) == ("where", ())


def test_the_same_call_is_answered_the_same_whatever_has_happened_since() -> None:
    """A refusal stays one; an entry is the run it began, though that has ended and another has its place."""
    room = Room(EVER)
    first, refused = call(room, "a"), call(room, "b")
    room.clock.pass_by(days=2)
    run = room.run()
    room.customers.commit(
        room.customers.load("ana"),
        Change(runs={("j", ""): changed(run, status="ended", ended=room.clock.at)}),
    )
    later = call(room, "c")

    assert (refused.why, later.run == first.run) == ("already_running", False)
    again = [call(room, id_) for id_ in "abc"]
    assert [(one.run, one.why) for one in again] == [
        (first.run, ""),
        ("", "already_running"),
        (later.run, ""),
    ]
    assert all(one.repeated and one.same for one in again)
    assert room.told("entered", "not_entered") == ["entered", "not_entered already_running", "entered"]


def test_an_id_that_was_used_for_something_else_is_noticed() -> None:
    """Of this journey, customer and source; the first call holds."""
    room = Room(EVER, EVER)
    first = call(room)

    other = call(room, n=3)

    assert (other.run, other.repeated, other.same) == (first.run, True, False)
    assert call(room, journey="k").repeated is False
    assert call(room, customer="ben").repeated is False
    assert room.run().entry["n"] == 2


def test_an_id_that_another_event_has_is_refused_for_good() -> None:
    """Whoever writes to the bus may give an event any id: the program hears which, and is not told to come again."""
    room = Room(EVER)
    other = EVENT_OF_ORDER_1
    route(room.engine, Incoming("ana", Event(other, "did_it", room.clock.at)))

    for _ in range(2):
        with pytest.raises(IdTaken) as raised:
            call(room)
        assert raised.value.event == other

    assert ("j", "") not in room.customers.load("ana").runs
    assert call(room, "order-2").run


def test_a_call_that_died_between_writing_and_starting_is_completed_by_the_next() -> None:
    """The run is started then, once, and the caller hears of it."""
    room = Room(EVER)
    room.executions.before.append(Crash())
    with pytest.raises(Crash):
        call(room)

    called = call(room)

    assert (called.run, called.repeated) == (room.run().id, True)
    assert list(room.executions.started) == [called.run]


def test_two_calls_at_once_are_one_entry() -> None:
    """Who loses reads again, finds the call there, and answers as the other did."""
    room = Room(EVER)
    answers: list[Called] = []
    room.customers.meanwhile.append(lambda: answers.append(call(room)))

    answers.append(call(room))

    assert [(one.run, one.repeated) for one in answers] == [(room.run().id, False), (room.run().id, True)]
    assert room.told("entered") == ["entered"]


def test_two_calls_at_once_with_ids_of_their_own_are_one_run() -> None:
    """The journey's rules decide between them."""
    room = Room(EVER)
    answers: list[Called] = []
    room.customers.meanwhile.append(lambda: answers.append(call(room, "a")))

    answers.append(call(room, "b"))

    assert [one.why for one in answers] == ["", "already_running"]


@pytest.mark.parametrize("customer", ["ben", ""])
def test_a_call_for_somebody_unknown_is_known_after_they_became_a_customer(customer: str) -> None:
    """By either name: their calls came with them."""
    room = Room(EVER)
    first = call(room, customer="", identities={"anonymous_id": "a1"})
    known = Event("e1", "did_it", room.clock.at)
    route(room.engine, Incoming("ben", known, identities={"anonymous_id": "a1"}))

    again = call(room, customer=customer, identities={"anonymous_id": "a1"})

    assert (again.run, again.repeated) == (first.run, True)
    assert room.customers.load("ben").runs[("j", "")].id == first.run


def test_a_call_says_who_somebody_is_as_an_event_does() -> None:
    """What a browser did before is theirs then; of an address that anybody may have made up nothing is believed."""
    room = Room(EVER)
    route(room.engine, Incoming("", Event("e1", "did_it", START), identities={"anonymous_id": "a1"}))

    call(room, identities={"anonymous_id": "a1"})
    call(room, customer="", identities={"email": "ana@example.com"}, hearsay=True)

    assert [one.id for one in room.customers.events("ana", "did_it")] == ["e1"]
    assert room.customers.load(unknown_id("email", "ana@example.com")).runs.keys() == {("j", "")}


def test_a_call_is_nothing_the_customer_did() -> None:
    """No goal, no reaction, no wait hears of it; what they did is not asked for by its name."""
    room = Room(EVER, "enter: {on: began}\ngoal: {event: did_it}\nsteps: [{wait: 1 day}]")
    room.happen("began")

    call(room)

    assert room.run("k").active
    assert [one.name for one in room.customers.events("ana", "api:j")] == ["api:j"]


def test_a_customer_in_a_thousand_runs_is_called_for_in_one_write() -> None:
    """None of them is looked at; one more run of the same journey is too many."""
    room = Room(JOURNEY, EVER)
    call(room)
    run = room.run(key="r1")
    more = [changed(run, id=f"j-{number}", key=f"k{number}") for number in range(MOST_RUNS - 1)]
    room.customers.commit(
        room.customers.load("ana"), Change(runs={(one.journey, one.key): one for one in more})
    )
    room.customers.asked.clear()

    assert call(room, "more", ref="r2").why == "too_many_runs"
    assert call(room, journey="k").run
    assert room.customers.asked == ["load", "commit", "event"] * 2


@pytest.mark.parametrize(("journey", "there"), [("nothing", False), ("k", True)])
def test_only_journeys_that_say_so_are_entered_by_calls(journey: str, there: bool) -> None:
    """Whoever has a key starts nothing that waits for an event; nothing is remembered of it."""
    room = Room(EVER, "enter: {on: began}\nsteps: [{wait: 1 day}]")

    with pytest.raises(NoSuchEntry) as raised:
        call(room, journey=journey)

    assert raised.value.there is there
    assert not room.customers.events("ana", f"api:{journey}")


def test_a_call_is_compared_with_the_plan_of_the_events_that_enter_as_well() -> None:
    """Conditions were checked against it; a journey of calls alone takes whatever it is told."""
    room = Room(MIXED, EVER)

    with pytest.raises(NotAsPlanned, match=r"entry\.n: a number is wanted, and it is a text"):
        call(room, n="two")

    assert not room.customers.events("ana", "api:j")
    assert call(room, n=2, more={"x": [1]}).run
    assert call(room, journey="k", n="two").run


def test_a_journey_that_is_taken_away_during_a_call_answers_nothing() -> None:
    """The program comes again, and hears that there is none; nothing was written."""
    room = Room(EVER)
    room.deployment.catalogue._by_trigger.clear()

    with pytest.raises(TransientError):
        call(room)

    assert not room.customers.events("ana", "api:j")


def test_what_no_commit_takes_is_said_to_be_too_large() -> None:
    """However often it is tried; it is not remembered, so that it is never taken for done."""
    room = Room(EVER)
    room.customers.meanwhile += [too_large] * 4

    with pytest.raises(TooLarge):
        call(room)

    assert call(room).repeated is False


def too_large() -> None:
    """Refuse a commit."""
    raise TooLarge("a row is too large")

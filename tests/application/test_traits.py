"""Computed traits and engagement, as conditions, messages and segments read them."""

from __future__ import annotations

from datetime import timedelta

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.application.sweeping import sweep_segments
from sojourn.application.view import View
from sojourn.domain.condition.evaluation import compile_condition
from sojourn.domain.customer.rows import Change, Event
from tests.support.engine_room import ANA, Room
from tests.support.merging import Persons

SEGMENTS = """
fans: {when: customer.doings >= 2}
doings: {count: did_it, within: 7 days}
top: {most_frequent: did_it.ref}
total: {sum: did_it.n, where: event.n > 0}
latest: {last: did_it.ref}
"""
WATCHED = """
enter: {on: {entered_segment: fans}}
while_running: [{on: {left_segment: fans}, do: exit, reason: cooled}]
steps: [{wait: 30 days}]
"""


def members(room: Room) -> set[str]:
    return set(room.customers.load("ana").profile.segments)


def reads(room: Room, *texts: str) -> int:
    """Return how many queries it takes to evaluate these conditions on one view, one after the other."""
    view = view_of(room)
    room.customers.asked.clear()
    for text in texts:
        compile_condition(text).evaluate(view)
    return len(room.customers.asked)


def view_of(room: Room) -> View:
    return View(room.engine, room.customers.load("ana").profile, room.clock.at)


def test_a_trait_costs_one_query_where_it_is_read_and_none_elsewhere() -> None:
    """Also if it is read twice."""
    room = Room(WATCHED, segments=SEGMENTS)

    nothing = reads(room, 'customer.plan == "pro"', "has(customer.email)")
    one = reads(room, "customer.total > 1.0", "customer.total < 9.0 || customer.plan == 'pro'")
    two = reads(room, "customer.total > 1.0 || customer.doings > 1")

    assert (nothing, one, two) == (0, 1, 2)


def test_several_segments_that_read_a_trait_cost_one_query_an_event() -> None:
    """The event that is just coming in counts, though no storage knows it yet."""
    room = Room(
        WATCHED, segments=SEGMENTS + "few: {when: customer.doings == 1}\nsome: {when: customer.doings > 0}\n"
    )
    room.customers.asked.clear()

    room.happen("did_it")

    assert members(room) == {"few", "some"}
    assert [asked for asked in room.customers.asked if asked.startswith("events")] == ["events since"]


def test_nobody_is_called_by_an_attribute() -> None:
    """Whoever tells of an `id` among a customer's attributes does not change whose links a message makes."""
    room = Room(WATCHED, segments=SEGMENTS)

    room.happen("began", "e1", {"id": "somebody-else"})

    assert view_of(room).customer["id"] == "ana"


def test_what_is_absent_is_missing_and_numbers_are_nought() -> None:
    """The condition is false and its reason names the trait; a trait wins over an attribute that somebody sends."""
    room = Room(WATCHED, segments=SEGMENTS)
    room.happen("began", becomes={"doings": 7, "latest": "fake"})
    view = view_of(room)

    verdicts = [compile_condition(text).evaluate(view) for text in (
        'customer.latest == "a"', "customer.doings == 0 && customer.total == 0", "!has(customer.top)",
    )]  # fmt: skip

    assert [verdict.value for verdict in verdicts] == [False, True, True]
    assert "customer.latest is missing" in verdicts[0].reason


def test_a_late_event_is_where_it_belongs() -> None:
    """By when it happened, not by when it came."""
    room = Room(WATCHED, segments=SEGMENTS)
    room.happen("did_it", ref="second", n=3)
    room.happen("did_it", "late", ref="first", n=-4, their_clock=room.clock.at - timedelta(days=8))
    view = view_of(room)

    told = {name: view.customer.get(name) for name in ("doings", "latest", "total", "top")}

    assert told == {"doings": 1, "latest": "second", "total": 3, "top": "second"}
    assert members(room) == set()


def test_a_segment_over_a_trait_is_entered_by_events_and_left_by_time() -> None:
    """Each change is a trigger: the first enters a journey, the second ends the run."""
    room = Room(WATCHED, segments=SEGMENTS)
    for number in range(2):
        room.happen("did_it", ref=f"{number}")
        room.clock.pass_by(days=1)
    entered = members(room)
    since = room.clock.at

    room.clock.pass_by(days=4)
    too_soon = sweep_segments(room.engine, "ana", since)
    room.clock.pass_by(days=2)
    left = sweep_segments(room.engine, "ana", since)
    again = sweep_segments(room.engine, "ana", since)

    assert (entered, members(room)) == ({"fans"}, set())
    assert (too_soon, left, again) == (False, True, False)
    assert room.told("entered", "exited") == ["entered", "exited exit:cooled"]


def test_who_did_nothing_lately_costs_the_sweep_two_queries() -> None:
    """The customer is loaded once, as others may just become them; where a rule asks for engagement, that is all."""
    room = Room(WATCHED, segments=SEGMENTS)
    engaged = Room("enter: {on: {entered_segment: dozing}}\nsteps: [{wait: 1 day}]",
                   segments='dozing: {when: \'!engaged("email", "30 days")\'}')  # fmt: skip
    for each in (room, engaged):
        each.customers.asked.clear()
        sweep_segments(each.engine, "ana", each.clock.at - timedelta(days=1))

    assert (room.customers.asked, engaged.customers.asked) == (["load", "events since"], ["load"])


def test_a_sweep_sees_what_is_not_brought_over_yet_and_goes_on_with_it() -> None:
    """Whoever became a customer with more than could be brought at once: no event may ever come again."""
    persons = Persons(MemoryCustomers(), segments='active: {when: \'did("began", "2 days")\'}')
    persons.did("began", "b1", anonymous="a")
    bring = persons.customers.bring
    persons.customers.bring = lambda *_: False  # type: ignore[method-assign]
    persons.did("did_it", "d1", "c-1", anonymous="a")
    member, since = persons.profile("c-1").segments, persons.room.clock.at
    persons.room.clock.pass_by(days=3)

    moved = sweep_segments(persons.room.engine, "c-1", since)
    left = persons.profile("c-1")
    persons.customers.bring = bring  # type: ignore[method-assign]
    sweep_segments(persons.room.engine, "c-1", persons.room.clock.at)

    assert (member, moved, left.segments) == ({"active"}, True, frozenset())
    assert (len(left.merging), persons.profile("c-1").merging) == (1, ())
    assert persons.events("c-1") == ["b1", "d1"]


def test_a_sweep_asks_a_new_segment_whatever_it_depends_on() -> None:
    """One that only changes with what customers do was never asked of those who do nothing any more."""
    room = Room(WATCHED, segments=SEGMENTS + 'everybody: {when: customer.id != ""}\n')
    day = room.clock.at

    before = sweep_segments(room.engine, "ana", day)
    moved = sweep_segments(room.engine, "ana", day, {"everybody"})

    assert (before, moved, members(room)) == (False, True, {"everybody"})


def test_nobody_becomes_known_by_being_swept() -> None:
    """Who was erased meanwhile stays so, even where a segment holds of everybody."""
    room = Room(WATCHED, segments='all: {when: \'!did("did_it", "1 day")\'}')

    moved = sweep_segments(room.engine, "nobody")

    assert (moved, room.customers.load("nobody").revision) == (False, 0)


def test_a_segment_of_the_engaged_follows_feedback_and_time() -> None:
    """Opens, clicks and replies of a person; what a machine opened counts for nothing."""
    room = Room(
        "enter: {on: {entered_segment: awake}}\nwhile_running: [{on: {left_segment: awake}, do: exit, reason: dozed}]\n"
        "steps: [{wait: 90 days}]",
        segments='awake: {when: \'engaged("email", "30 days")\'}',
    )
    room.happen("message_opened", "m", channel="email", machine=True)
    room.happen("message_clicked", "s", channel="sms")
    nothing = members(room)
    room.happen("message_opened", "o", channel="email", run="x", step="y")
    opened = members(room)
    since = room.clock.at

    room.clock.pass_by(days=31)
    sweep_segments(room.engine, "ana", since)

    assert (nothing, opened, members(room)) == (set(), {"awake"}, set())
    assert room.told("entered", "exited") == ["entered", "exited exit:dozed"]


def test_a_segment_of_those_who_want_a_topic_follows_their_word() -> None:
    """Consent is asked again with each word about it."""
    room = Room(
        "enter: {on: {left_segment: readers}}\nsteps: [{wait: 1 day}]",
        segments='readers: {when: \'consented("news", "email")\'}',
    )
    room.happen("customer_updated", becomes={"plan": "pro"})
    before = members(room)

    room.happen("unsubscribed", topic="news", channel="email")

    assert (before, members(room)) == ({"readers"}, set())
    assert room.told("entered") == ["entered"]


def test_messages_and_values_say_traits() -> None:
    """A number that is nothing yet is 0, anything else is asked for by a default, as an attribute would be."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - {update: {plan: customer.latest, score: customer.total}}
          - {id: s, send: hello, via: [sms]}
        """,
        segments=SEGMENTS,
        message="sms: \"{{ customer.doings }} of {{ customer.top | default: 'nothing' }}: {{ customer.total }}. STOP\"",
        person=ANA,
    )
    room.happen("did_it", ref="a", n=2)
    room.happen("began")
    states = room.payload("update_1")

    after = do_step(room.engine, states)
    do_send(room.engine, room.payload("s", after.get("state", after)))

    assert room.customers.load("ana").profile.attributes == {"plan": "a", "score": 2}
    assert [one.rendered.parts["body"] for one in room.sms.taken] == ["1 of a: 2. STOP"]


def test_an_event_that_is_stored_meanwhile_is_counted_once() -> None:
    """Of what was worked out beside the storage nothing is kept, once the storage knows the event."""
    room = Room(WATCHED, segments=SEGMENTS)
    profile, event = (
        room.customers.load("ana").profile,
        Event("e", "did_it", room.clock.at, {"n": 1}, room.clock.at),
    )
    before = View(room.engine, profile, room.clock.at, arrived=event)
    told = before.customer.get("doings")
    room.customers.commit(room.customers.load("ana"), Change(event=event))

    after = View(room.engine, profile, room.clock.at, traits=before.traits)

    assert (told, after.customer.get("doings"), after.customer.get("total")) == (1, 1, 1)

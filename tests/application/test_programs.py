"""What a program opened or clicked: kept and told, and to journeys, waits, goals, segments and traits it never was."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.application.send import do_send
from sojourn.application.waiting import begin_waiting
from sojourn.domain.customer.rows import Send
from sojourn.domain.decide.machines import TOO_SOON
from tests.support.engine_room import Room

SENDS = """
enter: {on: began}
steps:
  - {id: s, send: hello, via: [%s]}
  - {id: w, wait_for: [{clicked: s, steps: [{exit: clicked}]}, {opened: s, steps: [{exit: opened}]}], up_to: 3 days}
"""
WAITS = """
enter: {on: began}
steps:
  - {id: w, wait_for: [{event: %s, steps: [{exit: seen}]}], up_to: 3 days}
"""
ENDS = "enter: {on: began}\n%s\nsteps: [{wait: 1 day}]"
PAGE = "https://acme.example/"


def waiting(via: str = "email") -> tuple[Room, Send]:
    """Return a room in which ana has got a message and her run waits for what she does with it; and the message."""
    room = Room(SENDS % via)
    room.happen("began")
    state = do_send(room.engine, room.payload("s"))
    begin_waiting(room.engine, room.payload("w", state=state, token="T"))
    return room, room.customers.sends("ana")[-1]


def followed(room: Room, send: Send, event_id: str, name: str = "message_clicked") -> None:
    """Let somebody follow a link of ours, as the function that answers it tells."""
    about = {
        "send": send.id,
        "run": send.run,
        "step": send.step,
        "journey": send.journey,
        "message": send.message,
    }
    room.happen(name, event_id, channel=send.channel, **about)


@pytest.mark.parametrize("name", ["message_clicked", "message_opened"])
def test_a_link_of_ours_followed_sooner_than_anybody_reads_releases_nothing(name: str) -> None:
    """A scanner that calls itself a browser: kept as a program's, with how it was known; the reader's counts."""
    room, send = waiting()
    room.clock.pass_by(seconds=TOO_SOON["opened"] - 0.1)

    followed(room, send, "c1", name)
    (kept,) = room.customers.events("ana", name)
    soon = (room.executions.answered, room.run().engaged, room.customers.sends("ana")[-1].did)
    room.clock.pass_by(seconds=30)
    # In the same minute, by the same link: our function gives it the same id.
    followed(room, send, "c1", name)

    did = name.removeprefix("message_")
    assert (kept.properties["machine"], kept.properties["reason"]) == (True, "too_soon")
    assert not {"run", "step"} & kept.properties.keys()
    assert soon == ([], {}, {f"{did}.machine"})
    assert room.customers.sends("ana")[-1].did == {f"{did}.machine", did}
    assert room.told("exited") == [f"exited exit:{did}"]


def test_one_that_is_told_twice_is_one() -> None:
    """A second delivery of what came too soon is known, as any other."""
    room, send = waiting()

    followed(room, send, "c1")
    followed(room, send, "c1")

    assert len(room.customers.events("ana", "message_clicked")) == 1


def test_a_push_is_read_as_it_appears() -> None:
    """In somebody's hand a second is enough."""
    room, send = waiting("push")
    room.clock.pass_by(seconds=1)

    followed(room, send, "c1")

    assert room.told("exited") == ["exited exit:clicked"]


def test_the_time_counts_from_the_claim_so_that_a_second_delivery_is_the_first() -> None:
    """What is told of the message in between, and later messages, make no other event of it."""
    room, send = waiting()
    room.clock.pass_by(seconds=30)
    followed(room, send, "c1")

    room.happen("message_sent", "s1", send=send.id, channel="email")
    followed(room, send, "c1")

    assert [event.id for event in room.customers.events("ana", "message_clicked")] == ["c1"]
    assert room.told("exited") == ["exited exit:clicked"]


@pytest.mark.parametrize("name", ["message_opened", "message_clicked"])
def test_under_whatever_name_it_acts_on_nothing(name: str) -> None:
    """A wait for the event itself, a journey that begins with it, a goal, and what is done while running."""
    room = Room(
        WAITS % name, f"enter: {{on: {name}}}\nsteps: [{{wait: 1 day}}]", ENDS % f"goal: {{event: {name}}}",
        ENDS % f"while_running: [{{on: {name}, do: exit}}]",
    )  # fmt: skip
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="T"))
    before = room.told("entered", "exited", "goal", "resumed")

    room.happen(name, "m1", channel="email", machine=True)
    nothing = room.told("entered", "exited", "goal", "resumed")
    room.happen(name, "r1", channel="email")

    assert nothing == before
    assert [one.id for one in room.customers.events("ana", name)] == ["m1", "r1"]
    assert len(room.told("exited")) == 3
    assert room.told("goal") == [f"goal {name}"]


def test_one_that_came_before_the_wait_releases_it_neither() -> None:
    """What came since the run entered counts for a wait that begins later, but for this."""
    room = Room(WAITS % "message_opened")
    room.happen("began")
    room.happen("message_opened", "m1", channel="email", machine=True)

    begin_waiting(room.engine, room.payload("w", token="T"))

    assert room.told("resumed") == []


SEGMENTS = """
readers: {when: 'did("message_opened", "7 days") && times("message_opened") > 0 && last("message_opened") <= now'}
often: {when: customer.openings > 0}
openings: {count: message_opened}
"""


def test_conditions_segments_and_traits_do_not_see_it() -> None:
    """Neither when it comes nor when they are asked later; a reader's opening they see."""
    room = Room(ENDS % "", segments=SEGMENTS)

    room.happen("message_opened", "m1", channel="email", machine=True)
    room.happen("changed", "e2", {"plan": "pro"})
    by_program = segments(room)
    room.happen("message_opened", "r1", channel="email")

    assert (by_program, segments(room)) == (frozenset(), {"readers", "often"})


def segments(room: Room) -> Any:
    return room.customers.load("ana").profile.segments


def test_an_event_of_your_own_may_say_machine() -> None:
    """Only what is told of messages is meant: a washing machine may begin a journey."""
    room = Room("enter: {on: began}\nsteps: [{wait: 1 day}]")

    room.happen("began", machine=True)

    assert room.told("entered") == ["entered"]

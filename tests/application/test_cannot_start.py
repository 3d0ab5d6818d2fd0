"""A run that cannot be started stands in nobody's way: neither of other runs nor of its own customer for ever."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from sojourn.application.completing import OVERDUE
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.errors import RunEnded, RunParked, TransientError
from tests.support.engine_room import Crash, Room

ENTERS = "enter: {on: did_it, again: always}\nsteps: [{wait: 1 day}]"
WAITS = "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days}, {wait: 1 day}]"
RESTARTS = "enter: {on: began}\nwhile_running: [{on: did_it, do: restart}]\nsteps: [{wait: 1 day}]"
PARKS = "enter: {on: began}\nsteps: [{wait: 400 days}, {id: s, send: hello}]"
STARTS = "enter: {on: began}\ngoal: {event: did_it}\nsteps: [{id: s, %s}, {wait: 1 day}]"
ELSEWHERE = {
    "start": (STARTS % "start: k", "enter: {on: api}\nsteps: [{wait: 1 day}]"),
    "segment": (
        STARTS % "update: {plan: pro}",
        "enter: {on: {entered_segment: pros}}\nsteps: [{wait: 1 day}]",
    ),
}
"""Journeys whose step `s` enters the customer into another, and that other one."""


def ended(room: Room, journey: str) -> str:
    """Return how a run ended; "" where it goes on."""
    return room.run(journey).exit_reason


@pytest.mark.parametrize("gone", ["j", "k"])
def test_a_run_whose_machine_is_gone_fails_and_the_others_begin(gone: str) -> None:
    """One event enters both; the one that can be started is, and the event is done with."""
    room = Room(ENTERS, ENTERS)
    room.executions.gone = {gone}
    other = "k" if gone == "j" else "j"

    stored = room.happen("did_it")

    assert (stored, ended(room, gone), ended(room, other)) == (True, "failed", "")
    assert list(room.executions.started) == [room.run(other).execution]
    assert room.told("failed", "exited") == ["failed MachineGone", "exited failed"]
    assert (
        "StateMachineDoesNotExist"
        in next(one for one in room.happened if one.what == "failed").details["cause"]
    )


def test_the_next_event_enters_again_once_the_machine_is_back() -> None:
    """The run that failed is over: it does not keep its customer out."""
    room = Room(ENTERS)
    room.executions.gone = {"j"}
    room.happen("did_it", "e1")
    room.executions.gone.clear()

    room.happen("did_it", "e2")

    assert room.told("entered", "not_entered") == ["entered", "entered"]
    assert list(room.executions.started) == [room.run().execution]


@pytest.mark.parametrize("order", [(RESTARTS, WAITS), (WAITS, RESTARTS)], ids=["first", "last"])
def test_a_start_that_fails_for_now_keeps_no_wait_from_its_answer(order: tuple[str, str]) -> None:
    """All is tried; then the event fails, comes again, and makes good what is left."""
    room = Room(*order)
    starts, waits = ("j", "k") if order[0] == RESTARTS else ("k", "j")
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1", journey=waits))
    room.executions.shut = {starts}

    with pytest.raises(TransientError):
        room.happen("did_it", "e1")
    answered = [token for token, _ in room.executions.answered]
    room.executions.shut.clear()
    room.happen("did_it", "e1")

    assert answered == ["t1"]
    assert room.run(starts).execution in room.executions.started


def test_what_is_completed_is_completed_as_far_as_it_can_be() -> None:
    """A second delivery starts, stops and answers whatever it can, though one start fails again."""
    room = Room(ENTERS, WAITS, "enter: {on: began}\ngoal: {event: did_it}\nsteps: [{wait: 1 day}]")
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1", journey="k"))
    room.executions.before.append(Crash())
    with pytest.raises(Crash):
        room.happen("did_it", "e1")
    room.executions.shut = {"j"}

    with pytest.raises(TransientError):
        room.happen("did_it", "e1")

    assert [token for token, _ in room.executions.answered] == ["t1"]
    assert room.run("l").execution in room.executions.stopped


def test_a_run_that_cannot_go_on_in_its_next_execution_fails() -> None:
    """Its event released it out of a parked wait; what should begin now has no machine."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 500 days}, {id: s, send: hello}]"
    )
    room.happen("began")
    with pytest.raises(RunParked):
        begin_waiting(room.engine, room.payload("w", token="t1"))
    room.executions.gone = {"j"}

    room.happen("did_it")

    assert (ended(room, "j"), room.customers.load("ana").waiters) == ("failed", {})


def test_a_parked_run_whose_journey_was_taken_out_fails_with_the_next_event() -> None:
    """Its schedule fired at nothing: any event of the customer ends it, so that they can enter again."""
    room = Room(PARKS)
    room.happen("began")
    room.executions.gone = {"j"}
    room.clock.pass_by(days=400)
    room.clock.at += OVERDUE

    room.happen("did_it")

    assert room.told("failed", "exited") == ["failed MachineGone", "exited failed"]
    assert ended(room, "j") == "failed"


def test_the_event_itself_may_enter_the_journey_again() -> None:
    """A run that failed by it is not running already."""
    room = Room(PARKS.replace("on: began", "on: began, again: always"))
    room.happen("began", "e1")
    room.executions.gone = {"j"}
    room.clock.pass_by(days=401)

    room.happen("began", "e2")

    assert room.told("entered", "not_entered") == ["entered", "entered"]
    assert room.run().entered == room.clock.at


@pytest.mark.parametrize(("late", "started"), [(OVERDUE, 1), (OVERDUE - timedelta(seconds=1), 0)])
def test_a_parked_run_that_nobody_started_is_started_by_the_next_event(late: timedelta, started: int) -> None:
    """An hour after its time no schedule comes any more; until then it may."""
    room = Room(PARKS)
    room.happen("began")
    room.executions.started.clear()
    room.clock.pass_by(days=400)
    room.clock.at += late

    room.happen("did_it")

    assert len(room.executions.started) == started
    assert room.run().active


def test_a_parked_run_that_cannot_be_started_for_now_fails_no_event() -> None:
    """The event is stored and acts; the next one tries again."""
    room = Room(PARKS, ENTERS)
    room.happen("began")
    room.clock.pass_by(days=401)
    room.executions.shut = {"j"}

    assert room.happen("did_it") is True
    assert (room.run("j").active, room.run("k").active) == (True, True)


@pytest.mark.parametrize("how", ELSEWHERE)
def test_a_goal_does_not_lose_a_run_that_the_ended_one_entered(how: str) -> None:
    """Its step died before it could start the other one, and is stopped before it comes again."""
    room = Room(*ELSEWHERE[how])
    room.happen("began")
    payload = room.payload("s")
    room.executions.before.append(Crash())
    with pytest.raises(Crash):
        do_step(room.engine, payload)

    room.happen("did_it")
    with suppress(RunEnded):
        do_step(room.engine, payload)

    assert (ended(room, "j"), room.run("k").active) == ("goal", True)
    assert room.run("k").execution in room.executions.started

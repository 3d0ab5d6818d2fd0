"""An operator redrives an execution that failed: its run goes on, and nobody gets a message twice.

A redriven execution keeps its name and enters the state that failed anew, so that the instant at which it was entered
is another one (Step Functions, RedriveExecution).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sojourn.application.closing import close_run
from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.errors import RunEnded, SendHeld, Throttled
from tests.support.engine_room import Crash, Room

WAIT = "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 9 days}, {wait: 1 day}]"
ONCE = "enter: {on: began, again: always}\nsteps: [{id: s, send: hello}, {wait: 1 day}]"


def fail(room: Room, task: Callable[[Any, Any], object], payload: Any) -> None:
    """Let a task die, its execution fail, and its run be closed; then an hour passes."""
    with pytest.raises(Crash):
        task(room.engine, payload)
    close(room)


def close(room: Room) -> None:
    """Close the run because its execution failed; then an hour passes."""
    room.clock.pass_by(seconds=20)
    run = room.run()
    assert close_run(room.engine, "ana", run.id, run.execution, "Crash", "why")
    room.clock.pass_by(hours=1)


def test_a_message_the_provider_took_is_not_sent_again() -> None:
    """Nobody wrote down that it was taken; the redriven send finds its own claim."""
    room = Room(ONCE)
    room.happen("began")
    state = room.state()
    room.email.after.append(Crash())
    fail(room, do_send, room.payload("s", state))

    answer = do_send(room.engine, room.payload("s", state))

    assert len(room.email.taken) == 1
    assert room.told("failed", "exited", "resumed", "sent") == [
        "failed Crash", "exited failed", "resumed redriven", "sent s unknown"
    ]  # fmt: skip
    assert answer["next"] == "wait_1"
    run = room.run()
    assert (run.active, run.exit_reason, run.ended, run.needed_until) == (True, "", None, None)
    assert run.at == {"": "wait_1"}


def test_a_message_that_was_sent_and_written_down_is_answered_again() -> None:
    """The function died on its way back: the redriven send gives the same answer and asks nobody."""
    room = Room(ONCE)
    room.happen("began")
    state = room.state()
    first = do_send(room.engine, room.payload("s", state))
    close(room)

    again = do_send(room.engine, room.payload("s", state))

    assert again == first
    assert len(room.email.taken) == 1
    assert room.told("sent") == ["sent s"]
    assert (room.run().active, room.customers.load("ana").runs[("j", "")].status) == (True, "running")


def test_a_message_that_was_never_claimed_is_sent_now() -> None:
    """What failed came before it: there is nothing to be careful about."""
    room = Room(ONCE)
    room.happen("began")
    state = room.state()
    close(room)

    do_send(room.engine, room.payload("s", state))

    assert room.told("resumed", "sent") == ["resumed redriven", "sent s"]


def test_a_message_that_was_held_is_sent_once() -> None:
    """Held is not claimed; it goes out when the redriven send comes."""
    room = Room(ONCE)
    room.happen("began")
    state = room.state()
    room.email.before.append(Throttled("busy", 30.0))
    with pytest.raises(SendHeld):
        do_send(room.engine, room.payload("s", state))
    close(room)

    do_send(room.engine, room.payload("s", state))

    assert len(room.email.taken) == 1


def test_a_redrive_that_is_quicker_than_the_closing_sends_nothing_twice_either() -> None:
    """The run is still open then; the claim is the same."""
    room = Room(ONCE)
    room.happen("began")
    state = room.state()
    room.email.after.append(Crash())
    with pytest.raises(Crash):
        do_send(room.engine, room.payload("s", state))
    room.clock.pass_by(seconds=5)

    do_send(room.engine, room.payload("s", state))

    assert len(room.email.taken) == 1
    assert room.told("sent", "resumed") == ["sent s unknown"]


def test_the_next_round_of_a_loop_is_no_redrive() -> None:
    """The same step again, later: this time another message goes out."""
    room = Room("enter: {on: began}\nsteps: [{id: s, send: hello}, {wait: 1 day}, {goto: s, at_most: 2}]")
    room.happen("began")
    state = do_send(room.engine, room.payload("s", room.state()))
    room.clock.pass_by(days=1)
    state = do_step(room.engine, room.payload("goto_1: decide", state))

    do_send(room.engine, room.payload("s", state))

    assert len(room.email.taken) == 2
    assert len({outgoing.send.id for outgoing in room.email.taken}) == 2


def test_a_round_that_failed_is_redriven_for_itself() -> None:
    """What the round before came to is no answer for it."""
    room = Room("enter: {on: began}\nsteps: [{id: s, send: hello}, {goto: s, at_most: 2}]")
    room.happen("began")
    state = do_send(room.engine, room.payload("s", room.state()))
    close(room)

    do_send(room.engine, room.payload("s", state))

    assert len(room.email.taken) == 2


def test_an_event_that_was_not_put_on_the_bus_is_put_with_the_same_id() -> None:
    """The step was done and written; what was to follow is made good, once."""
    room = Room("enter: {on: began}\nsteps: [{id: s, emit: stopped, with: {ref: entry.ref}}, {wait: 1 day}]")
    room.happen("began", ref="r1")
    state = room.state()
    room.bus.before.append(Crash())
    fail(room, do_step, room.payload("s", state))

    do_step(room.engine, room.payload("s", state))

    assert [dict(event.properties) for event in room.bus.events] == [{"ref": "r1"}]
    assert room.told("emitted") == ["emitted s"]
    assert room.run().active


def test_a_wait_is_registered_anew() -> None:
    """Its first token died with the execution; an event answers the second."""
    room = Room(WAIT)
    room.happen("began")
    state = room.state()
    begin_waiting(room.engine, room.payload("w", state, "t1"))
    close(room)
    begin_waiting(room.engine, room.payload("w", state, "t2"))
    room.clock.pass_by(hours=1)

    room.happen("did_it")

    assert [token for token, _ in room.executions.answered] == ["t2"]
    assert room.run().at == {"": "wait_1"}


def test_a_task_of_before_the_failure_opens_nothing() -> None:
    """A function that lived longer than its execution comes too late, and does nothing."""
    room = Room(ONCE)
    room.happen("began")
    stray = room.payload("s")
    close(room)

    with pytest.raises(RunEnded):
        do_send(room.engine, stray)

    assert room.email.taken == []
    assert not room.run().active


def test_who_reached_the_goal_or_entered_again_meanwhile_does_not_go_on() -> None:
    """The journey has done what it was for, or begun anew."""
    goal = Room("goal: {event: did_it, within: 30 days}\n" + ONCE)
    anew = Room(ONCE)
    for room, event in ((goal, "did_it"), (anew, "began")):
        room.happen("began", "e1")
        state, execution = room.state(), room.run().execution
        close(room)
        room.happen(event, "e2")

        with pytest.raises(RunEnded):
            do_send(room.engine, room.payload("s", state) | {"execution": execution})

        assert room.email.taken == []


def test_a_path_of_a_parallel_goes_on_where_it_was() -> None:
    """The run is in its parallel again, and at the step that was redriven."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - parallel:
              a: [{id: s, send: hello}, {wait: 1 day}]
              b: [{wait: 3 days}]
        """
    )
    room.happen("began")
    compiled = room.deployment.catalogue.current("j")
    assert compiled is not None
    parameters = compiled.definition["States"]["parallel_1"]["Branches"][0]["States"]["s"]["Parameters"]
    given = {name: part for name, part in parameters.items() if not name.endswith(".$")}

    def payload() -> Any:
        entered = room.clock.at.isoformat().replace("+00:00", "Z")
        return given | {"state": state, "entered": entered, "execution": room.run().execution}

    state = room.state()
    room.email.after.append(Crash())
    fail(room, do_send, payload())

    do_send(room.engine, payload())

    assert len(room.email.taken) == 1
    assert room.run().at == {"": "parallel_1", "parallel_1/a": "wait_1"}


@pytest.mark.parametrize("waits", [False, True], ids=["a task done", "a wait begun"])
def test_news_of_the_failure_that_comes_twice_does_not_end_what_was_redriven(waits: bool) -> None:
    """Once more, or days later out of a dead letter queue: it is about what happened before the redrive."""
    room = Room(WAIT if waits else "enter: {on: began}\nsteps: [{id: w, update: {score: 1}}, {wait: 1 day}]")
    room.happen("began")
    run, state = room.run(), room.state()
    task = begin_waiting if waits else do_step
    task(room.engine, room.payload("w", state, "t1" if waits else ""))
    stopped = room.clock.at
    close(room)
    task(room.engine, room.payload("w", state, "t2" if waits else ""))
    room.clock.pass_by(hours=1)

    again = close_run(room.engine, "ana", run.id, run.execution, "Crash", "why", stopped)

    assert (again, room.run().active) == (False, True)
    room.happen("did_it")
    assert [token for token, _ in room.executions.answered] == ["t2"] * waits


def test_news_that_comes_after_a_quick_redrive_does_not_end_it_either() -> None:
    """The redriven task was answered from what is written; that it came again is noted."""
    room = Room(ONCE)
    room.happen("began")
    state = room.state()
    do_send(room.engine, room.payload("s", state))
    stopped = room.clock.at
    room.clock.pass_by(seconds=30)
    do_send(room.engine, room.payload("s", state))
    run = room.run()

    closed = close_run(room.engine, "ana", run.id, run.execution, "Crash", "why", stopped)

    assert (closed, room.run().active) == (False, True)


def test_a_second_failure_ends_the_run_again() -> None:
    """What was redriven failed later than it was entered."""
    room = Room(ONCE)
    room.happen("began")
    state = room.state()
    room.email.after.append(Crash())
    fail(room, do_send, room.payload("s", state))
    do_send(room.engine, room.payload("s", state))
    room.clock.pass_by(seconds=5)
    run = room.run()

    closed = close_run(room.engine, "ana", run.id, run.execution, "Crash", "why", room.clock.at)

    assert (closed, room.run().active) == (True, False)

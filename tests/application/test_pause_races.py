"""What happens at the moment of a pause, or of its end: nothing is sent twice, nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sojourn.application.pausing import Resumption, fell_due_at, resume_run
from sojourn.application.send import do_send
from sojourn.application.starting import PAUSED, STARTING
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.domain.compile.names import ANYWHERE
from sojourn.domain.control import USUAL
from sojourn.errors import NoSuchMachine, RunEnded, RunParked, SendHeld, Throttled, TransientError
from tests.support.engine_room import Crash, Room

ONCE = "enter: {on: began}\nsteps: [{id: s, send: hello}, {wait: 1 day}]"
REPEATED = "enter: {on: began}\nsteps: [{id: s, send: hello, delivery: at_least_once}, {wait: 1 day}]"
KEY = ("j", "")


def pause(room: Room, *, still: bool = False) -> None:
    """Pause the journey now."""
    control = room.deployment.catalogue.control("j")
    room.deployment.catalogue.controls["j"] = control.paused(room.clock.at, "ana", "why", still=still)


def resume(room: Room, **how: Any) -> Resumption:
    """Resume the journey now; return how."""
    control = room.deployment.catalogue.control("j").resumed(room.clock.at, "ana", "")
    room.deployment.catalogue.controls["j"] = control
    return Resumption(control, room.clock.at, **how)


def away(room: Room, journey: str = ONCE) -> None:
    """Let ana come to the send while the journey is paused."""
    room.happen("began")
    pause(room)
    with pytest.raises(RunParked):
        do_send(room.engine, room.payload("s"))


def sent_after(room: Room, how: Resumption) -> None:
    """Let the run go on, and its send be done."""
    resume_run(room.engine, "ana", KEY, how)
    do_send(room.engine, room.payload("s"))


def test_a_message_whose_provider_was_called_when_the_pause_began_is_settled() -> None:
    """What is out is out, and nobody knows it but the row: the answer must not be lost."""
    room = Room(ONCE)
    room.happen("began")
    payload = room.payload("s")
    room.customers.meanwhile = [None, lambda: pause(room), lambda: room.happen("did_it")]

    do_send(room.engine, payload)

    assert (len(room.email.taken), room.told("sent", "held")) == (1, ["sent s"])


@pytest.mark.parametrize(("journey", "sent"), [(ONCE, ["sent s unknown"]), (REPEATED, ["held s paused"])])
def test_a_message_that_may_be_out_is_not_repeated_during_the_pause(journey: str, sent: list[str]) -> None:
    """One that is sent once stays unknown, as it would without a pause; one that must arrive waits for its end."""
    room = Room(journey)
    room.happen("began")
    payload = room.payload("s")
    room.email.after.append(Crash())
    with pytest.raises(Crash):
        do_send(room.engine, payload)
    pause(room)
    if journey is ONCE:
        do_send(room.engine, payload)
    else:
        with pytest.raises(RunParked):
            do_send(room.engine, payload)

    assert (len(room.email.taken), room.told("sent", "held")) == (1, sent)
    if journey is REPEATED:
        first = room.email.taken[0].send.id
        room.clock.pass_by(days=3)
        sent_after(room, resume(room, due="drop"))
        assert [one.send.id for one in room.email.taken] == [first, first]


def test_a_message_its_provider_refused_to_take_is_not_tried_again_during_the_pause() -> None:
    """It is held for its provider; when it comes again, the journey is paused."""
    room = Room(ONCE)
    room.happen("began")
    room.email.before.append(Throttled("busy", 30.0))
    with pytest.raises(SendHeld):
        do_send(room.engine, room.payload("s"))
    state = room.state()
    room.clock.pass_by(minutes=2)
    pause(room)
    with pytest.raises(RunParked):
        do_send(room.engine, room.payload("s", state))

    sent_after(room, resume(room))

    assert room.told("held", "sent") == ["held s provider: busy", "held s paused", "sent s"]
    assert len(room.email.taken) == 1


def test_the_task_that_stopped_comes_again_and_hears_the_same() -> None:
    """Lambda repeats it: it is told once, and nothing is started."""
    room = Room(ONCE)
    room.happen("began")
    pause(room)
    payload = room.payload("s")
    for _ in range(2):
        with pytest.raises(RunParked):
            do_send(room.engine, payload)

    assert room.told("held") == ["held s paused"]
    assert list(room.executions.started) == [room.run().id]


def test_the_task_of_before_the_pause_does_nothing_once_the_run_went_on() -> None:
    """Another execution has the run; one that could not be started is."""
    room = Room(ONCE)
    room.happen("began")
    stray = room.payload("s")
    pause(room)
    with pytest.raises(RunParked):
        do_send(room.engine, stray)
    room.executions.before.append(Crash())
    with pytest.raises(Crash):
        resume_run(room.engine, "ana", KEY, resume(room))

    with pytest.raises(RunEnded):
        do_send(room.engine, stray)

    assert room.run().execution in room.executions.started
    do_send(room.engine, room.payload("s"))
    assert len(room.email.taken) == 1


def test_a_resume_that_dies_before_it_starts_the_run_is_made_good_by_the_next() -> None:
    """What to start, and with what, is written before; the second call starts the same."""
    room = Room(ONCE)
    away(room)
    how = resume(room)
    room.executions.before.append(Crash())
    with pytest.raises(Crash):
        resume_run(room.engine, "ana", KEY, how)

    came = resume_run(room.engine, "ana", KEY, how)

    run = room.run()
    assert came.what == "nothing"
    assert (run.execution, run.execution in room.executions.started) == (f"{run.id}-1{ANYWHERE}", True)


def test_whoever_resumes_hears_that_there_is_no_machine_yet() -> None:
    """It is made then, and the same call again starts the run; anybody else is to try again later."""
    room = Room(ONCE)
    away(room)
    how = resume(room)
    room.executions.before += [NoSuchMachine("j"), NoSuchMachine("j")]
    with pytest.raises(NoSuchMachine):
        resume_run(room.engine, "ana", KEY, how)
    with pytest.raises(TransientError):
        do_send(
            room.engine,
            room.payload("s", {"run": room.run().id, "customer": "ana", "steps": {}}) | {"execution": "x"},
        )

    resume_run(room.engine, "ana", KEY, how)

    assert room.run().execution in room.executions.started


def test_an_event_at_the_moment_of_resuming_is_seen() -> None:
    """The run ends by it, and is not started after that."""
    room = Room("goal: {event: did_it}\n" + ONCE)
    away(room)
    room.customers.meanwhile = [lambda: room.happen("did_it")]

    came = resume_run(room.engine, "ana", KEY, resume(room))

    assert (came.what, room.run().exit_reason) == ("nothing", "goal")
    assert list(room.executions.started) == [room.run().id]


def test_a_run_that_is_away_is_started_by_nobody_else() -> None:
    """Neither an event, nor one delivered twice, nor whoever looks for what is overdue."""
    room = Room(ONCE)
    away(room)
    room.clock.pass_by(days=2)

    for _ in range(2):
        room.happen("did_it", "e9")

    assert (PAUSED in room.run().last, STARTING in room.run().last) == (True, False)
    assert list(room.executions.started) == [room.run().id]


def test_when_something_fell_due_is_known_of_those_who_stopped_at_it() -> None:
    """Not of a run that goes on, that is not there, or that has time left to wait."""
    room = Room(ONCE)
    room.happen("began")
    at = room.clock.at
    assert fell_due_at(room.engine, "ana", KEY, USUAL) is None
    pause(room)
    with pytest.raises(RunParked):
        do_send(room.engine, room.payload("s"))
    room.clock.pass_by(hours=2)

    assert fell_due_at(room.engine, "ana", KEY, resume(room).control) == at
    assert fell_due_at(room.engine, "ben", KEY, USUAL) is None


def test_a_wait_that_was_being_registered_goes_on_as_it_began() -> None:
    """Its function died, and comes again when the clocks stand still: it waits already."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 9 days}, {wait: 1 day}]"
    )
    room.happen("began")
    payload = room.payload("w", token="t1")
    begin_waiting(room.engine, payload)
    pause(room, still=True)

    begin_waiting(room.engine, payload | {"token": "t2"})
    room.happen("did_it")

    assert [token for token, _ in room.executions.answered] == ["t2"]


def test_an_event_that_releases_a_wait_the_machine_took_for_over_starts_no_second_way() -> None:
    """The machine went on to the wait that follows: its execution is stopped, and the run goes on once."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 3 hours}, {wait: 9 hours},"
        " {id: u, update: {score: 1}}]"
    )
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1"))
    first = room.run().execution
    pause(room, still=True)
    room.clock.pass_by(hours=2)
    resume(room)
    room.clock.pass_by(hours=2)
    stray = room.payload("u", room.state())

    room.happen("did_it")

    run = room.run()
    assert (room.executions.stopped, room.executions.answered) == ([first], [])
    assert (run.execution, run.at) == (f"{run.id}-1{ANYWHERE}", {"": "wait_1"})
    with pytest.raises(RunEnded):
        do_step(room.engine, stray)


@pytest.mark.parametrize(("minutes", "came"), [(0, "drops"), (10, "goes_on")])
def test_what_falls_due_in_a_later_pause_is_not_dropped_by_who_ended_the_first(
    minutes: int, came: str
) -> None:
    """To go through all runs takes a while, and somebody may pause and resume once more meanwhile."""
    room = Room(ONCE)
    pause(room)
    dropping = resume(room, due="drop")
    room.clock.at += timedelta(minutes=minutes)
    away(room)
    resume(room)

    became = resume_run(room.engine, "ana", KEY, dropping)

    assert became.what == came

"""What is left of a run that ended: little, for as long as it is asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sojourn.application.closing import close_run
from sojourn.application.step import do_step
from sojourn.domain.decide.ending import RECENTLY
from tests.support.engine_room import START, Crash, Room

GOAL = "goal: {event: did_it, where: event.ref == entry.ref, within: 10 days}\n"
STEPS = "enter: {on: began, again: %s}\n%ssteps: [{id: s, update: {plan: pro}}]"
WAITS = "enter: {on: began, again: always}\nwhile_running: [{on: stopped, do: exit}]\nsteps: [{wait: 9 days}]"


def test_an_ended_run_is_written_small() -> None:
    """No entry, no waits released, nobody's clicks, and nowhere; what `again` asks stays."""
    room = Room(WAITS.replace("always", "after 28 days"))
    room.happen("began", ref="r1")
    room.happen("message_opened", run=room.run().id, step="s")
    room.clock.pass_by(hours=1)

    room.happen("stopped")

    run = room.run()
    assert (dict(run.entry), dict(run.engaged), run.released, dict(run.last), dict(run.at)) == (
        {},
        {},
        (),
        {},
        {},
    )
    assert (run.exit_reason, run.ended) == ("exit:stopped", START + timedelta(hours=1))
    assert run.needed_until == START + timedelta(days=28)


def test_a_late_goal_still_reads_the_entry() -> None:
    """With a condition on what the run was about, within its time."""
    room = Room(STEPS % ("always", GOAL))
    room.happen("began", ref="r1")
    do_step(room.engine, room.payload("s"))
    kept = room.run()

    room.happen("did_it", "other", ref="r2")
    room.happen("did_it", "own", ref="r1")

    assert (kept.entry, kept.needed_until) == ({"ref": "r1"}, START + timedelta(days=10))
    assert room.told("goal") == ["goal did_it"]
    assert room.run().needed_until == START + RECENTLY


def test_a_goal_that_came_late_keeps_out_for_ever() -> None:
    """Where a customer enters again unless they reached it."""
    room = Room(STEPS % ("unless goal", "goal: {event: did_it, within: 10 days}\n"))
    room.happen("began")
    do_step(room.engine, room.payload("s"))

    room.happen("did_it")

    assert room.run().needed_until is None


def test_what_is_done_to_messages_of_an_ended_run_is_not_noted() -> None:
    """Nobody can ask any more, and its row would be written for every click; for a late goal it is noted."""
    for goal, noted in (("", {}), (GOAL, {"s": frozenset({"clicked"})})):
        room = Room(STEPS % ("always", goal))
        room.happen("began")
        do_step(room.engine, room.payload("s"))

        room.happen("message_clicked", run=room.run().id, step="s")

        assert room.run().engaged == noted


def test_an_execution_that_was_not_stopped_is_stopped_when_the_event_comes_again() -> None:
    """The run's end was written; stopping failed, and the event's second delivery does it."""
    room = Room(WAITS)
    room.happen("began")
    room.executions.before.append(Crash())
    with pytest.raises(Crash):
        room.happen("stopped", "e1")

    again = room.happen("stopped", "e1")

    assert not again
    assert room.executions.stopped == [room.run().execution]
    assert room.told("exited") == ["exited exit:stopped"]


def test_only_what_ended_lately_and_from_outside_is_stopped_again() -> None:
    """Not what came to its end by itself, nor what failed, nor what ended days ago."""
    done = Room(STEPS % ("always", ""))
    done.happen("began", "e1")
    do_step(done.engine, done.payload("s"))
    failed = Room(WAITS)
    failed.happen("began", "e1")
    close_run(failed.engine, "ana", failed.run().id, failed.run().execution, "Broken", "why")
    old = Room(WAITS)
    old.happen("began", "e1")
    old.happen("stopped")
    old.executions.stopped.clear()
    old.clock.pass_by(days=1)

    for room in (done, failed, old):
        room.happen("began", "e1")

        assert room.executions.stopped == []

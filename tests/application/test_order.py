"""In which order things act on one customer, as docs/routing.md says: one test for each of its rules."""

from __future__ import annotations

from functools import partial

import pytest

from sojourn.application.send import do_send
from sojourn.application.waiting import begin_waiting
from sojourn.errors import RunEnded
from tests.support.engine_room import Room

WAITS_AND_ENDS = """
enter: {on: began, again: always}
%s
steps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days}, {id: s, send: hello}]
"""


def waiting_room(rules: str) -> Room:
    """Let ana wait for `did_it`, in a journey with these rules besides."""
    room = Room(WAITS_AND_ENDS % rules)
    room.happen("began", "e1")
    begin_waiting(room.engine, room.payload("w", token="t1"))
    return room


@pytest.mark.parametrize(
    ("rules", "ends"),
    [
        ("goal: {event: did_it}", "goal"),
        ("while_running: [{on: did_it, do: exit, reason: done}]", "exit:done"),
        ("goal: {event: did_it}\nwhile_running: [{on: did_it, do: restart}]", "goal"),
    ],
)
def test_ending_goes_before_releasing_and_the_goal_before_all(rules: str, ends: str) -> None:
    """One event is a goal, ends the run and releases its wait: the first of these three happens, and nothing else."""
    room = waiting_room(rules)

    room.happen("did_it")

    assert room.told("exited", "resumed", "restarted") == [f"exited {ends}"]
    assert room.executions.answered == []
    assert room.executions.stopped == [room.run().execution]


def test_who_begins_again_does_not_enter_besides() -> None:
    """The event that restarts a run is one of those the journey is entered on: there is one new run."""
    room = Room(
        "enter: {on: began, again: always}\nwhile_running: [{on: began, do: restart}]\nsteps: [{wait: 1 day}]"
    )
    room.happen("began", "e1")

    room.happen("began", "e2")

    assert room.told("entered", "not_entered", "exited", "restarted") == [
        "entered", "restarted began", "exited restarted", "entered",
    ]  # fmt: skip
    assert room.run().entry_id == "e2"


def test_a_restart_while_a_message_is_with_its_provider() -> None:
    """The message is out, once, and its row says so; the old run tells nothing more, the new one sends its own."""
    room = Room(
        "enter: {on: began, again: always}\nwhile_running: [{on: again, do: restart}]\nsteps: [{id: s, send: hello}]"
    )
    room.happen("began", "e1")
    first = room.payload("s")
    room.customers.meanwhile = [None, partial(room.happen, "again", "a1")]

    with pytest.raises(RunEnded):
        do_send(room.engine, first)
    with pytest.raises(RunEnded):
        do_send(room.engine, first)

    assert [send.status for send in room.customers.sends("ana")] == ["sent"]
    assert room.told("entered", "exited", "sent") == ["entered", "exited restarted", "entered"]
    do_send(room.engine, room.payload("s"))
    assert len(room.email.taken) == 2
    assert len({send.run for send in room.customers.sends("ana")}) == 2


def test_a_restart_before_the_claim_sends_the_new_runs_message_alone() -> None:
    """The claim asks whether the run is still on: it is another one by now."""
    room = Room(
        "enter: {on: began, again: always}\nwhile_running: [{on: again, do: restart}]\nsteps: [{id: s, send: hello}]"
    )
    room.happen("began", "e1")
    first = room.payload("s")
    room.customers.meanwhile = [partial(room.happen, "again", "a1")]

    with pytest.raises(RunEnded):
        do_send(room.engine, first)

    assert room.email.taken == []
    do_send(room.engine, room.payload("s"))
    assert len(room.email.taken) == 1


def test_an_event_before_its_wait_is_registered_releases_it() -> None:
    """It came after the run had entered: the wait finds it when it begins, and is over at once."""
    room = Room(WAITS_AND_ENDS % "")
    room.happen("began", "e1")
    room.clock.pass_by(minutes=1)
    room.happen("did_it", "d1")
    room.clock.pass_by(minutes=1)

    begin_waiting(room.engine, room.payload("w", token="t1"))

    assert [token for token, _ in room.executions.answered] == ["t1"]


def test_an_event_before_the_run_releases_nothing() -> None:
    """What a customer did before they entered is no answer to what the run asks."""
    room = Room(WAITS_AND_ENDS % "")
    room.happen("did_it", "d1")
    room.clock.pass_by(minutes=1)
    room.happen("began", "e1")

    begin_waiting(room.engine, room.payload("w", token="t1"))

    assert room.executions.answered == []


def test_of_two_events_each_releases_a_wait_of_its_own() -> None:
    """They come together: the first has the first wait, the second the next; none has both."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days},"
        " {id: v, wait_for: [{event: did_it}], up_to: 2 days}, {wait: 1 day}]"
    )
    room.happen("began", "e1")
    begin_waiting(room.engine, room.payload("w", token="t1"))
    room.clock.pass_by(minutes=1)
    room.happen("did_it", "d1")
    room.happen("did_it", "d2")
    state = room.executions.answered[0][1]

    begin_waiting(room.engine, room.payload("v", state, token="t2"))

    assert [token for token, _ in room.executions.answered] == ["t1", "t2"]
    assert [event for _, event in room.run().released] == ["d1", "d2"]


def test_older_runs_are_asked_first() -> None:
    """Runs of several journeys hear of one event in the order in which they were entered."""
    ends = "enter: {on: %s, again: always}\ngoal: {event: did_it}\nsteps: [{wait: 1 day}]"
    room = Room(ends % "again", ends % "began")
    room.happen("began", "e1")
    room.clock.pass_by(minutes=1)
    room.happen("again", "e2")

    room.happen("did_it")

    assert [one.journey for one in room.happened if one.what == "exited"] == ["k", "j"]

"""Whatever is delivered twice happens once: Lambda, SQS and Step Functions all promise at least once, none exactly."""

from __future__ import annotations

import pytest

from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.domain.customer.rows import CustomerFile
from sojourn.errors import RunEnded, RunParked, SendHeld
from tests.support.engine_room import Room

STEPS = {
    "update": "{id: s, update: {plan: pro}}",
    "emit": "{id: s, emit: stopped, with: {ref: entry.ref}}",
    "start": "{id: s, start: k}",
    "call": "{id: s, call: 'https://api.shop.example/x'}",
}
OTHER = "enter: {on: api}\nsteps: [{wait: 1 day}]"


def written(file: CustomerFile) -> tuple[object, ...]:
    """Return what a customer's rows say, but for how often they were written."""
    return file.profile, file.runs, file.waiters, file.recent


@pytest.mark.parametrize("after", ["{wait: 1 day}", "{exit: over}"])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_step_done_twice_answers_the_same_and_writes_nothing_more(step: str, after: str) -> None:
    """The second delivery finds the answer of the first, whether the run goes on or ended with it."""
    room = Room(f"enter: {{on: began}}\nsteps: [{step}, {after}]", OTHER)
    room.happen("began", ref="r1")
    payload = room.payload("s")
    first = do_step(room.engine, payload)
    happened, rows = list(room.happened), written(room.customers.load("ana"))

    second = do_step(room.engine, payload)

    assert second == first
    assert room.happened == happened
    assert written(room.customers.load("ana")) == rows
    assert len({event.id for event in room.bus.events}) <= 1
    assert len(room.webhooks.calls) <= 1


def test_a_decision_made_twice_is_the_same_though_the_customer_changed() -> None:
    """The answer that was written holds; asking again could send the run two ways."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - wait: 1 day
          - id: b
            branch:
              - {when: customer.plan == "pro", steps: [{exit: pro}]}
              - else: [{wait: 1 day}]
        """
    )
    room.happen("began")
    payload = room.payload("b: decide")
    first = do_step(room.engine, payload)
    room.happen("did_it", becomes={"plan": "pro"})

    second = do_step(room.engine, payload)

    assert second == first
    assert [one.details["path"] for one in room.happened if one.what == "branched"] == ["else"]


def test_a_send_done_twice_reaches_the_customer_once() -> None:
    """The second delivery answers what the first did, and asks no provider."""
    room = Room("enter: {on: began}\nsteps: [{id: s, send: hello}, {wait: 1 day}]")
    room.happen("began")
    payload = room.payload("s")

    answers = [do_send(room.engine, payload) for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(room.email.taken) == 1
    assert room.told("sent") == ["sent s"]


def test_a_held_send_is_told_once() -> None:
    """A hold delivered twice is one hold, until the same instant."""
    quiet = 'quiet_hours: {sms: {from: "21:00", to: "08:00"}}'
    room = Room("enter: {on: began}\nsteps: [{id: s, send: hello, via: [sms]}]", workspace=quiet)
    room.happen("began")
    payload = room.payload("s")
    untils = []
    for _ in range(2):
        with pytest.raises(SendHeld) as held:
            do_send(room.engine, payload)
        untils.append(str(held.value))

    assert untils == ["2026-03-02T13:00:00Z"] * 2
    assert len(room.told("held")) == 1


WAITING = "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days}, {wait: 1 day}]"


def test_a_wait_registered_twice_is_one_wait() -> None:
    """Nothing is told twice, and nothing has timed out; the token that came last is the one to answer."""
    room = Room(WAITING)
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1"))
    begin_waiting(room.engine, room.payload("w", token="t2"))

    room.clock.pass_by(hours=1)
    room.happen("did_it")

    assert room.told("waiting", "timed_out", "resumed") == ["waiting w", "resumed w", "waiting wait_1"]
    assert [token for token, _ in room.executions.answered] == ["t2"]


def test_a_wait_released_before_its_registration_came_again_is_answered_again() -> None:
    """An event released it; the retry's new token gets the same answer instead of waiting for another event."""
    room = Room(WAITING)
    room.happen("began")
    state = room.state()
    first, second = (room.payload("w", state, token) for token in ("t1", "t2"))
    begin_waiting(room.engine, first)
    room.clock.pass_by(hours=1)
    room.happen("did_it")

    begin_waiting(room.engine, second)

    assert [token for token, _ in room.executions.answered] == ["t1", "t2"]
    assert room.executions.answered[0][1] == room.executions.answered[1][1]
    assert room.told("resumed") == ["resumed w"]


def test_a_second_visit_in_the_same_instant_is_another_wait() -> None:
    """Two events that came before let a loop pass its wait twice at once; neither pass is taken for the other."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - wait: 2 days
          - {id: w, wait_for: [{event: did_it}], up_to: 2 days}
          - {id: again, goto: w, at_most: 3}
        """
    )
    room.happen("began")
    state = room.state()
    for hours in (1, 2):
        room.clock.pass_by(hours=hours)
        room.happen("did_it")
    room.clock.pass_by(days=2)
    answers = []
    for n in range(2):
        begin_waiting(room.engine, room.payload("w", state, f"t{n}"))
        state = room.executions.answered[-1][1]
        answers.append(state["steps"]["again"]["count"])

    begin_waiting(room.engine, room.payload("w", state, "t2"))

    assert answers == [1, 2]
    assert [token for token, _ in room.executions.answered] == ["t0", "t1"]


def test_a_persons_task_raised_twice_is_the_same_task() -> None:
    """The event that raises it has one id, and the ledger tells it once."""
    room = Room("enter: {on: began}\nsteps: [{id: t, task: desk, title: Call, up_to: 1 day}]")
    room.happen("began")
    for token in ("t1", "t2"):
        begin_waiting(room.engine, room.payload("t", token=token))

    assert len({event.id for event in room.bus.events}) == 1
    assert room.told("tasked", "timed_out") == ["tasked t"]


def test_a_task_of_an_execution_the_run_has_left_changes_nothing() -> None:
    """The run ended, or goes on elsewhere: the old execution is told to end."""
    room = Room("enter: {on: began}\nsteps: [{id: s, update: {plan: pro}}, {wait: 1 day}]")
    room.happen("began")
    stale = room.payload("s") | {"execution": "another"}
    rows = written(room.customers.load("ana"))

    with pytest.raises(RunEnded):
        do_step(room.engine, stale)

    assert written(room.customers.load("ana")) == rows


def test_a_step_that_parks_its_run_says_so_again() -> None:
    """The second delivery does not let the old execution go on beside the new one."""
    room = Room("enter: {on: began}\nsteps: [{id: s, emit: stopped}, {wait: 400 days}]")
    room.happen("began")
    payload = room.payload("s")
    for _ in range(2):
        with pytest.raises(RunParked):
            do_step(room.engine, payload)

    assert sorted(room.executions.started) == [room.run().id, f"{room.run().id}-1"]
    assert room.told("emitted") == ["emitted s"]

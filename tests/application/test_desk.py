from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from sojourn.application.desk import OUTCOMES, REMEMBERED, Answer, TaskEnd, end_task
from sojourn.application.merging import Why, merge
from sojourn.application.ports import TaskRef
from sojourn.application.waiting import begin_waiting
from sojourn.domain.customer.rows import Change, Profile, changed
from sojourn.domain.time.instants import iso
from tests.support.engine_room import Room

TASK = """
enter: {on: began}
steps:
  - {id: call, task: sales-desk, title: Call about it, with: {ref: entry.ref}, up_to: 2 days}
  - branch:
      - {when: steps.call.outcome == "rescheduled", steps: [{wait: {until: steps.call.answer.until}}]}
      - {when: steps.call.answer.mood == "fine", steps: [{update: {plan: pro}}]}
      - else: [{update: {plan: lost}}]
  - wait: 1 day
"""


def room_with_task(journey: str = TASK) -> tuple[Room, TaskRef]:
    """Return a room where a task waits for a person, and which it is."""
    room = Room(journey)
    room.happen("began", ref="r1")
    begin_waiting(room.engine, room.payload("call", token="t1"))
    return room, TaskRef("ana", room.run().id, "call", room.clock.at)


def says(outcome: str, **noted: Any) -> Answer:
    return Answer(outcome, noted, "crm")


def goes_on(room: Room) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what the executions were answered with."""
    return room.executions.answered


def test_a_task_says_what_a_person_needs_to_know() -> None:
    """Whose it is and what about, until when, of which journey; and by what it is ended, where there is a way."""
    room = Room(TASK)
    room.engine = changed_engine(room, lambda ref: {"task_id": f"{ref.run}/{ref.step}", "url": "https://api"})
    room.happen("began", ref="r1")
    begin_waiting(room.engine, room.payload("call", token="t1"))

    (raised,) = room.bus.events
    run = room.run().id
    assert (raised.name, raised.customer, raised.run, raised.step) == ("task_raised", "ana", run, "call")
    assert raised.properties == {
        "task": "sales-desk", "title": "Call about it", "with": {"ref": "r1"}, "journey": "j",
        "until": iso(room.clock.at + timedelta(days=2)), "task_id": f"{run}/call", "url": "https://api",
    }  # fmt: skip


def changed_engine(room: Room, ticket: Any) -> Any:
    """Return the room's engine with another way to end tasks."""
    from dataclasses import replace

    return replace(room.engine, ticket=ticket)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_task_is_ended_once_and_repeated_as_often_as_anybody_likes(outcome: str) -> None:
    """Who presses twice hears the same twice; who says something else hears how it ended."""
    room, ref = room_with_task()
    other = next(one for one in OUTCOMES if one != outcome)

    ends = [
        end_task(room.engine, ref, answer)
        for answer in (
            says(outcome, mood="so"),
            says(outcome, mood="so"),
            says(other),
            says(outcome, mood="x"),
        )
    ]

    assert ends == [
        TaskEnd("ended", outcome), TaskEnd("repeated", outcome), TaskEnd("otherwise", outcome),
        TaskEnd("otherwise", outcome),
    ]  # fmt: skip
    assert room.told("resumed") == ["resumed call"]


def test_who_answered_hears_so_after_the_run_has_ended_too() -> None:
    """Its last step was the task: a repeated call still finds what became of it."""
    room, ref = room_with_task(
        "enter: {on: began}\nsteps: [{id: call, task: desk, title: Call, up_to: 1 day}]"
    )

    first, again = (end_task(room.engine, ref, says("completed")) for _ in range(2))

    assert (first.status, again.status, room.run().active) == ("ended", "repeated", False)


@pytest.mark.parametrize(
    ("answer", "next_", "told"),
    [
        (says("completed", mood="fine"), "branch", "completed"),
        (says("failed", notes="no answer" * 100), "branch", "failed"),
    ],
)
def test_the_outcome_and_the_notes_steer_the_journey(answer: Answer, next_: str, told: str) -> None:
    """What follows is decided by them at once; the ledger tells who said so, and the beginning of what they noted."""
    room, ref = room_with_task()

    end_task(room.engine, ref, answer)

    ((token, state),) = goes_on(room)
    (resumed,) = [one for one in room.happened if one.what == "resumed"]
    assert (token, state["steps"]["call"]["outcome"]) == ("t1", told)
    assert (resumed.details["path"], resumed.details["by"]) == (told, "crm")
    assert resumed.details.get("notes", "") == str(answer.noted.get("notes", ""))[:500]
    assert room.told("branched") != []


def test_a_task_that_is_put_off_waits_until_then() -> None:
    """The person says until when, and the step after the task reads it."""
    room, ref = room_with_task()
    until = room.clock.at + timedelta(days=3, hours=4)

    end_task(room.engine, ref, says("rescheduled", until=iso(until)))

    ((_, state),) = goes_on(room)
    assert datetime.fromisoformat(state["until"]) == until


def test_after_its_time_nobody_ends_a_task() -> None:
    """An answer exactly at the deadline is late."""
    room, ref = room_with_task()
    room.clock.pass_by(days=2)

    assert end_task(room.engine, ref, says("completed")) == TaskEnd("over")
    assert goes_on(room) == []


def test_a_task_of_a_run_that_ended_is_over() -> None:
    """The customer left, or reached the goal, while somebody was about to call."""
    room, ref = room_with_task(TASK + "while_running: [{on: did_it, do: exit, reason: gone}]")
    room.happen("did_it")

    assert end_task(room.engine, ref, says("completed")) == TaskEnd("over")


@pytest.mark.parametrize(
    "ref",
    [
        TaskRef("ana", "j-of-nobody", "call", datetime.fromisoformat("2026-03-02T12:00:00Z")),
        TaskRef("nobody", "j-of-nobody", "call", datetime.fromisoformat("2026-03-02T12:00:00Z")),
    ],
)
def test_a_task_of_nobody_is_over(ref: TaskRef) -> None:
    """Its customer was erased, or its run is no longer kept."""
    room, _ = room_with_task()

    assert end_task(room.engine, ref, says("completed")) == TaskEnd("over")


def test_an_earlier_visit_of_the_step_is_another_task() -> None:
    """A task that was raised again is not ended by the answer to the first one."""
    room, ref = room_with_task()

    early = end_task(room.engine, ref._replace(since=ref.since - timedelta(hours=1)), says("completed"))

    assert early == TaskEnd("over")
    assert goes_on(room) == []


def test_a_wait_is_no_task() -> None:
    """Nobody ends a wait for an event through the API for tasks."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: call, wait_for: [{event: did_it}], up_to: 1 day}, {wait: 1 day}]"
    )
    room.happen("began")
    begin_waiting(room.engine, room.payload("call", token="t1"))

    ended = end_task(room.engine, TaskRef("ana", room.run().id, "call", room.clock.at), says("completed"))

    assert ended == TaskEnd("over")


def test_a_task_of_a_customer_who_became_another_is_theirs() -> None:
    """They were merged while it waited: the old id of the task ends it, and the run goes on for whom they became."""
    room, ref = room_with_task()
    room.customers.commit(room.customers.load("bea"), Change(profile=Profile("bea", email="bea@example.com")))
    merge(room.engine, room.customers.load("ana"), room.customers.load("bea"), Why("told", "e1"))

    first, again = (end_task(room.engine, ref, says("completed", mood="fine")) for _ in range(2))

    assert (first.status, again.status) == ("ended", "repeated")
    assert {token for token, _ in goes_on(room)} == {"t1"}
    assert [one.customer for one in room.happened if one.what == "resumed"] == ["bea"]


def test_of_many_tasks_a_run_remembers_the_last() -> None:
    """A loop may raise thousands; the row stays small."""
    room, ref = room_with_task()
    file = room.customers.load("ana")
    run = changed(room.run(), answered={f"call {number}": ("failed", "x") for number in range(REMEMBERED)})
    room.customers.commit(file, Change(runs={("j", ""): run}))

    end_task(room.engine, ref, says("completed"))

    assert len(room.run().answered) == REMEMBERED
    assert next(iter(room.run().answered)) == "call 1"
    assert list(room.run().answered.values())[-1][0] == "completed"

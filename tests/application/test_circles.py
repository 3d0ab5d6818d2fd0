"""Journeys that set each other off without end are stopped; a round that takes its time goes on for ever."""

from __future__ import annotations

import pytest

from sojourn.application.step import do_step
from sojourn.domain.customer.rows import Event
from sojourn.domain.decide.entering import MOST_HOPS
from tests.support.engine_room import Room
from tests.support.workspaces import deployed, lines, played

EMITS = "enter: {on: began, again: always}\nsteps: [{wait: %s}, {id: s, emit: began}]"
BEGAN = "events: [{at: +0s, customer: ana, event: began}]\nuntil: %s"


EMITS_ITSELF = ["enter: {on: began, again: always}\nsteps: [{emit: began}]"]
EMITS_AND_STARTS = [
    "enter: {on: began, again: always}\nsteps: [{emit: did_it}]",
    "enter: {on: did_it, again: always}\nsteps: [{start: j}]",
]
RESTARTS_ITSELF = [
    """
    enter: {on: [began, did_it], again: always}
    while_running: [{on: did_it, do: restart}]
    steps: [{emit: did_it}, {wait: 1 day}]
    """
]
MOVES_BETWEEN_SEGMENTS = [
    """
    enter: {on: [began, {entered_segment: pros}], again: always}
    steps: [{wait: 1 minute}, {update: {plan: free}}]
    """,
    """
    enter: {on: {left_segment: pros}, again: always}
    steps: [{wait: 1 minute}, {update: {plan: pro}}]
    """,
]


@pytest.mark.parametrize(
    "journeys",
    [EMITS_ITSELF, EMITS_AND_STARTS, RESTARTS_ITSELF, MOVES_BETWEEN_SEGMENTS],
    ids=["emits", "emits and starts", "restarts", "moves between segments"],
)
def test_a_circle_without_a_pause_ends(journeys: list[str]) -> None:
    """After so many journeys one more is not entered, and the ledger says why."""
    trace = played(deployed(*journeys), BEGAN % "+1d", "- {id: ana, attributes: {plan: pro}}")

    entered = lines(trace, "entered")
    refused = [one.reason for one in trace.trace if one.what == "not_entered"]
    assert len(entered) == MOST_HOPS + 1
    assert refused == [f"a circle: {MOST_HOPS} journeys led from one to the next, each within an hour"]


@pytest.mark.parametrize(("wait", "until", "rounds"), [("7 days", "+280d", 41), ("1 hour", "+40h", 41)])
def test_a_round_that_takes_its_time_goes_on(wait: str, until: str, rounds: int) -> None:
    """A journey that enters itself every week, or every hour, does so well beyond the limit."""
    trace = played(deployed(EMITS % wait), BEGAN % until)

    assert len(lines(trace, "entered")) == rounds > MOST_HOPS
    assert lines(trace, "not_entered") == []


def test_hops_travel_from_event_to_run_to_event() -> None:
    """A person's event has none; what a run sets off soon has one more than the run, and later begins anew."""
    room = Room("enter: {on: began}\nsteps: [{id: s, emit: stopped}, {wait: 1 day}]")
    room.happen("began", hops=3)
    first = room.payload("s")
    do_step(room.engine, first)

    later = Room("enter: {on: began}\nsteps: [{wait: 1 day}, {id: s, emit: stopped}, {wait: 1 day}]")
    later.happen("began", hops=3)
    later.clock.pass_by(hours=1)
    do_step(later.engine, later.payload("s"))

    assert (room.run().hops, room.bus.events[0].hops) == (3, 4)
    assert (later.run().hops, later.bus.events[0].hops) == (3, 1)


def test_a_started_journey_is_one_hop_further() -> None:
    """Starting is no way around the limit."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: s, start: k}, {wait: 1 day}]",
        "enter: {on: api}\nsteps: [{wait: 1 day}]",
    )
    room.happen("began", hops=MOST_HOPS)

    do_step(room.engine, room.payload("s"))

    assert [one.journey for one in room.happened if one.what == "not_entered"] == ["k"]
    assert room.run().active


def test_a_stored_event_keeps_its_hops() -> None:
    """Segment changes that it brings about have the same."""
    room = Room("enter: {segment: pros}\nsteps: [{wait: 1 day}]")
    room.happen("did_it", hops=5, becomes={"plan": "pro"})

    stored: list[Event] = [
        *room.customers.events("ana", "did_it"), *room.customers.events("ana", "segment_entered")
    ]  # fmt: skip
    assert [event.hops for event in stored] == [5, 5]
    assert room.run().hops == 5

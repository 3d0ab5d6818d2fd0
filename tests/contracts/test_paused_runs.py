"""Runs that a pause stopped, over either store: what they keep is read as it was written, whoever they become."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.pausing import Resumption, end_run, resume_run
from sojourn.application.route import Incoming, route
from sojourn.application.send import do_send
from sojourn.application.starting import PAUSED
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.domain.control import USUAL
from sojourn.domain.customer.rows import Change, Event
from sojourn.errors import RunParked
from tests.support.aws_table import aws_table
from tests.support.engine_room import ANA, Room

SEND = "enter: {on: began}\nsteps: [{id: s, send: hello, via: [email]}, {wait: 1 day}]"
WAITS = """
enter: {on: began}
steps:
  - {id: w, wait_for: [{event: did_it}], up_to: 3 hours}
  - {id: u, update: {score: 1}}
"""
PATHS = """
enter: {on: began}
steps:
  - parallel:
      a: [{id: d, task: desk, title: Call, up_to: 2 days}]
      b: [{wait: 3 days}]
"""
KEY = ("j", "")


@contextmanager
def kept(store: str, journey: str) -> Iterator[Room]:
    """Make a room over one of the stores; ana is in the journey."""
    room = Room(journey)
    with aws_table() as (client, table):
        customers = MemoryCustomers() if store == "memory" else DynamoCustomers(client, table, room.clock)
        room.customers = customers  # type: ignore[assignment]
        room.engine = replace(room.engine, customers=customers)
        customers.commit(customers.load("ana"), Change(profile=ANA))
        room.happen("began")
        yield room


def resumption(room: Room) -> Resumption:
    """Resume the journey now."""
    controls = room.deployment.catalogue.controls
    controls["j"] = controls["j"].resumed(room.clock.at, "ana", "")
    return Resumption(controls["j"], room.clock.at)


def pause(room: Room, *, still: bool = False) -> None:
    """Pause the journey now."""
    room.deployment.catalogue.controls["j"] = USUAL.paused(room.clock.at, "ana", "why", still=still)


BOTH = pytest.mark.parametrize("store", ["memory", "dynamodb"])


@BOTH
def test_a_send_that_was_held_goes_out_after_the_pause(store: str) -> None:
    """Its run was in no execution meanwhile, and has another one now."""
    with kept(store, SEND) as room:
        pause(room)
        with pytest.raises(RunParked):
            do_send(room.engine, room.payload("s"))
        room.clock.pass_by(hours=5)
        assert PAUSED in room.run().last

        resume_run(room.engine, "ana", KEY, resumption(room))
        do_send(room.engine, room.payload("s"))

        assert len(room.email.taken) == 1
        assert (room.run().at, PAUSED in room.run().last) == ({"": "wait_1"}, False)


@BOTH
def test_a_wait_goes_on_with_what_was_left_of_it(store: str) -> None:
    """Whatever comes within that time still releases it."""
    with kept(store, WAITS) as room:
        begin_waiting(room.engine, room.payload("w", token="t1"))
        late = {**room.state(), "next": "u"}
        room.clock.pass_by(hours=2)
        pause(room, still=True)
        room.clock.pass_by(hours=1)
        with pytest.raises(RunParked):
            do_step(room.engine, room.payload("u", late))
        room.clock.pass_by(hours=9)

        came = resume_run(room.engine, "ana", KEY, resumption(room))
        room.clock.pass_by(minutes=50)
        room.happen("did_it")

        run = room.run()
        assert came.at is not None
        assert (came.what, (came.at - run.entered).total_seconds() / 3600) == ("waits", 13.0)
        assert (run.at, run.waits_since, room.executions.answered) == ({"": "u"}, None, [])
        assert run.execution in room.executions.started


@BOTH
def test_a_task_that_was_not_said_is_raised_after_the_pause(store: str) -> None:
    """With what it was to say, once."""
    with kept(store, PATHS) as room:
        compiled = room.deployment.catalogue.current("j")
        assert compiled is not None
        branch = compiled.definition["States"]["parallel_1"]["Branches"][0]
        parameters = branch["States"]["d"]["Parameters"]["Payload"]
        entered = room.clock.at.isoformat()
        given = {name: part for name, part in parameters.items() if not name.endswith(".$")}
        pause(room)
        begin_waiting(
            room.engine,
            given | {"state": room.state(), "entered": entered, "execution": room.run().execution, "token": "t1"},
        )  # fmt: skip
        assert room.bus.events == []

        how = resumption(room)
        for _ in range(2):
            resume_run(room.engine, "ana", KEY, how)

        assert [(one.name, one.step, one.properties["title"]) for one in room.bus.events] == [
            ("task_raised", "d", "Call")
        ]
        assert room.customers.load("ana").waiters[(room.run().id, "d")].unsaid is None


@BOTH
def test_whoever_became_somebody_else_meanwhile_goes_on_as_them(store: str) -> None:
    """A visitor's run stopped, and the visitor turned out to be ana: it is hers, and is resumed as hers."""
    with kept(store, SEND) as room:
        pause(room)
        with pytest.raises(RunParked):
            do_send(room.engine, room.payload("s"))
        room.customers.commit(room.customers.load("ben"), Change(profile=replace(ANA, id="ben", email=None)))
        event = Event("e9", "did_it", room.clock.at)
        route(room.engine, Incoming("ben", event, merge="ana"))

        owner = room.customers.load("ana").profile.id
        resume_run(room.engine, "ana", KEY, resumption(room))

        run = room.customers.load("ana").runs[KEY]
        assert (run.customer, run.execution in room.executions.started) == (owner, True)


@BOTH
def test_a_run_that_stopped_is_ended_like_any_other(store: str) -> None:
    """Nothing of it is left to go on."""
    with kept(store, SEND) as room:
        pause(room)
        with pytest.raises(RunParked):
            do_send(room.engine, room.payload("s"))

        ended = end_run(room.engine, "ana", KEY, USUAL.stopped(room.clock.at, "ana", "over", end=True))

        run = room.run()
        assert (ended, run.exit_reason, dict(run.last)) == (True, "stopped", {})

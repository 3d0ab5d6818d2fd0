"""Turns: a message is worked on for a while and hands on, so that whoever comes later need not wait for all of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.dynamodb.runs import PARTS
from sojourn.application.publishing import DONE, Operation
from sojourn.aws_runtime.publishing.moving import Moving
from sojourn.aws_runtime.publishing.operating import (
    BEGINNING,
    SPARE,
    TURN,
    Operating,
    Outcome,
    Works,
    finished,
    turn_of,
)
from sojourn.aws_runtime.publishing.publication import Publishing
from tests.support.control_room import ANA, ControlRoom, encoded, workspace
from tests.support.movements import EVERYBODY, FakeMovement, FakeRuns

FUNCTION = 300.0
"""Seconds that the function may take."""


@dataclass
class Watch:
    """Seconds that go by as work is done."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds


@dataclass
class Slow(FakeMovement):
    """Moves runs, each in three seconds."""

    watch: Watch = field(default_factory=Watch)

    def move(self, journey: str, customer: str, key: str, seconds_left: Callable[[], float]) -> str:
        self.watch.pause(3.0)
        return super().move(journey, customer, key, seconds_left)


def delivered(room: ControlRoom, works: Works, watch: Watch) -> float:
    """Let the first message on the queue be worked on; return how many seconds that took."""
    message, _ = room.queue.pop(0)
    began = watch.now
    operating = Operating(room.backing, works, steady=watch)
    record = {"messageId": "m", "body": json.dumps(message)}
    answer = operating({"Records": [record]}, lambda: FUNCTION - (watch.now - began))
    assert answer == {"batchItemFailures": []}
    return watch.now - began


@given(st.floats(0, 60), st.lists(st.floats(0, 20), min_size=1, max_size=9), st.floats(0, FUNCTION))
def test_a_turn_begins_when_it_is_asked_for_and_ends_with_the_function(
    beginning: float, pauses: list[float], function: float
) -> None:
    """It is as long as is fair, longer where much must be read first; never longer than the function lives."""
    watch = Watch()
    left = turn_of(lambda: 1_000.0 + function - watch.now, watch)
    watch.pause(beginning)
    ends = watch.now + max(TURN, BEGINNING * beginning)

    for seconds in (0.0, *pauses):
        watch.pause(seconds)
        assert left() == pytest.approx(
            min(1_000.0 + function - watch.now, ends - watch.now + SPARE), abs=1e-6
        )


def test_whoever_comes_later_has_a_turn_soon(room: ControlRoom) -> None:
    """A movement that takes long has handed on, all of its strands, within a turn of each and what one run takes."""
    watch = Watch()
    moving = Moving(room.backing, FakeRuns(), lambda _: Slow(watch=watch))  # type: ignore[arg-type]
    began: list[float] = []

    def at_once(
        operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        began.append(watch.now)
        return finished({})

    works: Works = {"resume": lambda: moving, "stop": lambda: at_once}
    room.backing.begin("resume", room.backing.signed(ANA, ""), {"journey": "*"})
    delivered(room, works, watch)
    room.backing.begin("stop", room.backing.signed(ANA, ""), {})
    asked, turns = watch.now, list[float]()

    while not began:
        turns.append(delivered(room, works, watch))

    # Deployed, `operate` works on so many at a time: it is one turn there.
    assert len(turns) == PARTS + 1
    assert began[0] - asked <= PARTS * (TURN + 3.0)


def test_handing_on_leaves_nobody_out(room: ControlRoom) -> None:
    """All of a movement is done in the end, whatever is done in between."""
    watch, movement = Watch(), Slow()
    movement.watch = watch
    moving = Moving(room.backing, FakeRuns(), lambda _: movement)  # type: ignore[arg-type]
    operation = room.backing.begin("resume", room.backing.signed(ANA, ""), {"journey": "*"})
    turns = []

    while room.queue:
        turns.append(delivered(room, {"resume": lambda: moving}, watch))

    assert room.operation(operation.id).state == DONE
    assert set(movement.moved.values()) == {2}
    assert set(movement.moved) == EVERYBODY
    assert max(turns) <= TURN + 3.0


def test_a_publication_hands_on_and_gets_on(room: ControlRoom) -> None:
    """Machines are made one a second once there is no room; whatever reading it took, some are made in each turn."""
    watch, names = Watch(), tuple(f"j-{number}" for number in range(40))

    class SlowMachines:
        def __init__(self) -> None:
            self.made = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(room.machines, name)

        def publish(self, *said: Any, **named: Any) -> str:
            watch.pause(1.0)
            self.made += 1
            return room.machines.publish(*said, **named)

    machines: Any = SlowMachines()
    publishing = Publishing(room.backing, machines, room.states_client, room.permitted, watch.pause)

    def reading(
        operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        watch.pause(2.0)
        return publishing(operation, message, seconds_left)

    status, said = room.call("publish", {"workspace": encoded(workspace(names=names))})
    assert status == 202
    turns = []
    while room.queue:
        turns.append(delivered(room, {"publish": lambda: reading}, watch))

    assert room.operation(said["operation"]["id"]).state == DONE
    assert machines.made == len(names)
    assert len(turns) > 1
    assert max(turns) <= 2.0 + TURN + 1.0

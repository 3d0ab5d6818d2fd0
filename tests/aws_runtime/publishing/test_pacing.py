"""How fast runs are let go on: together with audiences below one limit, and slower where somebody says so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sojourn.adapters.dynamodb.runs import PARTS
from sojourn.application.migrating import migrate_run
from sojourn.application.pacing import PACED, lane_rate
from sojourn.application.pausing import Resumption, resume_run
from sojourn.application.publishing import DONE, Operation
from sojourn.aws_runtime.publishing import moving
from sojourn.aws_runtime.publishing.operating import SPARE
from sojourn.aws_runtime.publishing.pacing import ONE_STRAND, NoRoom, abreast, room_for
from sojourn.aws_runtime.publishing.strands import GO, Strand
from tests.support.control_room import ControlRoom, Died, control_room
from tests.support.engine_room import SetClock
from tests.support.migrants import Republished
from tests.support.movements import EVERYBODY, FakeMovement, begun
from tests.support.publishers import Published

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
SENDS = (
    "enter: {on: began, again: always}\nsteps: [{id: w, wait: 1 hour}, {id: s, send: hello, via: [email]}]"
)


@dataclass
class FakePace:
    """Room for one run each so many seconds, in each lane by itself."""

    clock: SetClock
    taken: dict[str, datetime] = field(default_factory=dict)

    def take(self, lane: str) -> float:
        due = self.taken.get(lane, self.clock.at)
        if due > self.clock.at:
            return (due - self.clock.at).total_seconds()
        self.taken[lane] = self.clock.at + timedelta(seconds=1 / lane_rate(lane))
        return 0.0


def asked(**said: Any) -> Operation:
    """Return an operation that asks for this."""
    return Operation("op-1", "migrate", "ana", AT, asked=said)


def room_of(
    clock: SetClock, operation: Operation, left: float = 300.0
) -> tuple[Callable[[], None], FakePace]:
    """Return what waits for room, and the pace it asks."""
    pace: Any = FakePace(clock)
    engine: Any = SimpleNamespace(pace=pace, clock=clock)
    ends = clock.at + timedelta(seconds=left)

    def seconds_left() -> float:
        return (ends - clock.at).total_seconds()

    return room_for(engine, operation, seconds_left), pace


@dataclass
class Pausing(SetClock):
    """A clock that goes on where somebody waits."""

    def pause(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def test_all_that_starts_executions_shares_one_pace() -> None:
    """The one of audiences, whatever else an operation asks for."""
    clock = Pausing(AT)
    take, pace = room_of(clock, asked())

    for _ in range(1_001):
        take()

    assert list(pace.taken) == [PACED]
    assert (clock.at - AT).total_seconds() == pytest.approx(1_000 / lane_rate(PACED), abs=0.1)


def test_who_asks_for_less_goes_slower() -> None:
    """It takes room of its own pace, and of everybody's."""
    clock = Pausing(AT)
    take, pace = room_of(clock, asked(rate=2.0))

    for _ in range(21):
        take()

    assert sorted(pace.taken) == sorted([PACED, f"{PACED}#2#op-1"])
    assert (clock.at - AT).total_seconds() == pytest.approx(10.0, abs=0.1)


def test_nobody_waits_longer_than_the_turn_lasts() -> None:
    """Whoever asks hands on then, and has done nothing."""
    clock = Pausing(AT)
    take, _ = room_of(clock, asked(rate=1.0), SPARE + 0.5)

    take()
    with pytest.raises(NoRoom):
        take()

    assert clock.at == AT


@pytest.mark.parametrize(
    ("rate", "expected"), [(None, 8), (1.0, 1), (ONE_STRAND, 1), (ONE_STRAND + 1, 2), (1_000.0, 8)]
)
def test_no_more_strands_go_side_by_side_than_the_pace_keeps_busy(rate: float | None, expected: int) -> None:
    """One that only waits for room is a function that is paid for."""
    assert abreast(asked(rate=rate), PARTS) == expected


def test_a_run_that_finds_no_room_is_as_it_was() -> None:
    """Whoever comes with the next turn moves it, and counts it as moved."""
    story = Republished(SENDS)
    story.happen("began")
    story.publish(SENDS.replace("1 hour", "2 hours"))
    before = story.runs()
    how = story.migration({}, {"move": "w"})

    with pytest.raises(NoRoom):
        migrate_run(story.world.engine, "ana", ("j", ""), replace(how, take=full))

    assert story.runs() == before
    assert migrate_run(story.world.engine, "ana", ("j", ""), how) == "moved"


@pytest.mark.parametrize("fate", ["stay", {"move": "w"}, "drain", "exit"])
def test_only_who_is_changed_takes_room(fate: Any) -> None:
    """Who stays, or was moved before, costs nobody a turn."""
    story = Republished(SENDS)
    story.happen("began")
    story.publish(SENDS.replace("1 hour", "2 hours"))
    room: list[int] = []
    how = replace(story.migration({}, fate), take=lambda: room.append(1))

    for _ in range(2):
        migrate_run(story.world.engine, "ana", ("j", ""), how)

    assert len(room) == (fate != "stay")


def test_who_stopped_in_a_pause_takes_room_to_go_on() -> None:
    """Before anything is written; whoever did not stop takes none."""
    story = Published(SENDS)
    story.happen("began")
    story.pause(entries=False)
    room: list[int] = []
    now = story.world.clock.now

    def how(take: Callable[[], None]) -> Resumption:
        control = story.controls["j"].resumed(now(), "ana", "mended")
        return Resumption(control, now(), take=take)

    resume_run(story.world.engine, "ana", ("j", ""), how(lambda: room.append(1)))
    story.until("+2h")
    stopped = story.runs()
    with pytest.raises(NoRoom):
        resume_run(story.world.engine, "ana", ("j", ""), how(full))
    as_it_was = story.runs() == stopped
    went = resume_run(story.world.engine, "ana", ("j", ""), how(lambda: room.append(2)))

    assert (as_it_was, went.what, room) == (True, "goes_on", [2])


def full() -> None:
    """Find no room."""
    raise NoRoom("full")


@dataclass
class Crowded(FakeMovement):
    """Finds no room for every third run."""

    asked: int = 0

    def move(self, journey: str, customer: str, key: str, seconds_left: Callable[[], float]) -> str:
        self.asked += 1
        if self.asked % 3 == 0:
            raise NoRoom("full")
        return super().move(journey, customer, key, seconds_left)


def test_where_there_is_no_room_the_strand_hands_on(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is no failure of a run, however often it happens."""
    monkeypatch.setattr(moving, "MOST_FAILED", 0)
    movement = Crowded()
    operation_id = begun(room, movement)

    room.work(400)

    operation = room.operation(operation_id)
    assert (operation.state, operation.failed, operation.done) == (DONE, 0, 80)
    assert movement.moved == Counter(dict.fromkeys(EVERYBODY, 2))


@pytest.mark.parametrize(("rate", "most"), [(1.0, 1), (2 * ONE_STRAND, 2)])
def test_strands_wait_for_their_turn_where_it_is_to_go_slowly(
    room: ControlRoom, rate: float, most: int
) -> None:
    """No more of them are under way for the first time than the pace keeps busy; all are done in the end."""
    movement = FakeMovement()
    operation_id = begun(room, movement, noted=1, rate=rate)
    at_work = []

    while room.queue:
        seen = json.loads(json.dumps(dict(movement.moved)))
        room.work_once()
        if movement.moved != seen:
            texts = [room.backing.operations.place(operation_id, f"runs#{part}") for part in range(PARTS)]
            strands = [Strand.from_text(text) for text in texts if text]
            at_work.append(sum(strand.phase == GO for strand in strands))

    assert room.operation(operation_id).state == DONE
    assert movement.moved == Counter(dict.fromkeys(EVERYBODY, 2))
    assert max(at_work) <= most


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whoever_dies_while_others_wait_for_their_turn_leaves_nobody_out(*, after: bool) -> None:
    """A strand begins once the one before it is through, whoever took that up."""
    for number in range(5, 60, 18):
        with control_room() as room:
            movement = FakeMovement()
            operation_id = begun(room, movement, rate=1.0)
            room.calls, room.dies_at, room.after = 0, number, after

            with suppress(Died):
                room.work(400)
            room.dies_at = 0
            room.work(400)

            assert room.operation(operation_id).state == DONE, number
            assert set(movement.moved) == EVERYBODY, number
            assert min(movement.moved.values()) >= 2, number

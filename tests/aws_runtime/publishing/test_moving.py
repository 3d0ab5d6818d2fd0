"""How all runs of a journey are gone through: in strands that may be interrupted, and never leave one out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest

from sojourn.adapters.dynamodb.runs import PARTS, place
from sojourn.application.publishing import DONE, RUNNING, Signed
from sojourn.aws_runtime.publishing import moving
from sojourn.aws_runtime.publishing.moving import AGAIN, COUNT, END, GO, Moving, Strand
from sojourn.errors import MachineGone, NoSuchMachine, TransientError
from tests.support.control_room import ANA, ControlRoom, Died, control_room

RUNS = {
    journey: [(f"{journey}-{number:03}", "") for number in range(40)] for journey in ("welcome", "win-back")
}


class FakeRuns:
    """The runs of two journeys; a customer's number says in which part they are."""

    def of(self, journey: str, part: int, after: str = "") -> Iterator[tuple[str, str]]:
        for customer, key in RUNS[journey]:
            if int(customer[-3:]) % PARTS == part and place(customer, key) > after:
                yield customer, key


@dataclass
class FakeMovement:
    """Remembers what it was told to move.

    Args:
        fails: of whom it cannot be done for now, so many times.
        broken: of whom it can never be done, and why.
    """

    phases: tuple[str, ...] = (GO, AGAIN, END)
    said_again: frozenset[str] = frozenset()
    moved: Counter[str] = field(default_factory=Counter)
    fails: Counter[str] = field(default_factory=Counter)
    broken: Mapping[str, Exception] = field(default_factory=dict)
    heard: list[tuple[tuple[int, ...], ...]] = field(default_factory=list)
    prepared: list[bool] = field(default_factory=list)

    def prepare(self, seconds_left: Callable[[], float]) -> bool:
        return self.prepared.pop() if self.prepared else True

    def journeys(self) -> tuple[str, ...]:
        return tuple(sorted(RUNS))

    def count(self, strand: Strand, journey: str, customer: str, key: str) -> Strand:
        return replace(strand, counts=(sum(strand.counts) + 1,))

    def counted(self, counts: tuple[tuple[int, ...], ...]) -> None:
        self.heard.append(counts)

    def move(self, journey: str, customer: str, key: str, seconds_left: Callable[[], float]) -> str:
        if self.fails[customer] > 0:
            self.fails[customer] -= 1
            raise TransientError("busy")
        if customer in self.broken:
            raise self.broken[customer]
        self.moved[customer] += 1
        return "goes_on" if self.moved[customer] == 1 else "nothing"


def begun(room: ControlRoom, movement: FakeMovement, noted: int = 5) -> str:
    """Let operations of the kind be carried out so, and queue one; return its id."""
    room.works = {"resume": lambda: Moving(room.backing, FakeRuns(), lambda _: movement, noted)}  # type: ignore[arg-type]
    signed = Signed(ANA, room.at, "", "20260306T090000000Z-00000a")
    return room.backing.begin("resume", signed, {"journey": "*"}).id


EVERYBODY = {customer for runs in RUNS.values() for customer, _ in runs}


def test_every_run_is_gone_through_and_what_became_of_them_is_told(room: ControlRoom) -> None:
    """Twice: the second time for those that came meanwhile to where the first had been."""
    movement = FakeMovement()
    operation_id = begun(room, movement)
    at = room.at

    room.work(200)

    operation = room.operation(operation_id)
    assert (operation.state, operation.result, operation.done) == (DONE, {"runs": {"goes_on": 80}}, 80)
    assert movement.moved == Counter(dict.fromkeys(EVERYBODY, 2))
    assert (room.at - at).total_seconds() >= 65


def test_it_goes_on_where_time_ran_out(room: ControlRoom) -> None:
    """An invocation does what it can, and the next message goes on from there: nobody is done more often for it."""
    movement = FakeMovement()
    operation_id = begun(room, movement)
    left = 0

    def seconds() -> float:
        nonlocal left
        left += 1
        return 300.0 if left % 4 else 0.0

    for _ in range(400):
        if not room.queue:
            break
        message, _after = room.queue.pop(0)
        room.operating()({"Records": [{"messageId": "m", "body": json.dumps(message)}]}, seconds)

    assert room.operation(operation_id).state == DONE
    assert movement.moved == Counter(dict.fromkeys(EVERYBODY, 2))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whoever_dies_leaves_nobody_out(*, after: bool) -> None:
    """Of those between two notes some may be gone through once more, which does nothing."""
    for number in range(1, 60, 7):
        with control_room() as room:
            movement = FakeMovement()
            operation_id = begun(room, movement)
            room.calls, room.dies_at, room.after = 0, number, after

            with suppress(Died):
                room.work(200)
            room.dies_at = 0
            room.work(200)

            assert room.operation(operation_id).state == DONE, number
            assert set(movement.moved) == EVERYBODY, number
            assert min(movement.moved.values()) >= 2, number


def test_all_are_counted_before_the_first_goes_on(room: ControlRoom) -> None:
    """Whose turn it is depends on everybody: a strand waits until all others have counted theirs."""
    movement = FakeMovement((COUNT, GO, AGAIN, END))
    operation_id = begun(room, movement)

    room.work(400)

    assert room.operation(operation_id).state == DONE
    assert {sum(map(sum, counts)) for counts in movement.heard} == {80}
    assert movement.moved == Counter(dict.fromkeys(EVERYBODY, 2))


def test_a_run_that_cannot_be_moved_now_is_tried_again_and_then_told(room: ControlRoom) -> None:
    """One that is busy the first time is done the second; one that is busy both times is named, with why."""
    movement = FakeMovement(fails=Counter({"welcome-001": 1, "welcome-002": 2}))
    operation_id = begun(room, movement)

    room.work(200)

    operation = room.operation(operation_id)
    assert (movement.moved["welcome-001"], movement.moved["welcome-002"]) == (1, 0)
    assert [one["what"] for one in operation.failures] == ["welcome: welcome-002"]
    assert (operation.state, operation.failed) == (DONE, 1)


def test_where_one_run_after_the_other_fails_it_comes_again_later(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is not about them: Step Functions is ill, or a permission is missing."""
    monkeypatch.setattr(moving, "MOST_FAILED", 2)
    movement = FakeMovement(fails=Counter(dict.fromkeys(EVERYBODY, 1)))
    operation_id = begun(room, movement)

    room.work(400)

    operation = room.operation(operation_id)
    assert (operation.state, operation.failed) == (DONE, 0)
    assert set(movement.moved) == EVERYBODY


def test_one_that_nobody_foresaw_holds_nobody_else_up(room: ControlRoom) -> None:
    """Its state machine is gone, say: it is named, and who comes after it in its strand goes on."""
    movement = FakeMovement(broken={"welcome-001": MachineGone("StateMachineDoesNotExist")})
    operation_id = begun(room, movement)

    room.work(200)

    operation = room.operation(operation_id)
    assert set(movement.moved) == EVERYBODY - {"welcome-001"}
    assert [one["what"] for one in operation.failures] == ["welcome: welcome-001"]
    assert operation.state == DONE


def test_a_version_without_a_machine_holds_no_other_up(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many runs it has: that says nothing of all others."""
    monkeypatch.setattr(moving, "MOST_FAILED", 2)
    old = {customer: NoSuchMachine("deploy it once more") for customer, _ in RUNS["welcome"]}
    movement = FakeMovement(broken=dict(old))
    operation_id = begun(room, movement)

    room.work(200)

    operation = room.operation(operation_id)
    assert set(movement.moved) == EVERYBODY - set(old)
    assert (operation.state, operation.failed) == (DONE, 40)
    assert operation.failures[0]["why"] == "deploy it once more"


def test_an_operation_that_gets_on_is_never_given_up(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS may be busy a hundred times on the way through a million runs: only times in a row count."""
    monkeypatch.setattr(moving, "MOST_FAILED", 0)
    movement = FakeMovement(fails=Counter(dict.fromkeys((one for one, _ in RUNS["welcome"]), 1)))
    operation_id = begun(room, movement, noted=1)
    tries = 0

    while room.queue:
        room.work_once()
        tries = max([tries, *(message.get("tries", 0) for message, _ in room.queue)])

    # Not 5, as often as each strand finds it busy.
    assert tries == 1
    assert room.operation(operation_id).state == DONE
    assert set(movement.moved) == EVERYBODY


def test_a_cancelled_operation_is_not_gone_on_with(room: ControlRoom) -> None:
    """Whoever works on it finds that out at the next note."""
    movement = FakeMovement()
    operation_id = begun(room, movement)
    room.work_once()
    assert room.operation(operation_id).state == RUNNING

    status, _ = room.call("cancel", id=operation_id)
    room.work(200)

    assert (status, room.operation(operation_id).state, dict(movement.moved)) == (200, "cancelled", {})


def test_what_must_be_ready_first_is_waited_for(room: ControlRoom) -> None:
    """Machines are made one a second: the runs wait for theirs."""
    movement = FakeMovement(prepared=[True, False, False])
    operation_id = begun(room, movement)

    for _ in range(2):
        room.work_once()
        assert dict(movement.moved) == {}
    room.work(200)

    assert room.operation(operation_id).state == DONE

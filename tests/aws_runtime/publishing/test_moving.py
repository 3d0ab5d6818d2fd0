"""How all runs of a journey are gone through: in strands that may be interrupted, and never leave one out."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import pytest

from sojourn.application.publishing import DONE, RUNNING
from sojourn.aws_runtime.publishing import moving
from sojourn.aws_runtime.publishing.strands import AGAIN, COUNT, END, GO
from sojourn.errors import MachineGone, NoSuchMachine
from tests.support.control_room import ControlRoom, Died, control_room
from tests.support.movements import EVERYBODY, RUNS, FakeMovement, begun, carried_on


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

    carried_on(room, seconds)

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
    assert [one["what"] for one in operation.failures] == ["welcome"]
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

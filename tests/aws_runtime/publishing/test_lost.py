"""Operations whose message was lost: the tick that looks through schedules puts it on the queue again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from sojourn.adapters.dynamodb.lost_operations import LOOKED_BACK, SILENT, LostOperations
from sojourn.application.publishing import CANCELLED, DONE, QUEUED, RUNNING, WAITING, Operation
from sojourn.aws_runtime.publishing.operating import DELIVERIES, Outcome
from tests.support.control_room import ANA, BEN, ControlRoom, Died, encoded, workspace

LONG = SILENT + timedelta(minutes=1)


def looked(room: ControlRoom, after: timedelta = timedelta()) -> list[dict[str, Any]]:
    """Let the tick come after so long; return the messages that are on the queue then."""
    room.at += after
    room.queue.insert(0, ({"schedules": "now"}, 0.0))
    room.work_once()
    return [message for message, _ in room.queue]


def asked(room: ControlRoom, names: tuple[str, ...] = ("welcome",)) -> str:
    """Ask for a publication; return its id."""
    status, said = room.call("publish", {"workspace": encoded(workspace(names=names))})
    assert status == 202
    return str(said["operation"]["id"])


class Fails:
    """Work of which nobody foresaw how it ends."""

    def __call__(
        self, operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        raise KeyError("what nobody foresaw")


def test_a_message_that_never_came_to_the_queue_is_put_there(room: ControlRoom) -> None:
    """Whoever took the call died between the row and the queue; after half an hour it is carried out."""
    operation_id = asked(room)
    room.queue.clear()

    early = looked(room, SILENT - timedelta(minutes=1))
    late = looked(room, timedelta(minutes=2))
    room.work()

    assert (early, [message["operation"] for message in late]) == ([], [operation_id])
    assert (room.operation(operation_id).state, list(room.live())) == (DONE, ["welcome"])


def test_it_goes_on_from_where_whoever_was_killed_left_it(room: ControlRoom) -> None:
    """What is done is not done again, and it is told once."""
    names = ("one", "two", "three")
    operation_id = asked(room, names)
    for number in count(1):
        room.calls, room.dies_at = 0, number
        with suppress(Died):
            room.work_once()
        if len(room.states.machines) == 2:
            break
    room.queue.clear()
    room.dies_at = 0

    assert room.operation(operation_id).state == RUNNING
    assert looked(room, LONG) == [{"operation": operation_id}]
    room.work()
    assert room.operation(operation_id).state == DONE
    assert sorted(room.live()) == sorted(names)
    assert {one["versions"] for one in room.states.machines.values()} == {1}
    assert room.told() == [("ana", "published")]


def test_what_is_over_or_waits_for_somebody_is_left_alone(room: ControlRoom) -> None:
    """Nothing is the matter with it, however old it is."""
    done = asked(room)
    room.work()
    cancelled = asked(room)
    room.call("cancel", id=cancelled)
    waiting = room.publish(workspace("email", workspace="approval: publish\n")).id
    room.queue.clear()

    found = looked(room, LONG)

    assert found == []
    assert [room.operation(one).state for one in (done, cancelled, waiting)] == [DONE, CANCELLED, WAITING]


def test_what_was_approved_and_lost_is_carried_out(room: ControlRoom) -> None:
    """It may have waited for long: what counts is when somebody last touched it."""
    operation = room.publish(workspace(workspace="approval: publish\n"))
    room.at += 2 * LONG
    assert room.call("approve", by=BEN, id=operation.id)[0] == 200
    room.queue.clear()

    assert looked(room) == []
    assert [message["operation"] for message in looked(room, LONG)] == [operation.id]


def test_what_is_worked_at_is_left_alone(room: ControlRoom) -> None:
    """Each message that is taken up is a sign of life, though nothing can be done for now."""
    operation_id = asked(room)
    room.states.busy, room.seconds = 1_000, 0.0
    for _ in range(4):
        room.at += SILENT / 2
        room.work_once()
    room.queue.clear()

    assert room.operation(operation_id).state == RUNNING
    assert looked(room, SILENT / 2) == []


def test_two_ticks_at_once_put_it_there_once(room: ControlRoom) -> None:
    """Whoever claims it second finds that out, also where it was touched never before."""
    operation_id = asked(room)
    lost_operations = LostOperations(room.client, room.table)
    for touched in (False, True):
        room.at += 2 * LONG
        (one,), (other,) = lost_operations.find(room.at), lost_operations.find(room.at)

        claimed = [lost_operations.claim(lost, room.at) for lost in (one, other)]

        assert (one.operation.id, one.touched is not None) == (operation_id, touched)
        assert claimed == [True, False]


def test_it_is_waited_for_longer_each_time(room: ControlRoom) -> None:
    """One that cannot be done, and says nothing, is not begun for ever."""
    asked(room)
    room.queue.clear()
    put = []

    for number in range(1, int(LOOKED_BACK / LONG)):
        if looked(room, LONG):
            put.append(number)
        room.queue.clear()

    assert put == [1, 3, 7, 15, 31, 62, 124]


def test_what_is_too_old_is_left_alone(room: ControlRoom) -> None:
    """It is not known any more whether anybody wants it: `sojourn operations` lists it."""
    asked(room)
    room.queue.clear()

    assert looked(room, LOOKED_BACK + LONG) == []


def test_what_waits_among_the_dead_letters_is_left_alone(room: ControlRoom) -> None:
    """Its message is not lost: somebody mends what is wrong, and moves it back."""
    room.works = {"odd": Fails}
    room.backing.begin("odd", room.backing.signed(ANA, ""), {})
    for number in range(1, DELIVERIES + 1):
        room.work_once(number)
    room.queue.clear()

    assert looked(room, LONG) == []


def test_an_audience_that_goes_on_anew_is_told_so_again(room: ControlRoom) -> None:
    """What stood in its message is gone with it; one that had been taken up goes on as it was."""
    operation_id = room.backing.begin("audience", room.backing.signed(ANA, ""), {}).id
    room.backing.operations.begin(operation_id)
    room.backing.operations.cancel(operation_id, room.at)
    assert room.call("audience", {"resume": operation_id})[0] == 202
    assert room.operation(operation_id).state == QUEUED
    room.queue.clear()

    first = looked(room, LONG)
    room.queue.clear()
    room.backing.operations.begin(operation_id)

    assert first == [{"operation": operation_id, "resume": True}]
    assert looked(room, 2 * LONG) == [{"operation": operation_id}]


def test_it_is_counted(room: ControlRoom, capsys: pytest.CaptureFixture[str]) -> None:
    """By the kind of operation."""
    asked(room)
    room.queue.clear()
    capsys.readouterr()

    looked(room, LONG)

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "OperationsPutAgain" in line]
    assert [(one["OperationsPutAgain"], one["kind"]) for one in told] == [(1, "publish")]

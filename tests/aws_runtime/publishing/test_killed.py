"""Whoever publishes dies at any call of AWS, before it or after it, and the queue delivers again."""

from __future__ import annotations

from contextlib import suppress

import pytest

from sojourn.application.publishing import DONE
from tests.support.control_room import ANA, ControlRoom, Died, control_room, encoded, workspace

BEFORE = workspace(names=("welcome", "win-back"))
NOW = workspace("email", ("welcome", "win-back"), workspace="caps: [{max: 3, per: 7 days}]\n")


def published(room: ControlRoom) -> str:
    """Publish one workspace, and queue the next; return the operation."""
    room.publish(BEFORE)
    status, said = room.call(
        "publish", {"workspace": encoded(NOW), "expected": room.live(), "message": "caps"}
    )
    assert status == 202
    return str(said["operation"]["id"])


def calls_of_it() -> int:
    """Return how many calls of AWS a publication takes that nothing happens to."""
    with control_room() as room:
        published(room)
        before = room.calls
        room.work()
        return room.calls - before


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_wherever_it_dies_all_of_it_is_done_once(*, after: bool) -> None:
    """Never half of it is live; in the end all is, with one publication each and one line in the history."""
    for number in range(1, calls_of_it() + 1):
        with control_room() as room:
            operation_id = published(room)
            old = room.live()
            room.calls, room.dies_at, room.after = 0, number, after

            with suppress(Died):
                room.work()
            half_way = room.live()
            room.dies_at = 0
            room.work()

            operation, new = room.operation(operation_id), room.live()
            assert operation.state == DONE, (number, operation.result)
            assert half_way in (old, new), number
            assert all(new[name] != old[name] for name in old), number
            assert {name: told["version"] for name, told in operation.result["published"].items()} == new
            assert operation.result["settings"] is True
            assert room.told() == [("ana", "published"), ("ana", "published")], number
            for name in (*new, ""):
                (mine,) = [one for one in room.backing.live.publications(name) if one.id == operation_id]
                assert (mine.by, mine.message) == (ANA, "caps")


def test_two_at_once_publish_it_once(room: ControlRoom) -> None:
    """SQS may deliver a message twice: both come to the same end, and it is told once."""
    operation_id = published(room)
    room.queue.append(room.queue[0])

    room.work()

    assert room.operation(operation_id).state == DONE
    assert room.told() == [("ana", "published"), ("ana", "published")]

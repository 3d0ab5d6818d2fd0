"""A change, its entry in the history and the operation that carries it on: all of them are there, or none is.

Whoever answers a call dies at any call of AWS, before it or after it; nobody calls again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from sojourn.adapters.dynamodb.lost_operations import SILENT
from sojourn.adapters.dynamodb.switch import Switch
from sojourn.adapters.dynamodb.wishes import Journeys
from sojourn.application.publishing import DONE, QUEUED, Draft, Operation
from sojourn.aws_runtime.publishing.backing import OWNER
from tests.support.control_room import BEN, ControlRoom, Died, control_room, encoded, workspace
from tests.support.table_faults import lost_answers

Deed = Callable[[ControlRoom], object]
JOURNEY = {"journey": "welcome"}
FAIR = "journey: fair\ntopic: news\nenter: {on: api}\nsteps: [{wait: 1 day}]\n"
WAITS = workspace("push", workspace="approval: publish\n")


def migration(room: ControlRoom) -> object:
    first = min(room.backing.live.publications("welcome"), key=lambda one: one.at).version
    return room.call("migrate", {"map": {"from": first, "otherwise": "exit"}}, **JOURNEY)


def an_audience(room: ControlRoom) -> object:
    source = {"segment": "test"}
    return room.call("audience", {"journey": "fair", "source": source, "occurrence": "spring"})


def latest(room: ControlRoom) -> str:
    return room.backing.operations.list(1)[0].id


DEEDS: dict[str, tuple[Deed, str, str]] = {
    "pause": (lambda room: room.call("pause", {"reason": "wrong price"}, **JOURNEY), "paused", ""),
    "pause all": (lambda room: room.call("pause_all"), "paused", ""),
    "resume": (lambda room: room.call("resume", **JOURNEY), "resumed", "resume"),
    "stop": (lambda room: room.call("stop", {"runs": "end"}, **JOURNEY), "stopped", "stop"),
    "rollback": (lambda room: room.call("rollback", **JOURNEY), "rolled_back", ""),
    "withdraw draft": (lambda room: room.call("withdraw_draft", **JOURNEY), "withdrew", ""),
    "migrate": (migration, "migrated", "migrate"),
    "audience": (an_audience, "started_audience", "audience"),
    "approve": (lambda room: room.call("approve", by=BEN, id=latest(room)), "approved", ""),
    "cancel": (lambda room: room.call("cancel", by=BEN, id=latest(room)), "refused", ""),
    "audience again": (lambda room: room.call("audience", {"resume": latest(room)}), "started_audience", ""),
}
"""What somebody does -> how, the word by which it is told, and the kind of the operation that carries it on."""


def prepared(room: ControlRoom, name: str) -> None:
    """Let there be a journey of two versions with a draft, paused where it is to be resumed."""
    room.deployed(workspace(names=("fair",), **{"fair/journey.yaml": FAIR}), settings=OWNER)
    room.publish(workspace())
    room.publish(workspace("email"))
    room.publish(workspace("push"), route="draft")
    if name == "resume":
        room.call("pause", {"clocks": "still"}, **JOURNEY)
    if name in ("approve", "cancel"):
        room.publish(WAITS)
    if name == "audience again":
        an_audience(room)
        room.call("cancel", id=latest(room))
    room.queue.clear()


def state(room: ControlRoom) -> Any:
    """Return all that somebody may have changed, but what tells of it: journeys, and who waits for what."""
    return room.backing.live.journeys(), [
        (one.id, one.state, one.approved_by) for one in room.backing.operations.list()
    ]


def begun(room: ControlRoom, kind: str) -> list[Operation]:
    return [one for one in room.backing.operations.list() if one.kind == kind]


@pytest.mark.parametrize("name", DEEDS)
def test_wherever_it_dies_it_is_done_and_told_or_neither(name: str) -> None:
    """What somebody changed is told, what is told was changed, and what is to be carried on has somebody to do it."""
    deed, did, kind = DEEDS[name]
    seen = list[bool]()
    with ExitStack() as rooms:
        room = rooms.enter_context(control_room())
        prepared(room, name)
        for number, after in ((number, after) for number in count(1) for after in (False, True)):
            before, told = state(room), room.told()
            room.calls, room.dies_at, room.after = 0, number, after
            with suppress(Died):
                deed(room)
            if room.calls < number:
                break
            room.dies_at = 0

            seen.append(state(room) != before)
            assert [word for _, word in room.told()[len(told) :]] == [did] * seen[-1], (number, after)
            assert len(begun(room, kind)) == (seen[-1] and bool(kind)), (number, after)
            if seen[-1]:
                rooms.close()
                room = rooms.enter_context(control_room())
                prepared(room, name)

    # It was there from one moment on, and not before.
    assert seen == sorted(seen)
    assert set(seen) == {True, False}


def test_an_emergency_needs_three_calls_of_aws(room: ControlRoom) -> None:
    """What is registered and where the account ends are read, then all of it is written at once."""
    prepared(room, "pause")
    before = room.calls

    room.call("pause_all", {"reason": "breach"})

    assert room.calls - before == 3


@pytest.mark.parametrize("name", [name for name, (_, _, kind) in DEEDS.items() if kind])
def test_what_was_never_queued_is_found_and_carried_out(room: ControlRoom, name: str) -> None:
    """Whoever said it died before the queue heard: within an hour somebody works at it all the same."""
    deed, _, kind = DEEDS[name]
    prepared(room, name)
    deed(room)
    (operation,) = begun(room, kind)
    room.queue.clear()

    room.at += SILENT + timedelta(minutes=1)
    room.queue.append(({"schedules": "now"}, 0.0))
    room.work_once()

    assert [message for message, _ in room.queue] == [{"operation": operation.id, "resume": True}]


def test_where_the_queue_fails_the_caller_is_not_told_to_call_again(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause is over, and the operation is there: to say it again would resume it twice."""
    prepared(room, "resume")

    def refuse(*_: object) -> None:
        raise OSError("no way to the queue")

    with monkeypatch.context() as patch:
        patch.setattr(ControlRoom, "_counted", refuse)
        status, said = room.call("resume", {"due": "drop"}, **JOURNEY)

    assert (status, said["operation"]["state"], room.queue) == (202, QUEUED, [])
    assert room.operation(said["operation"]["id"]).asked["due"] == "drop"
    assert [did for _, did in room.told()].count("resumed") == 1


@pytest.mark.parametrize("name", DEEDS)
def test_an_answer_that_was_lost_does_it_once(room: ControlRoom, name: str) -> None:
    """botocore asks again, and is refused as it is done: it is told once, and the caller hears what came of it."""
    deed, did, kind = DEEDS[name]
    prepared(room, name)
    before = len(room.told())

    with lost_answers(room.client, "TransactWriteItems"):
        answer: Any = deed(room)

    assert answer[0] in ((200, 202) if name != "withdraw draft" else (200, 404))
    assert [word for _, word in room.told()[before:]] == [did]
    assert len(begun(room, kind)) == bool(kind)


def only_a_draft_goes(room: ControlRoom) -> str:
    """Ask for the publication of what is live and, as an earlier release left it, a draft too; return the operation."""
    room.publish(workspace())
    switch = Switch(room.client, room.table, room.at.timestamp)

    def drafted(now: Journeys) -> Journeys:
        row = now["welcome"]
        assert row is not None
        triggers = tuple((kind, name) for kind, name in row["triggers"])
        draft = Draft(row["version"], row["machine"], BEN, room.at, triggers)
        return {"welcome": {**row, "draft": draft.to_json()}}

    switch.move(switch.read(), drafted)
    status, said = room.call("publish", {"workspace": encoded(workspace()), "message": "no draft"})
    assert status == 202
    return str(said["operation"]["id"])


def test_a_publication_that_only_takes_a_draft_away_is_told_once() -> None:
    """No publication is noted of it; wherever it dies, and the queue delivers again, the history has one entry."""
    with control_room() as room:
        only_a_draft_goes(room)
        before = room.calls
        room.work()
        calls = room.calls - before
    # The last calls: the switch, and what comes before and after it.
    for number in range(calls - 6, calls + 1):
        with control_room() as another:
            operation_id = only_a_draft_goes(another)
            another.calls, another.dies_at, another.after = 0, number, True
            with pytest.raises(Died):
                another.work()
            another.dies_at = 0
            another.work()

            (journey,) = another.backing.live.journeys()
            assert (another.operation(operation_id).state, journey.draft) == (DONE, None), number
            assert another.told()[1:] == [("ana", "published")], number

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from sojourn.application.publishing import DONE, FAILED, RUNNING, Operation
from sojourn.aws_runtime.publishing import operating
from sojourn.aws_runtime.publishing.operating import DELIVERIES, Given, Outcome, finished
from sojourn.errors import AuthorError, Conflict, Throttled, TransientError
from tests.support.control_room import ANA, ControlRoom


@dataclass
class FakeWork:
    """Does what it is told to, one after the other."""

    does: list[Outcome | Exception]
    heard: list[dict[str, Any]] = field(default_factory=list)

    def __call__(
        self, operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        self.heard.append({name: value for name, value in message.items() if name != "operation"})
        what = self.does.pop(0)
        if isinstance(what, Exception):
            raise what
        return what


def begun(room: ControlRoom, *does: Outcome | Exception, kind: str = "odd") -> tuple[str, FakeWork]:
    """Queue an operation that is worked on so; return its id, and who works on it."""
    work = FakeWork([*does])
    room.works = {"odd": lambda: work}
    return room.backing.begin(kind, room.backing.signed(ANA, ""), {}).id, work


def test_what_is_done_is_done_once(room: ControlRoom) -> None:
    """A message that comes again finds the operation over."""
    operation_id, work = begun(room, finished({"n": 1}))
    room.queue.append(room.queue[0])

    room.work()

    operation = room.operation(operation_id)
    assert (operation.state, operation.result, len(work.heard)) == (DONE, {"n": 1}, 1)
    assert operation.finished is not None


def test_it_hands_on_by_messages(room: ControlRoom) -> None:
    """Each says what whoever takes it up has to know, and may come later."""
    operation_id, work = begun(
        room, Outcome(next=({"part": 1}, {"part": 2}), after=7.0), Outcome(), finished({})
    )
    at = room.at

    room.work()

    assert room.operation(operation_id).state == DONE
    assert work.heard == [{}, {"part": 1}, {"part": 2}]
    assert (room.at - at).total_seconds() >= 7


@pytest.mark.parametrize(
    ("raised", "after"), [(Conflict("x"), 5.0), (TransientError("x"), 5.0), (Throttled("x", 30.0), 30.0)]
)
def test_what_cannot_be_done_now_comes_again_by_itself(
    room: ControlRoom, raised: Exception, after: float
) -> None:
    """Without waiting for the queue to give it up, and knowing how often it came."""
    operation_id, work = begun(room, raised, raised, finished({}))
    delays = []

    while room.queue:
        delays.append(room.queue[0][1])
        room.work_once()

    assert room.operation(operation_id).state == DONE
    assert (work.heard, delays) == ([{}, {"tries": 1}, {"tries": 2}], [0.0, after, after])


def test_what_can_never_be_done_says_why(room: ControlRoom) -> None:
    """With a word for programs where there is one, and what else they are told."""
    first, _ = begun(room, Given("has_errors", "it has errors", {"errors": 3}))
    room.work()
    second, _ = begun(room, AuthorError("too large"))
    room.work()
    third, _ = begun(room, kind="unheard-of")
    room.work()

    told = [room.operation(one) for one in (first, second, third)]
    assert {one.state for one in told} == {FAILED}
    assert told[0].result == {"error": "has_errors", "message": "it has errors", "errors": 3}
    assert told[1].result == {"error": "refused", "message": "too large"}
    assert told[2].result["error"] == "unknown_kind"


def test_what_nobody_foresaw_comes_again_and_is_told_at_last(room: ControlRoom) -> None:
    """The queue delivers it a few times; then it waits among the dead letters, and the operation says so."""
    operation_id, _ = begun(room, *(KeyError("a customer's words") for _ in range(DELIVERIES)))

    for number in range(1, DELIVERIES + 1):
        assert room.operation(operation_id).failures == ()
        room.work_once(number)

    operation = room.operation(operation_id)
    assert (operation.state, len(room.queue)) == (RUNNING, 1)
    (failure,) = operation.failures
    assert "KeyError: it waits among the dead letters" in failure["why"]
    assert "words" not in failure["why"]


def test_it_does_not_come_again_for_ever(room: ControlRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is busy for many minutes counts as something that nobody foresaw."""
    monkeypatch.setattr(operating, "MOST_TRIES", 3)
    _, work = begun(room, *(TransientError("busy") for _ in range(9)))

    for _ in range(9):
        room.work_once()

    assert len(work.heard) == 9
    assert [message["tries"] for message, _ in room.queue] == [3]


def test_a_message_of_nothing_is_passed_over(room: ControlRoom) -> None:
    """It was perhaps never written down, as whoever queued it died; nobody misses it."""
    room.queue.append(({"operation": "20260306T090000000Z-ffffff"}, 0.0))

    assert room.work() == 1

"""Audiences that wait for a journey to be open hear of it from whatever resumes or stops it, or a little later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from sojourn.adapters.dynamodb.waiting_audiences import Waiting, WaitingAudiences
from sojourn.application.publishing import DONE, FAILED, RUNNING, Operation, operation_id
from sojourn.aws_runtime.audience.waiting import Pauses
from sojourn.aws_runtime.publishing import lost, works
from sojourn.aws_runtime.publishing.backing import SETTLED, Backing
from sojourn.aws_runtime.publishing.operating import Operating, Outcome, Work
from sojourn.aws_runtime.settings import Settings
from tests.support.control_room import AROUND, PREFIX, ROLE, ControlRoom, workspace
from tests.support.controlled import clients


@dataclass
class Waits:
    """A journey whose entries are paused, and an audience that waits, of which nothing was begun.

    Args:
        tick: what is done every few minutes.
    """

    room: ControlRoom
    id: str
    tick: Callable[[], int]

    def operation(self) -> Operation:
        """Return the audience's operation."""
        return self.room.operation(self.id)

    def rows(self) -> list[str]:
        """Return the audiences that wait."""
        return [one.operation for one in WaitingAudiences(self.room.client, self.room.table).all()]


@pytest.fixture
def waits(room: ControlRoom) -> Waits:
    settings = Settings(
        stage="test", table=room.table, bus="sojourn-test", schedule_group="sojourn-test", machines=PREFIX,
        machines_role_arn=ROLE, step_arn=AROUND.placeholders["${StepFunctionArn}"], send_arn="arn:send",
    )  # fmt: skip

    def audience(
        operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        return Outcome(DONE, {"begun": operation.id})

    def made(kind: str) -> Callable[[], Work]:
        return partial(works.WORKS[kind], room.backing, settings, clients())

    room.works = {"resume": made("resume"), "stop": made("stop"), "audience": lambda: audience}
    room.publish(workspace())
    room.call("pause", {"reason": "a wrong price"}, journey="welcome")
    id_ = operation_id(room.at, "abcdef")
    room.backing.operations.create(Operation(id_, "audience", "ana", room.at, "welcome"))
    room.backing.operations.begin(id_)
    (live,) = room.backing.live.journeys()
    WaitingAudiences(room.client, room.table).wait(Waiting(id_, "welcome"), live.control)

    def tick() -> int:
        return works.scheduling(room.backing, settings, clients())()

    return Waits(room, id_, tick)


def test_resuming_lets_them_go_on_once_every_function_has_heard(waits: Waits) -> None:
    """A quarter of a minute later; until then one might still find it paused."""
    waits.room.call("resume", journey="welcome")
    after = [seconds for _, seconds in waits.room.queue]

    waits.room.work()

    assert after == [SETTLED]
    assert (waits.operation().state, waits.operation().result) == (DONE, {"begun": waits.id})
    assert waits.rows() == []


def test_stopping_ends_them(waits: Waits) -> None:
    """With the reason of whoever stopped it."""
    waits.room.call("stop", {"reason": "the campaign is over"}, journey="welcome")

    waits.room.work()

    assert waits.operation().state == FAILED
    assert "(“the campaign is over”), and nobody more enters" in waits.operation().result["message"]


def test_whoever_is_left_waiting_is_found_every_few_minutes(waits: Waits) -> None:
    """The message was lost, or somebody found it paused who had not heard yet; not before it is resumed."""
    waits.tick()
    still = waits.operation()
    waits.room.call("resume", journey="welcome")
    waits.room.queue.clear()

    waits.tick()
    waits.room.work()

    assert (still.state, still.waits_for["reason"]) == (RUNNING, "a wrong price")
    assert (waits.operation().state, waits.rows()) == (DONE, [])


@pytest.mark.parametrize(("asked", "dropped"), [({"due": "drop"}, True), ({"due": "send"}, False)])
def test_whoever_drops_what_fell_due_says_so_to_all_who_look(
    waits: Waits, asked: dict[str, Any], dropped: bool
) -> None:
    """It stands beside what holds for the journey; and who opens messages alone drops no entries."""
    waits.room.call("resume", {"entries": False, **asked}, journey="welcome")
    (before,) = waits.room.backing.live.journeys()
    waits.room.call("resume", asked, journey="welcome")

    (live,) = waits.room.backing.live.journeys()

    assert before.control.dropped is None
    assert live.control.dropped == (waits.room.at if dropped else None)


@pytest.mark.parametrize(("call", "body"), [("resume", {}), ("stop", {"runs": "end"})])
def test_runs_wait_for_no_audience(
    waits: Waits, monkeypatch: pytest.MonkeyPatch, call: str, body: dict[str, str]
) -> None:
    """Where one cannot go on now, whoever stopped in the journey does all the same; it is tried again by itself."""

    def ill(_: Pauses) -> int:
        raise ValueError("an audience that nobody can read")

    with monkeypatch.context() as patched:
        patched.setattr(Pauses, "go_on", ill)
        _, said = waits.room.call(call, body, journey="welcome")
        waits.room.work()

    assert waits.room.operation(said["operation"]["id"]).state == DONE
    assert waits.rows() == [waits.id]
    assert waits.tick() >= 0
    assert waits.rows() == []


def test_operations_that_were_lost_wait_for_no_schedule(
    waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are looked for by one message; where a schedule is ill, the other is done."""

    def ill() -> int:
        raise ValueError("a schedule that nobody can read")

    looked: list[Backing] = []
    monkeypatch.setattr(lost, "put_again", looked.append)

    with pytest.raises(ValueError, match="nobody can read"):
        Operating(waits.room.backing, {}, schedules=lambda: ill)._tick()

    assert looked == [waits.room.backing]

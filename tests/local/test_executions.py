"""Executions behind the application's port: started once, answered in time, stopped, planned for later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sojourn.errors import LostRace
from sojourn.local.clock import VirtualClock
from sojourn.local.deployment import Deployment
from sojourn.local.executions import LocalExecutions
from sojourn.local.states.interpreter import Interpreter
from sojourn.local.states.machine import Machine
from tests.support.workspaces import project

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STATE = {"run": "j-1", "customer": "ana", "steps": {}}
MACHINE = {
    "StartAt": "ask",
    "States": {
        "ask": {
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 60,
            "Parameters": {"FunctionName": "step", "Payload": {"token.$": "$$.Task.Token"}},
            "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "break"}], "Next": "done",
        },
        "break": {"Type": "Fail", "Error": "Broken", "Cause": "why"},
        "done": {"Type": "Succeed"},
    },
}  # fmt: skip


class Story:
    """One machine that waits a minute for an answer and fails without one."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOON)
        self.asked: list[tuple[datetime, str]] = []
        self.failed: list[tuple[str, ...]] = []
        interpreter = Interpreter(
            self.clock, {"step": lambda payload: self.asked.append((self.clock.now(), payload["token"]))}
        )
        read = project({"j": "enter: {on: began}\nsteps: [{exit: x}]"})
        deployment = Deployment(read, None, machines={("j", "v"): Machine.parse(MACHINE)})  # type: ignore[arg-type]
        self.executions = LocalExecutions(
            self.clock, interpreter, deployment, lambda *what: self.failed.append(what)
        )

    def start(self, at: datetime | None = None, name: str = "j-1") -> None:
        self.executions.start("j", "v", name, STATE, at)


def test_a_second_start_of_one_name_does_nothing() -> None:
    """While it runs, and after it has ended."""
    story = Story()
    story.start()
    story.start()
    story.clock.run(NOON + timedelta(seconds=1))
    running = len(story.asked)
    story.executions.succeed(story.asked[0][1], STATE)
    story.clock.run()

    story.start()
    story.clock.run()

    assert (running, len(story.asked)) == (1, 1)


def test_an_execution_planned_for_later_begins_then_and_once() -> None:
    """Planned twice it begins once; planned for the past it begins now."""
    story = Story()
    for _ in range(2):
        story.start(NOON + timedelta(days=400))
    story.start(NOON - timedelta(days=1), "j-2")
    story.clock.run()

    assert [at for at, _ in story.asked] == [NOON, NOON + timedelta(days=400)]


def test_a_stopped_plan_never_begins_and_a_stopped_execution_fails_nobody() -> None:
    """Stopping what is over or was never there is no error."""
    story = Story()
    story.start(NOON + timedelta(days=400))
    story.start(name="j-2")
    story.clock.run(NOON + timedelta(seconds=1))

    for name in ("j-1", "j-2", "j-2", "never"):
        story.executions.stop("j", "v", name, "over")
    story.clock.run()

    assert [at for at, _ in story.asked] == [NOON]
    assert story.failed == []


def test_an_answer_after_the_timeout_has_lost_its_race() -> None:
    """So has a second answer, and one to a token nobody gave out; the timeout's failure is told with the run."""
    story = Story()
    story.start()
    story.start(name="j-2")
    story.clock.run(NOON + timedelta(seconds=1))
    first, second = (token for _, token in story.asked)
    story.executions.succeed(first, STATE)
    with pytest.raises(LostRace):
        story.executions.succeed(first, STATE)
    story.clock.run()

    with pytest.raises(LostRace):
        story.executions.succeed(second, STATE)

    assert story.failed == [("ana", "j-1", "j-2", "Broken", "why")]


def test_an_execution_goes_on_while_it_runs_or_is_planned() -> None:
    """Not before it is started, nor after it has ended or was stopped."""
    story = Story()
    before = story.executions.goes_on("j-1")
    story.start(NOON + timedelta(days=1))
    planned = story.executions.goes_on("j-1")
    story.clock.run(NOON + timedelta(days=1, seconds=1))
    running = story.executions.goes_on("j-1")
    story.clock.run()

    assert (before, planned, running, story.executions.goes_on("j-1")) == (False, True, True, False)

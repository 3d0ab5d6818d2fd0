"""Tasks that wait for an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sojourn.local.states import (
    Interpreter,
    InvalidOutput,
    InvalidToken,
    Machine,
    TaskDoesNotExist,
    TaskTimedOut,
)
from tests.support.local_states import DONE, START, Unavailable, World, asks, chain, machine, task


def test_a_token_is_answered_once() -> None:
    """The first answer counts; later ones, and those after the end, are told that the task is over."""
    world = World()
    execution = world.run(chain(asks(TimeoutSeconds=60)), days=0)
    token = world.work.calls[0][1]["token"]

    world.states.send_task_success(token, {"said": "yes"})
    with pytest.raises(TaskTimedOut):
        world.states.send_task_failure(token, "No", "late")
    world.clock.run()

    assert (execution.status, execution.output) == ("SUCCEEDED", {"said": "yes"})
    assert world.clock.pending == 0


def test_a_failure_by_token_can_be_caught() -> None:
    """A failure that is sent has the name and cause it was sent with."""
    world = World()
    catch = [{"ErrorEquals": ["Declined"], "Next": "Done"}]
    execution = world.run(machine(Ask=asks(Catch=catch, End=True), Done=DONE), days=0)

    world.states.send_task_failure(world.work.calls[0][1]["token"], "Declined", "too dear")
    world.clock.run()

    assert execution.output == {"Error": "Declined", "Cause": "too dear"}


@pytest.mark.parametrize(
    ("fields", "error", "seconds"),
    [
        ({"TimeoutSeconds": 60}, "States.Timeout", 60),
        ({"TimeoutSecondsPath": "$.t"}, "States.Timeout", 7),
        ({"TimeoutSeconds": 60, "HeartbeatSeconds": 20}, "States.HeartbeatTimeout", 20),
        ({"HeartbeatSecondsPath": "$.t"}, "States.HeartbeatTimeout", 7),
    ],
)
def test_no_answer_in_time(fields: dict[str, Any], error: str, seconds: float) -> None:
    """A task that nobody answers fails at its deadline, or when a heartbeat is missing."""
    world = World()

    execution = world.run(chain(asks(**fields)), {"t": 7})

    assert (execution.error, world.seconds(execution)) == (error, seconds)


def test_an_answer_exactly_at_the_deadline_is_late() -> None:
    """Even one that was scheduled before the execution began."""
    world = World()
    seen: list[str] = []

    def answer() -> None:
        try:
            world.states.send_task_success(world.work.calls[0][1]["token"], {})
        except TaskTimedOut:
            seen.append("late")

    world.clock.call_at(START + timedelta(seconds=60), answer)

    execution = world.run(chain(asks(TimeoutSeconds=60)))

    assert (seen, execution.error) == (["late"], "States.Timeout")


def test_heartbeats_put_the_heartbeat_deadline_off() -> None:
    """A heartbeat starts its own time anew, and not that of the whole task."""
    world = World()
    for second in (15, 30, 45):
        world.clock.call_at(
            START + timedelta(seconds=second),
            lambda: world.states.send_task_heartbeat(world.work.calls[0][1]["token"]),
        )

    execution = world.run(chain(asks(TimeoutSeconds=50, HeartbeatSeconds=20)))

    assert (execution.error, world.seconds(execution)) == ("States.Timeout", 50)


def test_tokens_that_never_were() -> None:
    """Text that is no token, and a token that was never given out, are told apart."""
    world = World()
    world.run(chain(asks()), days=0)
    token = world.work.calls[0][1]["token"]
    never = Interpreter(world.clock, {}, seed=1)

    with pytest.raises(InvalidToken):
        world.states.send_task_success("token", {})
    with pytest.raises(TaskDoesNotExist):
        never.send_task_success(token, {})
    with pytest.raises(InvalidOutput):
        world.states.send_task_success(token, object())
    with pytest.raises(InvalidOutput):
        world.states.send_task_success(token, "x" * 300_000)


@pytest.mark.parametrize("fails", [False, True])
def test_a_handler_answers_its_own_token(fails: bool) -> None:
    """The answer counts even where the handler then fails: it came first."""
    world = World()

    def answer(event: Any) -> Any:
        world.states.send_task_success(event["token"], "by myself")
        if fails:
            raise Unavailable("afterwards")

    world.handlers["work"] = answer

    assert world.run(chain(asks(TimeoutSeconds=5))).output == "by myself"


@pytest.mark.parametrize(
    "state", [task(), asks(), {"Type": "Parallel", "Branches": [machine(In=task(End=True))]}]
)
@pytest.mark.parametrize("fails", [False, True])
def test_a_handler_stops_its_own_execution(state: dict[str, Any], fails: bool) -> None:
    """The execution is aborted, whatever the handler returns or raises, and goes no further."""
    world = World()
    ended: list[str] = []

    def stop(event: Any) -> Any:
        world.states.stop("run-1", "Enough", "of it")
        if fails:
            raise Unavailable("afterwards")

    world.handlers["work"] = stop
    definition = Machine.parse(chain(state, {"Type": "Pass"}))
    execution = world.states.start(definition, "run-1", {}, lambda one: ended.append(one.status))
    world.clock.run()

    assert (execution.status, execution.error, execution.cause) == ("ABORTED", "Enough", "of it")
    assert ended == ["ABORTED"]
    assert world.clock.pending == 0

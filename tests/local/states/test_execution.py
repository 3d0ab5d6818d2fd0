"""Executions as a whole: names, limits, ends, what can be seen of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sojourn.local.states import (
    Execution,
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    InvalidExecutionInput,
    InvalidName,
    Machine,
    Observer,
    TaskTimedOut,
)
from tests.support.local_states import START, Unavailable, World, asks, chain, machine, run, task


def test_a_handler_starts_another_execution() -> None:
    """What a handler starts begins after the handler is back, at the same instant."""
    world = World()
    order: list[str] = []
    second = Machine.parse(chain(task(Resource="second")))

    def first(event: Any) -> None:
        world.states.start(second, "run-2", {})
        order.append("first is back")

    world.handlers.update(work=first, second=lambda event: order.append("second"))

    world.run(chain(task()))

    assert order == ["first is back", "second"]
    assert world.states.execution("run-2").started == START


def test_executions_that_start_each_other_do_not_nest() -> None:
    """Ten thousand executions, each started by the end of the one before, need no stack."""
    world = World()
    endless = Machine.parse(chain({"Type": "Pass"}))

    def again(execution: Execution) -> None:
        number = int(execution.name) + 1
        if number <= 10_000:
            world.states.start(endless, str(number), {}, again)

    world.states.start(endless, "1", {}, again)
    world.clock.run()

    assert world.states.transitions == 10_000


def test_a_chain_of_ten_thousand_states() -> None:
    """Neither reading nor running a long chain recurses."""
    execution = run(chain(*[{"Type": "Pass"}] * 10_000), {"a": 1})

    assert (execution.output, execution.transitions, execution.events) == ({"a": 1}, 10_000, 20_002)


def test_the_history_has_a_limit() -> None:
    """The 25,000th event must be the successful end; otherwise the execution fails, and nothing catches that."""
    fits, full = ([{"Type": "Pass"}] * count for count in (12_499, 12_500))

    assert run(chain(*fits)).status == "SUCCEEDED"
    failed = run(chain(*full))
    assert (failed.status, failed.error) == ("FAILED", "States.Runtime")
    assert "25000" in (failed.cause or "")


def test_an_execution_lasts_a_year_at_most() -> None:
    """A wait beyond a year, or beyond the machine's own TimeoutSeconds, ends the execution as timed out."""
    long_wait = {"Type": "Wait", "Seconds": 40_000_000}
    world, bounded, asking = World(), World(), World()

    year = world.run(chain(long_wait))
    minute = bounded.run({**chain(long_wait), "TimeoutSeconds": 60})
    unanswered = asking.run({**chain(asks(TimeoutSeconds=61)), "TimeoutSeconds": 60})

    assert [one.status for one in (year, minute, unanswered)] == ["TIMED_OUT"] * 3
    assert (world.seconds(year), bounded.seconds(minute)) == (365 * 86_400, 60)


def test_names_are_used_once() -> None:
    """A running execution is returned for the same name and input; any other use of the name is refused."""
    world = World()
    waits = Machine.parse(chain({"Type": "Wait", "Seconds": 5}))

    first = world.states.start(waits, "run-1", {"a": 1})
    world.clock.run(until=START)
    assert world.states.start(waits, "run-1", {"a": 1}) is first
    with pytest.raises(ExecutionAlreadyExists):
        world.states.start(waits, "run-1", {"a": True})
    world.clock.run()
    with pytest.raises(ExecutionAlreadyExists):
        world.states.start(waits, "run-1", {"a": 1})
    world.states.forget("run-1")
    assert world.states.start(waits, "run-1", {"a": 1}) is not first


def test_what_cannot_be_started_or_stopped() -> None:
    """Bad names, bad inputs and unknown executions are refused by their AWS names."""
    world = World()
    definition = Machine.parse(chain({"Type": "Wait", "Seconds": 5}))
    running = world.states.start(definition, "runs", {})

    for name in ("", "x" * 81, "a b", "a/b"):
        with pytest.raises(InvalidName):
            world.states.start(definition, name, {})
    for data in (object(), float("inf"), "x" * 300_000):
        with pytest.raises(InvalidExecutionInput):
            world.states.start(definition, "run-1", data)
    with pytest.raises(ExecutionDoesNotExist):
        world.states.stop("nobody")
    with pytest.raises(ExecutionDoesNotExist):
        world.states.forget(running.name)


def test_stopping_calls_everything_off() -> None:
    """An aborted execution keeps no timer and no token; stopping it again changes nothing."""
    world = World()
    branches = [machine(Ask=asks(End=True)), machine(Wait={"Type": "Wait", "Seconds": 9, "End": True})]
    execution = world.run(chain({"Type": "Parallel", "Branches": branches}), days=0)

    world.states.stop(execution)
    world.states.stop(execution, "Later")
    world.clock.run()

    assert (execution.status, execution.error, world.clock.pending) == ("ABORTED", None, 0)
    with pytest.raises(TaskTimedOut):
        world.states.send_task_success(world.work.calls[0][1]["token"], {})


def test_the_context_object() -> None:
    """Paths that start with $$ read what is known of the execution."""
    template = {f"{name.replace('.', '_')}.$": f"$$.{name}" for name in (
        "Execution.Name", "Execution.Input", "Execution.StartTime", "State.Name", "State.EnteredTime",
        "StateMachine.Name", "Execution.Id",
    )}  # fmt: skip

    execution = run(chain({"Type": "Wait", "Seconds": 1}, {"Type": "Pass", "Parameters": template}), {"a": 1})

    assert execution.output == {
        "Execution_Name": "run-1", "Execution_Input": {"a": 1}, "Execution_StartTime": "2026-03-06T14:00:00.000Z",
        "State_Name": "S1", "State_EnteredTime": "2026-03-06T14:00:01.000Z", "StateMachine_Name": "machine",
        "Execution_Id": "arn:aws:states:us-east-1:000000000000:execution:machine:run-1",
    }  # fmt: skip


def test_the_whole_context_object() -> None:
    """`$$` itself gives all parts there are; a part that is not there is found missing."""
    whole = run(chain({"Type": "Pass", "Parameters": {"c.$": "$$"}}))
    missing = run(chain({"Type": "Pass", "Parameters": {"c.$": "$$.Task.Token"}}))

    assert set(whole.output["c"]) == {"Execution", "State", "StateMachine"}
    assert missing.error == "States.Runtime"


def test_an_observer_is_told_everything() -> None:
    """Each entry, exit, failure, retry and end is told, in order."""
    told: list[tuple[str, ...]] = []

    class Teller(Observer):
        def entered(self, execution: Execution, state: str, value: Any) -> None:
            told.append(("entered", state, json.dumps(value)))

        def left(self, execution: Execution, state: str, output: Any) -> None:
            told.append(("left", state, json.dumps(output)))

        def failed(self, execution: Execution, state: str, error: str, cause: str, reason: Exception) -> None:
            told.append(("failed", state, error, type(reason).__name__))

        def retrying(self, execution: Execution, state: str, seconds: float) -> None:
            told.append(("retrying", state, str(seconds)))

        def ended(self, execution: Execution) -> None:
            told.append(("ended", execution.status))

    world = World(fails=1, observer=Teller())
    world.run(chain({"Type": "Pass"}, task(Retry=[{"ErrorEquals": ["States.ALL"]}])), 1)

    assert told == [
        ("entered", "S0", "1"), ("left", "S0", "1"), ("entered", "S1", "1"),
        ("failed", "S1", "Unavailable", "Unavailable"),
        ("retrying", "S1", "1.0"), ("left", "S1", '"done"'), ("ended", "SUCCEEDED"),
    ]  # fmt: skip


def test_an_error_in_a_callback_does_not_lose_the_rest() -> None:
    """What `on_end` raises comes out of the clock; the other executions go on when it runs again."""
    world = World()
    passes = Machine.parse(chain({"Type": "Pass"}))

    def raise_it(execution: Execution) -> None:
        raise Unavailable("in a callback")

    world.states.start(passes, "first", {}, raise_it)
    others = [world.states.start(passes, f"other-{number}", {}, raise_it) for number in range(2)]
    for _ in range(3):
        with pytest.raises(Unavailable):
            world.clock.run()

    assert [other.status for other in others] == ["SUCCEEDED"] * 2
    assert world.clock.pending == 0

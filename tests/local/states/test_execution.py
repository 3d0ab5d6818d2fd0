"""What executions do: waiting, working, failing, branching, ending."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sojourn.local.clock import VirtualClock
from sojourn.local.states import (
    Execution,
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    Interpreter,
    InvalidExecutionInput,
    InvalidName,
    InvalidOutput,
    InvalidToken,
    Machine,
    Observer,
    TaskDoesNotExist,
    TaskTimedOut,
)
from tests.support.local_states import START, chain, machine, run

DONE: dict[str, Any] = {"Type": "Succeed"}
LOOKED_UP = "arn:aws:states:::lambda:invoke"
WAITING = f"{LOOKED_UP}.waitForTaskToken"


class Unavailable(Exception):
    """What a handler raises."""


class Script:
    """A handler that fails so many times before it answers, and remembers when it was called with what."""

    def __init__(self, clock: VirtualClock, fails: int = 0, answer: Any = "done") -> None:
        self.clock = clock
        self.fails = fails
        self.answer = answer
        self.calls: list[tuple[float, Any]] = []

    def __call__(self, event: Any) -> Any:
        self.calls.append(((self.clock.now() - START).total_seconds(), event))
        if len(self.calls) <= self.fails:
            raise Unavailable(f"attempt {len(self.calls)}")
        return self.answer


class World:
    """A clock, an interpreter and one handler, `work`."""

    def __init__(self, fails: int = 0, answer: Any = "done", observer: Observer | None = None) -> None:
        self.clock = VirtualClock(START)
        self.work = Script(self.clock, fails, answer)
        self.handlers: dict[str, Any] = {"work": self.work}
        self.states = Interpreter(self.clock, self.handlers, observer)

    def run(self, definition: dict[str, Any], data: Any = None, days: float = 400) -> Execution:
        """Run a machine for so many days."""
        execution = self.states.start(Machine.parse(definition), "run-1", data)
        self.clock.run(until=START + timedelta(days=days))
        return execution

    def seconds(self, execution: Execution) -> float:
        """Return how long an execution took."""
        assert execution.stopped is not None
        return (execution.stopped - execution.started).total_seconds()


def task(**more: Any) -> dict[str, Any]:
    """Return a task that calls `work`."""
    return {"Type": "Task", "Resource": "work", **more}


def asks(**more: Any) -> dict[str, Any]:
    """Return a task that hands its token to `work` and waits for the answer."""
    payload = {"FunctionName": "work", "Payload": {"token.$": "$$.Task.Token"}}
    return {"Type": "Task", "Resource": WAITING, "Parameters": payload, **more}


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        ({"Seconds": 0}, 0),
        ({"Seconds": 90}, 90),
        ({"SecondsPath": "$.span"}, 30 * 86_400),
        ({"Timestamp": "2026-03-06T15:00:00+01:00"}, 0),
        ({"Timestamp": "2026-03-06T14:00:10.250Z"}, 10.25),
        ({"TimestampPath": "$.at"}, 3600),
        ({"Timestamp": "2020-01-01T00:00:00Z"}, 0),
    ],
)
def test_a_wait_lasts(wait: dict[str, Any], seconds: float) -> None:
    """Waits end to the microsecond; those whose end is past are over at once."""
    world = World()

    execution = world.run(
        chain({"Type": "Wait", **wait}), {"span": 30 * 86_400, "at": "2026-03-06T15:00:00Z"}
    )

    assert (execution.status, world.seconds(execution)) == ("SUCCEEDED", seconds)


@pytest.mark.parametrize("wait", [{"SecondsPath": "$.s"}, {"SecondsPath": "$.n"}, {"TimestampPath": "$.s"}])
def test_a_wait_for_nonsense_fails(wait: dict[str, Any]) -> None:
    """Text, negative numbers and no timestamps are `States.Runtime`."""
    assert run(chain({"Type": "Wait", **wait}), {"s": "soon", "n": -1}).error == "States.Runtime"


def test_a_task_shapes_its_input_and_result() -> None:
    """InputPath, Parameters, ResultSelector, ResultPath and OutputPath apply in this order."""
    world = World(answer={"a": {"b": 1}, "noise": 2})
    shaped = task(
        InputPath="$.in", Parameters={"got.$": "$.x", "who.$": "$$.Execution.Name"},
        ResultSelector={"only.$": "$.a.b"}, ResultPath="$.out.here", OutputPath="$.out",
    )  # fmt: skip

    execution = world.run(chain(shaped), {"in": {"x": 5}})

    assert world.work.calls == [(0, {"got": 5, "who": "run-1"})]
    assert execution.output == {"here": {"only": 1}}


def test_null_paths() -> None:
    """A null InputPath or OutputPath is an empty object; a null ResultPath drops the result."""
    world = World()

    execution = world.run(
        chain(task(InputPath=None, ResultPath=None), {"Type": "Pass", "OutputPath": None}), {"a": 1}
    )

    assert (world.work.calls, execution.output) == ([(0, {})], {})


def test_a_function_is_invoked_by_name() -> None:
    """`lambda:invoke` names the function in its parameters, with or without qualifier, and wraps the answer."""
    world = World()
    names = [{"FunctionName": "work", "Payload.$": "$"}, {"FunctionName": "work:$LATEST"}]
    both = [
        {"Type": "Task", "Resource": LOOKED_UP, "Parameters": name, "ResultPath": "$.r"} for name in names
    ]

    execution = world.run(chain(*both), {"a": 1})

    assert [event for _, event in world.work.calls] == [{"a": 1}, {}]
    assert execution.output["r"] == {"ExecutedVersion": "$LATEST", "Payload": "done", "StatusCode": 200}


def test_placeholders_are_filled_in() -> None:
    """A `${Name}` becomes what stands for it, or can be looked up as it is."""
    world = World()
    world.handlers["${Other}"] = world.work
    definition = chain(task(Resource="${Work}"), task(Resource="${Other}"))

    world.states.start(Machine.parse(json.dumps(definition), {"Work": "work"}), "run-1", {})
    world.clock.run()

    assert len(world.work.calls) == 2


def test_a_handler_owns_its_event_and_answer() -> None:
    """What a handler does to its event, or later to its answer, changes nothing in the execution."""
    world = World()
    kept: dict[str, Any] = {"list": [1]}

    def spoil(event: Any) -> Any:
        event["list"].append("spoilt")
        return kept

    world.handlers["work"] = spoil
    branches = [machine(Dropped=task(ResultPath=None, End=True)), machine(Kept=task(End=True))]

    execution = world.run(chain({"Type": "Parallel", "Branches": branches}), {"list": []})
    kept["list"].append("spoilt")

    assert execution.output == [{"list": []}, {"list": [1]}]
    execution.output.append("spoilt")
    assert execution.output == [{"list": []}, {"list": [1]}]
    assert execution.input == {"list": []}


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (lambda event: {1, 2}, "Runtime.MarshalError"),
        (lambda event: float("nan"), "Runtime.MarshalError"),
        (lambda event: "x" * 262_143, "States.DataLimitExceeded"),
    ],
)
def test_an_answer_must_be_json_of_256_kib(handler: Any, error: str) -> None:
    """What a Lambda function could not return fails the task."""
    assert run(chain(task()), {}, {"work": handler}).error == error


def test_a_resource_that_is_not_there() -> None:
    """A function that nobody gave fails the task, as on AWS."""
    assert run(chain(task(Resource="nobody:1")), {}).error == "Lambda.ResourceNotFoundException"


def test_the_error_of_a_handler() -> None:
    """The name is the exception's class, or its own `error_name`; the cause is Lambda's JSON."""
    named = Unavailable("closed")
    named.error_name = "Shop.Closed"  # type: ignore[attr-defined]

    def refuse(event: Any) -> Any:
        raise named

    plain, renamed = World(fails=1).run(chain(task())), run(chain(task()), {}, {"work": refuse})

    assert (plain.error, renamed.error) == ("Unavailable", "Shop.Closed")
    assert json.loads(plain.cause or "") == {"errorMessage": "attempt 1", "errorType": "Unavailable"}


@pytest.mark.parametrize(
    ("retrier", "times"),
    [
        ({}, [0, 1, 3, 7]),
        ({"IntervalSeconds": 10, "BackoffRate": 3, "MaxDelaySeconds": 40}, [0, 10, 40, 80]),
        ({"MaxAttempts": 0}, [0]),
        ({"MaxAttempts": 1, "BackoffRate": 1.5}, [0, 1]),
    ],
)
def test_a_task_is_tried_again(retrier: dict[str, Any], times: list[float]) -> None:
    """Attempts come after growing pauses, as many as allowed; each costs a transition."""
    world = World(fails=99)
    retry = [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Unavailable"], **retrier}]

    execution = world.run(chain(task(Retry=retry)))

    assert [at for at, _ in world.work.calls] == times
    assert (execution.status, execution.transitions) == ("FAILED", len(times))


def test_jitter_is_the_same_in_every_run() -> None:
    """Full jitter shortens the pauses, by the same amounts in two runs."""
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "JitterStrategy": "FULL"}]
    worlds = [World(fails=3), World(fails=3)]

    for world in worlds:
        world.run(chain(task(Retry=retry)))

    first, second = ([at for at, _ in world.work.calls] for world in worlds)
    assert first == second
    assert 0 < first[1] < 60


def test_the_retry_count_is_readable_and_starts_anew() -> None:
    """`$$.State.RetryCount` counts attempts of this visit only."""
    world = World(fails=2)
    counted = task(Parameters={"tried.$": "$$.State.RetryCount"}, Retry=[{"ErrorEquals": ["States.ALL"]}])

    world.run(chain(counted, counted))

    assert [event["tried"] for _, event in world.work.calls] == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("names", "error", "caught"),
    [
        (["Unavailable"], "Unavailable", True), (["Other"], "Unavailable", False), (["States.ALL"], "Unavailable", True),
        (["States.TaskFailed"], "Unavailable", True), (["States.TaskFailed"], "States.Timeout", False),
        (["States.Timeout"], "States.HeartbeatTimeout", True), (["States.HeartbeatTimeout"], "States.Timeout", False),
        (["States.ALL"], "States.Timeout", True), (["States.ALL"], "States.Runtime", False),
        (["States.Runtime"], "States.Runtime", False), (["States.ALL"], "States.DataLimitExceeded", False),
        (["States.DataLimitExceeded"], "States.DataLimitExceeded", True),
    ],
)  # fmt: skip
def test_what_is_caught(names: list[str], error: str, caught: bool) -> None:
    """Names match as the developer guide says, wildcards not everything."""

    def refuse(event: Any) -> Any:
        failure = Unavailable("no")
        failure.error_name = error  # type: ignore[attr-defined]
        raise failure

    catch = [{"ErrorEquals": names, "Next": "Done", "ResultPath": "$.failure"}]

    execution = run(machine(Work=task(Catch=catch, End=True), Done=DONE), {"a": 1}, {"work": refuse})

    assert execution.status == ("SUCCEEDED" if caught else "FAILED")
    if caught:
        assert (execution.output["a"], execution.output["failure"]["Error"]) == (1, error)


def test_retry_comes_before_catch() -> None:
    """The catcher gets the error of the last attempt."""
    world = World(fails=9)
    state = task(
        Retry=[{"ErrorEquals": ["Unavailable"], "MaxAttempts": 2}],
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Done"}],
        End=True,
    )

    execution = world.run(machine(Work=state, Done=DONE))

    assert "attempt 3" in execution.output["Cause"]


def test_a_fail_state_names_its_error() -> None:
    """Error and Cause are given as text, as paths, as calls, or not at all."""
    fixed = run(machine(No={"Type": "Fail", "Error": "Refused", "Cause": "because"}))
    computed = run(
        machine(No={"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('{}!', $.n)"}),
        {"e": "E", "n": 1},
    )
    silent = run(machine(No={"Type": "Fail"}))

    assert [(one.error, one.cause) for one in (fixed, computed, silent)] == [
        ("Refused", "because"), ("E", "1!"), (None, None),
    ]  # fmt: skip


def test_branches_run_side_by_side() -> None:
    """A Parallel state lasts as long as its longest branch; the outputs are in the order of the branches."""
    world = World()
    branches = [
        machine(**{f"W{span}": {"Type": "Wait", "Seconds": span, "Next": f"P{span}"},
                   f"P{span}": {"Type": "Pass", "Result": span, "End": True}})
        for span in (30, 10, 20)
    ]  # fmt: skip

    execution = world.run(chain({"Type": "Parallel", "Branches": branches, "ResultPath": "$.spans"}), {})

    assert (execution.output, world.seconds(execution)) == ({"spans": [30, 10, 20]}, 30)


def test_a_failing_branch_calls_the_others_off() -> None:
    """The state fails with the branch's own error, at once, and nothing of the other branches happens any more."""
    world = World()
    late = machine(Wait={"Type": "Wait", "Seconds": 60, "Next": "Late"}, Late=task(End=True))
    inner = machine(Nested={"Type": "Parallel", "Branches": [late], "End": True})
    soon = machine(Soon={"Type": "Wait", "Seconds": 5, "Next": "No"}, No={"Type": "Fail", "Error": "Broken"})
    catch = [{"ErrorEquals": ["Broken"], "Next": "Done"}]

    execution = world.run(
        machine(Fork={"Type": "Parallel", "Branches": [inner, soon], "Catch": catch, "End": True}, Done=DONE)
    )

    assert (execution.output["Error"], world.seconds(execution), world.work.calls) == ("Broken", 5, [])


def test_a_parallel_state_is_tried_again_as_a_whole() -> None:
    """A retry runs every branch once more."""
    world = World(fails=1)
    branches = [machine(A=task(End=True)), machine(B={"Type": "Pass", "Result": "b", "End": True})]

    execution = world.run(
        chain({"Type": "Parallel", "Branches": branches, "Retry": [{"ErrorEquals": ["States.ALL"]}]})
    )

    assert (execution.output, len(world.work.calls)) == (["done", "b"], 2)


@pytest.mark.parametrize(("at_once", "seconds"), [(0, 60), (1, 150), (2, 90), (5, 60)])
def test_a_map_runs_so_many_items_at_once(at_once: int, seconds: int) -> None:
    """MaxConcurrency bounds the iterations under way; the outputs are in the order of the items."""
    world = World()
    each = machine(Each={"Type": "Wait", "SecondsPath": "$.span", "End": True})
    state = {
        "Type": "Map", "ItemsPath": "$.spans", "MaxConcurrency": at_once, "ItemProcessor": each,
        "ItemSelector": {"span.$": "$$.Map.Item.Value", "at.$": "$$.Map.Item.Index", "who.$": "$.who"},
    }  # fmt: skip

    execution = world.run(chain(state), {"spans": [30, 60, 60], "who": "ana"})

    assert [item["at"] for item in execution.output] == [0, 1, 2]
    assert execution.output[1] == {"span": 60, "at": 1, "who": "ana"}
    assert world.seconds(execution) == seconds


def test_a_map_over_nothing() -> None:
    """No items give an empty list; what is no list fails the execution."""
    state = {"Type": "Map", "ItemsPath": "$.items", "Iterator": machine(Each=DONE)}

    empty, wrong = run(chain(state), {"items": []}), run(chain(state), {"items": {}})

    assert (empty.output, wrong.error) == ([], "States.Runtime")


def test_a_failing_item_fails_the_map() -> None:
    """An iteration's error, also that of a later item's selector, ends the state."""
    fails = {
        "Type": "Map",
        "ItemProcessor": machine(Each={"Type": "Fail", "Error": "Bad"}),
        "MaxConcurrency": 1,
    }
    selects = {
        "Type": "Map", "MaxConcurrency": 1, "ItemSelector": {"x.$": "States.ArrayGetItem($$.Map.Item.Value, 0)"},
        "ItemProcessor": machine(Each=DONE), "Catch": [{"ErrorEquals": ["States.IntrinsicFailure"], "Next": "Done"}],
    }  # fmt: skip

    failed = run(chain(fails), [1, 2])
    caught = run(machine(Map={**selects, "End": True}, Done=DONE), [[1], []])

    assert (failed.error, caught.output["Error"]) == ("Bad", "States.IntrinsicFailure")


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
        ("entered", "S0", "1"), ("left", "S0", "1"), ("entered", "S1", "1"), ("failed", "S1", "Unavailable", "Unavailable"),
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

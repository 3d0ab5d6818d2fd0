"""Waits and tasks: data in and out, errors, retries, catches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sojourn.local.states import (
    Machine,
)
from tests.support.local_states import DONE, Unavailable, World, chain, machine, run, task

LOOKED_UP = "arn:aws:states:::lambda:invoke"


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
        (["Unavailable"], "Unavailable", True), (["Other"], "Unavailable", False),
        (["States.ALL"], "Unavailable", True),
        (["States.TaskFailed"], "Unavailable", True), (["States.TaskFailed"], "States.Timeout", False),
        (["States.Timeout"], "States.HeartbeatTimeout", True),
        (["States.HeartbeatTimeout"], "States.Timeout", False),
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

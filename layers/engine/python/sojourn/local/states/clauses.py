"""Reading the states that wait or work: Wait, Task, Parallel, Map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sojourn.local.clock import instant
from sojourn.local.states.errors import RUNTIME, StateError
from sojourn.local.states.evaluation import UNCHANGED, UNKNOWN, Evaluate, Scope, input_itself
from sojourn.local.states.fields import LONGEST_SECONDS, Fields, whole_number
from sojourn.local.states.model import After, Map, Parallel, State, Task, Wait, Working
from sojourn.local.states.payload import to_json
from sojourn.local.states.timestamps import timestamp

Target = Callable[[Any, str], State]
ReadMachine = Callable[[Any, str], State]

_MICROSECONDS = 1_000_000
_INVOKE = "arn:aws:states:::lambda:invoke"
_WAITING = ".waitForTaskToken"


def read_wait(state: Wait, fields: Fields) -> None:
    """Complete a Wait state."""
    state.inward = fields.path("InputPath") or state.inward
    state.work = fields.path("OutputPath")
    state.growth = UNKNOWN if state.work or fields.has("InputPath") else UNCHANGED
    given = [name for name in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath") if fields.has(name)]
    if len(given) != 1:
        fields.problem("it needs exactly one of Seconds, SecondsPath, Timestamp, TimestampPath")
        return
    name = given[0]
    if name == "Seconds":
        state.until = _after_seconds(fields.number("Seconds", 0, 0, LONGEST_SECONDS))
    elif name == "Timestamp":
        constant = timestamp(fields.definition[name])
        if constant is None:
            fields.problem(f"it must be a timestamp, not {to_json(fields.definition[name])}", name)
            return
        at = instant(constant)
        state.until = lambda value, scope, now: at
    elif name == "SecondsPath":
        state.until = _after_seconds_at(fields.reference(name))
    else:
        state.until = _at_timestamp(fields.reference(name))


def _after_seconds(seconds: int) -> Callable[[Any, Scope, int], int]:
    span = seconds * _MICROSECONDS
    return lambda value, scope, now: now + span


def _after_seconds_at(path: Evaluate) -> Callable[[Any, Scope, int], int]:
    return lambda value, scope, now: now + _MICROSECONDS * whole_number(path(value, scope), 0, "SecondsPath")


def _at_timestamp(path: Evaluate) -> Callable[[Any, Scope, int], int]:
    def until(value: Any, scope: Scope, now: int) -> int:
        found = path(value, scope)
        when = timestamp(found)
        if when is None:
            raise StateError(
                RUNTIME, f"The TimestampPath parameter must be a timestamp: {to_json(found)} is not"
            )
        return instant(when)

    return until


def _read_working(
    state: Working, fields: Fields, target: Target, parameters: str | None = "Parameters"
) -> None:
    """Complete what all states that work have: filters, templates, the result's place, Retry and Catch."""
    inward = fields.path("InputPath")
    if parameters is not None and fields.has(parameters):
        template = fields.template(parameters)
        fill = template.evaluate
        state.effective = fill if inward is None else lambda value, scope: fill(inward(value, scope), scope)
        state.effective_growth = UNKNOWN if inward else template.growth
    elif inward is not None:
        state.effective, state.effective_growth = inward, UNKNOWN
    state.after = _after(fields)
    state.retriers = fields.retriers()
    state.catchers = fields.catchers(target)


def _after(fields: Fields) -> After:
    """Return the way from input and result to output: ResultSelector, ResultPath, OutputPath."""
    select = fields.template("ResultSelector").evaluate if fields.has("ResultSelector") else None
    put, outward = fields.placing().put, fields.path("OutputPath")

    def after(value: Any, result: Any, scope: Scope) -> Any:
        if select is not None:
            result = select(result, scope)
        output = put(value, result)
        return output if outward is None else outward(output, scope)

    return after


def read_task(state: Task, fields: Fields, target: Target) -> None:
    """Complete a Task state."""
    _read_working(state, fields, target)
    resource = fields.definition.get("Resource")
    if not isinstance(resource, str) or not resource:
        fields.problem("it must be the ARN of what to call", "Resource")
        return
    state.resource = resource
    state.waits = resource.endswith(_WAITING)
    state.invokes = resource.removesuffix(_WAITING) == _INVOKE
    state.timeout = fields.seconds("TimeoutSeconds")
    state.heartbeat = fields.seconds("HeartbeatSeconds")
    timeout, heartbeat = fields.definition.get("TimeoutSeconds"), fields.definition.get("HeartbeatSeconds")
    if type(timeout) is int and type(heartbeat) is int and heartbeat >= timeout:
        fields.problem("it must be less than TimeoutSeconds", "HeartbeatSeconds")
    if state.invokes:
        parameters = fields.definition.get("Parameters")
        names = set(parameters) if isinstance(parameters, dict) else set()
        if not names & {"FunctionName", "FunctionName.$"}:
            fields.problem("it must name the function as FunctionName", "Parameters")


def read_parallel(state: Parallel, fields: Fields, target: Target, read_machine: ReadMachine) -> None:
    """Complete a Parallel state and read its branches."""
    _read_working(state, fields, target)
    branches = fields.definition.get("Branches")
    if not isinstance(branches, list) or not branches:
        fields.problem("it must be a list of at least one machine", "Branches")
        return
    state.branches = tuple(
        read_machine(branch, f"{fields.place}.Branches[{index}]") for index, branch in enumerate(branches)
    )


def read_map(state: Map, fields: Fields, target: Target, read_machine: ReadMachine) -> None:
    """Complete a Map state and read its machine."""
    if fields.has("ItemSelector") and fields.has("Parameters"):
        fields.problem("it cannot stand beside Parameters, its older name", "ItemSelector")
    _read_working(state, fields, target, parameters=None)
    selector = "ItemSelector" if fields.has("ItemSelector") else "Parameters"
    if fields.has(selector):
        state.selector = fields.template(selector).evaluate
    state.items = fields.reference("ItemsPath") if fields.has("ItemsPath") else input_itself
    state.at_once = fields.seconds("MaxConcurrency", least=0)
    name = "ItemProcessor" if fields.has("ItemProcessor") else "Iterator"
    processor = fields.definition.get(name)
    if fields.has("ItemProcessor") == fields.has("Iterator") or not isinstance(processor, dict):
        fields.problem("it needs ItemProcessor, the machine to run for each item")
        return
    config = processor.get("ProcessorConfig", {})
    if not isinstance(config, dict) or config.get("Mode", "INLINE") != "INLINE":
        fields.problem("only inline maps are supported: Mode must be INLINE", f"{name}.ProcessorConfig")
    state.processor = read_machine(processor, f"{fields.place}.{name}")

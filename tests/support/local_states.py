"""Running machines on the local interpreter: to their end in one call, or step by step in a world of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn.local.clock import VirtualClock
from sojourn.local.states import Execution, Interpreter, Machine, Observer

START = datetime(2026, 3, 6, 14, 0, tzinfo=UTC)
Handlers = Mapping[str, Callable[[Any], Any]]
NO_HANDLERS: Handlers = {}
DONE: dict[str, Any] = {"Type": "Succeed"}
WAITING = "arn:aws:states:::lambda:invoke.waitForTaskToken"


def run(
    definition: Mapping[str, Any],
    data: Any = None,
    handlers: Handlers = NO_HANDLERS,
    observer: Observer | None = None,
    history_limit: int = 25_000,
) -> Execution:
    """Run a definition on *data*, {} unless given, until nothing is left to happen."""
    clock = VirtualClock(START)
    interpreter = Interpreter(clock, handlers, observer, history_limit=history_limit)
    execution = interpreter.start(Machine.parse(definition), "run-1", {} if data is None else data)
    clock.run()
    return execution


def machine(**states: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition of these states, the first of which starts it."""
    return {"StartAt": next(iter(states)), "States": states}


def chain(*states: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition of these states one after the other, named S0, S1, …"""
    last = len(states) - 1
    named = {
        f"S{index}": {**state, **({"End": True} if index == last else {"Next": f"S{index + 1}"})}
        for index, state in enumerate(states)
    }
    return {"StartAt": "S0", "States": named}


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

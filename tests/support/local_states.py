"""Running a machine on the local interpreter to its end, in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sojourn.local.clock import VirtualClock
from sojourn.local.states import Execution, Interpreter, Machine, Observer

START = datetime(2026, 3, 6, 14, 0, tzinfo=UTC)
Handlers = Mapping[str, Callable[[Any], Any]]
NO_HANDLERS: Handlers = {}


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

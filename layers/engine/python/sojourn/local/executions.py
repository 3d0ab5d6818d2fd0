"""State machine executions in the local runtime: the interpreter behind the application's port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.compile.names import ANYWHERE
from sojourn.errors import LostRace
from sojourn.local.states.errors import (
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    TaskDoesNotExist,
    TaskTimedOut,
)
from sojourn.local.states.runs import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sojourn.local.clock import Timer, VirtualClock
    from sojourn.local.deployment import Deployment
    from sojourn.local.states.interpreter import Interpreter
    from sojourn.local.states.runs import Execution


class LocalExecutions:
    """Starts, answers and stops executions on the virtual clock.

    Args:
        on_failure: told of an execution that failed: its state's customer and run, its name, error and cause.
            `watch` is told of every execution that ended.
    """

    def __init__(
        self, clock: VirtualClock, interpreter: Interpreter, deployment: Deployment,
        on_failure: Callable[[str, str, str, str, str], None],
    ) -> None:  # fmt: skip
        self._clock = clock
        self._interpreter = interpreter
        self._deployment = deployment
        self._on_failure = on_failure
        self._planned: dict[str, Timer] = {}
        # The interpreter forgets executions that are over, to save memory; their names stay taken.
        self._ended: set[str] = set()
        self.watch: Callable[[Execution], None] = _unwatched

    def start(
        self, journey: str, version: str, name: str, state: Mapping[str, Any], at: datetime | None = None
    ) -> None:
        """Start an execution, at *at* if given; a second start of one name does nothing."""
        if at is not None and at > self._clock.now():
            if name not in self._planned:
                self._planned[name] = self._clock.call_at(
                    at, lambda: self._begin(journey, version, name, state)
                )
            return
        self._begin(journey, version, name, state)

    def _begin(self, journey: str, version: str, name: str, state: Mapping[str, Any]) -> None:
        self._planned.pop(name, None)
        if name in self._ended:
            return
        machine = self._deployment.machine(journey, version, anywhere=name.endswith(ANYWHERE))
        try:
            self._interpreter.start(
                machine, name, state, on_end=lambda execution: self._over(execution, state)
            )
        except ExecutionAlreadyExists:
            return

    def _over(self, execution: Execution, state: Mapping[str, Any]) -> None:
        self._ended.add(execution.name)
        self.watch(execution)
        if execution.status in (Status.FAILED, Status.TIMED_OUT) and execution.error != "RunEnded":
            self._on_failure(
                state["customer"], state["run"], execution.name, execution.error or "", execution.cause or ""
            )
        self._clock.call_at(self._clock.now(), lambda: self._interpreter.forget(execution.name))

    def watch_the_rest(self) -> None:
        """Show the executions that still run to whoever watches those that end."""
        for execution in self._interpreter.running():
            self.watch(execution)

    def goes_on(self, name: str) -> bool:
        """Say whether an execution runs, or is planned to begin."""
        if name in self._planned:
            return True
        try:
            return self._interpreter.execution(name).status is Status.RUNNING
        except ExecutionDoesNotExist:
            return False

    def succeed(self, token: str, state: Mapping[str, Any]) -> None:
        """Answer a waiting task with the run's new state.

        Raises:
            LostRace: the wait is over.
        """
        try:
            self._interpreter.send_task_success(token, state)
        except (TaskDoesNotExist, TaskTimedOut) as error:
            raise LostRace(str(error)) from error

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        """Stop an execution, running or still to start."""
        planned = self._planned.pop(name, None)
        if planned is not None:
            planned.cancel()
            return
        try:
            self._interpreter.stop(name, "Sojourn.Stopped", reason)
        except ExecutionDoesNotExist:
            return


def _unwatched(_: Execution) -> None:
    return

"""The interpreter: what Step Functions offers as an API, on a virtual clock.

Calls return at once. What they set off happens at the same instant, once the clock runs, in the order of the
calls: as on AWS, the code that starts an execution never finds its first state already done inside of the
call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sojourn.local.clock import VirtualClock
from sojourn.local.states.engine import Engine
from sojourn.local.states.errors import (
    ExecutionAlreadyExists,
    ExecutionDoesNotExist,
    InvalidExecutionInput,
    InvalidName,
    InvalidOutput,
    StateError,
    TaskTimedOut,
)
from sojourn.local.states.machine import Machine
from sojourn.local.states.observing import Observer
from sojourn.local.states.payload import LIMIT, same, shared, taken_over
from sojourn.local.states.resources import Resources
from sojourn.local.states.runs import Execution, Frame, Status
from sojourn.local.states.tokens import Tokens

_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
HISTORY_LIMIT = 25_000
_MICROSECONDS = 1_000_000
_A_YEAR = 31_536_000


class Interpreter:
    """Runs state machines.

    Args:
        clock: gives the time, and runs what happens later.
        resources: the handlers by ARN or placeholder. A function's takes the event and returns the answer, as
        a
            Lambda function does, without a context; any other integration's takes the state's parameters.
            What a handler raises is the task's failure, by the name of its class or its `error_name`.
        observer: told what happens.
        seed: of `States.UUID`, `States.MathRandom`, retry jitter and task tokens.
        history_limit: the most events in an execution's history; AWS's own unless said otherwise.
        trusted: whoever calls, and every handler, changes nothing that was handed over and hands over nothing but
            JSON: data is then shared instead of copied, which a simulation of many customers can feel.
    """

    def __init__(
        self,
        clock: VirtualClock,
        resources: Mapping[str, Callable[[Any], Any]],
        observer: Observer | None = None,
        *,
        seed: int = 0,
        history_limit: int = HISTORY_LIMIT,
        trusted: bool = False,
    ) -> None:
        self._clock = clock
        self._seed = seed
        self._take_over = shared if trusted else taken_over
        self._tokens = Tokens(seed)
        self._engine = Engine(
            clock, Resources(resources, trusted=trusted), observer, self._tokens, history_limit
        )
        self._executions: dict[str, Execution] = {}

    def __repr__(self) -> str:
        return f"<Interpreter executions={len(self._executions)} transitions={self.transitions}>"

    @property
    def transitions(self) -> int:
        """Return how many states were entered and retried, over all executions."""
        return self._engine.transitions

    def start(
        self,
        machine: Machine,
        name: str,
        input: Any,  # noqa: A002 - the word of the AWS API
        on_end: Callable[[Execution], None] | None = None,
    ) -> Execution:
        """Start an execution, or return the one that runs under this name with this input already.

        Args:
            name: unique in this interpreter, over all machines, whether the execution still runs or not.
            input: any JSON value; it is copied.
            on_end: called once it has ended, in whatever way; not when a running execution is returned.

        Raises:
            ExecutionAlreadyExists: where the name was used with another input or machine, or has ended.
            InvalidName: where the name is empty, longer than 80 characters, or holds characters AWS refuses.
            InvalidExecutionInput: where the input is not JSON, or larger than 256 KiB.
        """
        try:
            data, length = self._take_over(input)
        except (TypeError, ValueError) as problem:
            raise InvalidExecutionInput(f"the input is not JSON: {problem}") from None
        if length > LIMIT:
            raise InvalidExecutionInput(f"the input has {length} bytes; {LIMIT} are allowed")
        if not _NAME.fullmatch(name):
            raise InvalidName(f"Invalid Name: {name!r}")
        known = self._executions.get(name)
        if known is not None:
            if known.status is Status.RUNNING and known.machine is machine and same(known.raw_input, data):
                return known
            raise ExecutionAlreadyExists(f"Execution Already Exists: {name!r}")
        seconds = _A_YEAR if machine.timeout is None else min(machine.timeout, _A_YEAR)
        expires = self._clock.microseconds + seconds * _MICROSECONDS
        execution = Execution(name, machine, data, self._clock.now(), expires, self._seed, on_end)
        self._executions[name] = execution
        self._engine.begin(execution, Frame(execution, machine.start, data, length))
        return execution

    def execution(self, name: str) -> Execution:
        """Return an execution by its name.

        Raises:
            ExecutionDoesNotExist: where there is none.
        """
        try:
            return self._executions[name]
        except KeyError:
            raise ExecutionDoesNotExist(f"Execution Does Not Exist: {name!r}") from None

    def running(self) -> list[Execution]:
        """Return the executions that have not ended."""
        return [execution for execution in self._executions.values() if execution.status is Status.RUNNING]

    def forget(self, name: str) -> None:
        """Drop an execution that has ended, and its name; for runs of so many that memory counts.

        Raises:
            ExecutionDoesNotExist: where there is none of that name, or it still runs.
        """
        if self.execution(name).status is Status.RUNNING:
            raise ExecutionDoesNotExist(f"{name!r} has not ended")
        del self._executions[name]

    def stop(self, execution_or_name: Execution | str, error: str = "", cause: str = "") -> None:
        """Abort an execution; one that has ended stays as it is.

        Raises:
            ExecutionDoesNotExist: where there is none of that name.
        """
        execution = (
            self.execution(execution_or_name) if isinstance(execution_or_name, str) else execution_or_name
        )
        self._engine.end(execution, Status.ABORTED, error=error, cause=cause)

    def send_task_success(self, token: str, output: Any) -> None:
        """Answer a waiting task with *output*, any JSON value.

        Raises:
            InvalidOutput: where the output is not JSON, or larger than 256 KiB.
            InvalidToken, TaskDoesNotExist, TaskTimedOut: where no task waits for the token's answer.
        """
        frame = self._waiting(token)
        try:
            result, length = self._take_over(output)
        except (TypeError, ValueError) as problem:
            raise InvalidOutput(f"the output is not JSON: {problem}") from None
        if length > LIMIT:
            raise InvalidOutput(f"the output has {length} bytes; {LIMIT} are allowed")
        self._engine.answer(frame, (result, length))

    def send_task_failure(self, token: str, error: str = "", cause: str = "") -> None:
        """Fail a waiting task.

        Raises:
            InvalidToken, TaskDoesNotExist, TaskTimedOut: where no task waits for the token's answer.
        """
        self._engine.answer(self._waiting(token), (StateError(error, cause), None))

    def send_task_heartbeat(self, token: str) -> None:
        """Say that a waiting task is still being worked on.

        Raises:
            InvalidToken, TaskDoesNotExist, TaskTimedOut: where no task waits for the token's answer.
        """
        self._engine.tasks.beat(self._waiting(token))

    def _waiting(self, token: str) -> Frame:
        frame = self._tokens.find(token)
        if self._engine.tasks.is_late(frame):
            raise TaskTimedOut(f"Task Timed Out: the task of {token!r} is over")
        return frame

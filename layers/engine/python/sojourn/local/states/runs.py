"""What an execution is while it runs: the execution itself, and a frame for each place it is at.

An execution is at one place, except inside of Parallel and Map states, where each branch and iteration has a
frame of its own. These objects only hold data; `engine` moves them. They have slots, because a hundred
thousand executions may be waiting at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from sojourn.local.clock import Timer
from sojourn.local.states.evaluation import MISSING
from sojourn.local.states.machine import Machine
from sojourn.local.states.model import State
from sojourn.local.states.payload import own_copy
from sojourn.local.states.timestamps import written

_ARN = "arn:aws:states:us-east-1:000000000000"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Status(StrEnum):
    """How an execution stands, in the words of the AWS API."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ABORTED = "ABORTED"
    TIMED_OUT = "TIMED_OUT"


class Execution:
    """One run of a machine.

    Attributes:
        name: unique in its interpreter.
        status: how it stands.
        error, cause: why it did not succeed; None while it runs and where it did.
        started, stopped: when; *stopped* is None while it runs.
        transitions: states entered and retries so far: what AWS bills.
        events: an estimate of the events in the history that AWS would keep.
    """

    __slots__ = (
        "_input",
        "_output",
        "cause",
        "draws",
        "error",
        "events",
        "expires",
        "machine",
        "name",
        "on_end",
        "root",
        "seed",
        "started",
        "status",
        "stopped",
        "transitions",
    )

    def __init__(
        self,
        name: str,
        machine: Machine,
        data: Any,
        started: datetime,
        expires: int,
        seed: int,
        on_end: Callable[[Execution], None] | None,
    ) -> None:
        self.name = name
        self.machine = machine
        self.status = Status.RUNNING
        self.error: str | None = None
        self.cause: str | None = None
        self.started = started
        self.stopped: datetime | None = None
        self.transitions = 0
        self.events = 1
        self.expires = expires
        self.seed = seed
        self.draws = 0
        self.on_end = on_end
        self.root: Frame | None = None
        self._input = data
        self._output: Any = None

    def __repr__(self) -> str:
        return f"<Execution {self.name!r} {self.status} of {self.machine.name!r}>"

    @property
    def input(self) -> Any:
        """Return a copy of what it was started with."""
        return own_copy(self._input)

    @property
    def output(self) -> Any:
        """Return a copy of what it ended with; None unless it succeeded."""
        return own_copy(self._output)

    @property
    def raw_input(self) -> Any:
        """Return what it was started with; it must not be changed."""
        return self._input

    def end(
        self,
        status: Status,
        at: datetime,
        output: Any = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> None:
        """Set how it ended."""
        self.status = status
        self.stopped = at
        self.error, self.cause = error, cause
        self._output = output
        self.root = None


class Frame:
    """One place an execution is at.

    Attributes:
        parent, index: the frame whose Parallel or Map state this one belongs to, and its place in the
        results. state, value: where it is, and the data with which it came there. size: an upper bound on the
        data's bytes. entered: when it came there, in microseconds. open: False once it has ended or was
        called off. attempts: how often each retrier has tried, while any has. token: what the task's answer
        must name, while one is awaited. timer, heartbeat: what wakes it. group: the frames of its own
        Parallel or Map state. item: the index and value of its iteration of a Map state.
    """

    __slots__ = (
        "attempts",
        "done",
        "entered",
        "execution",
        "group",
        "heartbeat",
        "index",
        "item",
        "open",
        "parent",
        "size",
        "state",
        "timer",
        "token",
        "value",
    )

    def __init__(
        self,
        execution: Execution,
        state: State,
        value: Any,
        size: float,
        parent: Frame | None = None,
        index: int = 0,
        item: tuple[int, Any] | None = None,
    ) -> None:
        self.execution = execution
        self.parent = parent
        self.index = index
        self.state = state
        self.value = value
        self.size = size
        self.entered = 0
        self.open = True
        self.done = False
        self.attempts: list[int] | None = None
        self.token: str | None = None
        self.timer: Timer | None = None
        self.heartbeat: Timer | None = None
        self.group: Group | None = None
        self.item = item

    def __repr__(self) -> str:
        return f"<Frame of {self.execution.name!r} at {self.state.name!r}>"

    def context(self, part: str) -> Any:
        """Return one part of the context object, `$$.<part>`, or `MISSING`."""
        if part == "Execution":
            execution = self.execution
            return {
                "Id": f"{_ARN}:execution:{execution.machine.name}:{execution.name}",
                "Input": execution.raw_input,
                "Name": execution.name,
                "RoleArn": "arn:aws:iam::000000000000:role/local",
                "StartTime": written(execution.started),
            }
        if part == "State":
            entered = _EPOCH + timedelta(microseconds=self.entered)
            return {
                "EnteredTime": written(entered),
                "Name": self.state.name,
                "RetryCount": sum(self.attempts) if self.attempts else 0,
            }
        if part == "StateMachine":
            name = self.execution.machine.name
            return {"Id": f"{_ARN}:stateMachine:{name}", "Name": name}
        if part == "Task" and self.token is not None:
            return {"Token": self.token}
        if part == "Map":
            return self._map_context()
        return MISSING

    def _map_context(self) -> Any:
        frame: Frame | None = self
        while frame is not None:
            if frame.item is not None:
                index, value = frame.item
                return {"Item": {"Index": index, "Value": value}}
            frame = frame.parent
        return MISSING

    def chance(self) -> Random:
        """Return a source of randomness that is the same in every run with the same seed and name."""
        self.execution.draws += 1
        # A text, not a tuple: seeding with one does not depend on Python's hash randomisation.
        return Random(f"{self.execution.seed}/{self.execution.name}/{self.execution.draws}")

    def quiet(self) -> None:
        """Cancel whatever would wake it."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.heartbeat is not None:
            self.heartbeat.cancel()
            self.heartbeat = None


class Group:
    """The frames of a Parallel or Map state under way.

    Attributes:
        frames: those started so far.
        results: the outputs, in the order of branches or items.
        left: how many have not succeeded yet.
        waiting: starts one more frame at each step; empty where all run at once.
    """

    __slots__ = ("frames", "left", "results", "waiting")

    def __init__(self, count: int, waiting: Iterator[Frame]) -> None:
        self.frames: list[Frame] = []
        self.results: list[Any] = [None] * count
        self.left = count
        self.waiting = waiting

    def start_one(self) -> Frame | None:
        """Return the next frame to start, or None where all were started."""
        frame = next(self.waiting, None)
        if frame is not None:
            self.frames.append(frame)
        return frame

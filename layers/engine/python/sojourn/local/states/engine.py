"""Moving executions from state to state.

`_walk` is the hot path: it runs through states that only compute, in one loop, until it comes to one that
waits, works or ends. Whatever comes later (a timer, an answer, the end of a branch) is a step in a queue.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sojourn.local.clock import VirtualClock
from sojourn.local.states.branches import abandon, forked
from sojourn.local.states.computing import compute
from sojourn.local.states.errors import TIMEOUT, StateError
from sojourn.local.states.evaluation import input_itself
from sojourn.local.states.limits import measured
from sojourn.local.states.model import Fail, Map, Parallel, State, Task, Wait, Working
from sojourn.local.states.observing import Observer
from sojourn.local.states.recovery import catcher_of, next_attempt
from sojourn.local.states.resources import Resources
from sojourn.local.states.runs import Execution, Frame, Group, Status
from sojourn.local.states.steps import Step, Steps
from sojourn.local.states.tasks import Answer, Tasks
from sojourn.local.states.tokens import Tokens

_MICROSECONDS = 1_000_000


class Engine:
    """Runs frames on a clock.

    Args:
        history_limit: the most events an execution's history may have, the last included.

    Attributes:
        tasks: the Task states under way.
        transitions: states entered and retried, over all executions.
    """

    def __init__(
        self,
        clock: VirtualClock,
        resources: Resources,
        observer: Observer | None,
        tokens: Tokens,
        history_limit: int,
    ) -> None:
        self.transitions = 0
        self._clock = clock
        self._observer = observer
        self._most_events = history_limit - 1
        self._tokens = tokens
        self.tasks = Tasks(clock, resources, tokens, self._time_out, self._expire)
        self._steps = Steps(clock)

    def begin(self, execution: Execution, frame: Frame) -> None:
        """Let an execution start, at this instant but not inside of this call."""
        execution.root = frame
        self._steps.push(self._go_on, frame)

    def answer(self, frame: Frame, answer: Answer) -> None:
        """Let a waiting task go on with its answer."""
        self.tasks.settle(frame)
        self._steps.push(self._take_answer, frame, answer)

    def _go_on(self, frame: Frame, _: Any) -> None:
        if frame.open:
            while self._walk(frame):
                pass

    def _take_answer(self, frame: Frame, answer: Answer) -> None:
        if frame.open:
            self._follow(frame, partial(self._settle, frame, answer))

    def _take_failure(self, frame: Frame, error: StateError) -> None:
        if frame.open and self._recover(frame, error):
            self._go_on(frame, None)

    def _call_back(self, frame: Frame, on_end: Callable[[Execution], None]) -> None:
        on_end(frame.execution)

    def _follow(self, frame: Frame, step: Callable[[], bool]) -> None:
        """Do a step that may fail, and what comes of it."""
        try:
            goes_on = step()
        except StateError as error:
            goes_on = self._recover(frame, error)
        if goes_on:
            self._go_on(frame, None)

    def _ring(self, step: Step, frame: Frame) -> None:
        """Do what a frame slept for."""
        frame.timer = None
        self._steps.push(step, frame)
        self._steps.run()

    def _end_wait(self, frame: Frame, _: Any) -> None:
        if frame.open and self._leave(frame, frame.value):
            self._go_on(frame, None)

    def _retry(self, frame: Frame, _: Any) -> None:
        if frame.open:
            frame.execution.transitions += 1
            self.transitions += 1
            self._follow(frame, partial(self._visit, frame, frame.state))

    def _time_out(self, frame: Frame, error: str) -> None:
        """Fail a task that was not answered in time."""
        self.tasks.settle(frame)
        self._steps.push(self._take_failure, frame, StateError(error, ""))
        self._steps.run()

    def _expire(self, frame: Frame) -> None:
        """End an execution that has run for as long as it may."""
        self.end(frame.execution, Status.TIMED_OUT, error=TIMEOUT)
        self._steps.run()

    def _walk(self, frame: Frame) -> bool:
        """Carry a frame through what only computes, and into what does not; return whether it goes on."""
        frame.entered = self._clock.microseconds
        before = frame.execution.transitions
        failure = compute(frame, self._observer, self._most_events)
        self.transitions += frame.execution.transitions - before
        if failure is not None:
            return self._recover(frame, failure)
        if frame.done:
            self._succeed(frame, frame.value)
            return False
        try:
            return self._visit(frame, frame.state)
        except StateError as error:
            return self._recover(frame, error)

    def _visit(self, frame: Frame, state: State) -> bool:
        """Do what a state asks for that does not only compute; return whether the frame goes on at once."""
        if isinstance(state, Wait):
            return self._wait(frame, state)
        if isinstance(state, Task):
            answer = self.tasks.perform(frame, state)
            return answer is not None and self._settle(frame, answer)
        if isinstance(state, Parallel | Map):
            return self._fork(frame, state)
        if isinstance(state, Fail):
            raise StateError(state.error(frame.value, frame), state.reason(frame.value, frame))
        raise TypeError(f"{state!r} is not visited")

    def _wait(self, frame: Frame, state: Wait) -> bool:
        value = state.inward(frame.value, frame)
        now = self._clock.microseconds
        until = state.until(value, frame, now)
        frame.value = value if state.work is None else state.work(value, frame)
        if state.work is not None or state.inward is not input_itself:
            frame.size = measured(frame.value, state.name)
        if until <= now:
            return self._leave(frame, frame.value)
        self._sleep(frame, until, self._end_wait)
        return False

    def _sleep(self, frame: Frame, until: int, step: Step) -> None:
        """Set a frame's timer, to the end of the execution's time where that comes first."""
        wake = partial(self._ring, step, frame)
        if until >= frame.execution.expires:
            until, wake = frame.execution.expires, partial(self._expire, frame)
        frame.timer = self._clock.call_at_microseconds(until, wake)

    def _settle(self, frame: Frame, answer: Answer) -> bool:
        """Make the output of a state from its result, and leave it."""
        state = frame.state
        result, length = answer
        if isinstance(result, StateError):
            raise result
        if not isinstance(state, Working):
            raise TypeError(f"{state!r} awaits no result")
        output = state.after(frame.value, result, frame)
        if output is not frame.value:
            frame.size = length if output is result and length is not None else measured(output, state.name)
        frame.attempts = None
        return self._leave(frame, output)

    def _leave(self, frame: Frame, output: Any) -> bool:
        state = frame.state
        if self._observer is not None:
            self._observer.left(frame.execution, state.name, output)
        if state.next is None:
            self._succeed(frame, output)
            return False
        frame.state, frame.value = state.next, output
        return True

    def _fork(self, frame: Frame, state: Parallel | Map) -> bool:
        group, at_once = forked(frame, state)
        if not group.left:
            return self._settle(frame, ([], 2))
        frame.group = group
        for _ in range(at_once):
            self._start_one(group)
        return False

    def _start_one(self, group: Group) -> None:
        child = group.start_one()
        if child is not None:
            self._steps.push(self._go_on, child)

    def _succeed(self, frame: Frame, output: Any) -> None:
        """End a frame well: the execution with it, or its branch of a Parallel or Map state."""
        frame.open = False
        parent = frame.parent
        if parent is None:
            self.end(frame.execution, Status.SUCCEEDED, output)
            return
        group = parent.group
        if group is None or not parent.open:
            return
        group.results[frame.index] = output
        group.left -= 1
        if group.left == 0:
            parent.group = None
            self._steps.push(self._take_answer, parent, (group.results, None))
            return
        try:
            self._start_one(group)
        except StateError as error:  # the next item's ItemSelector
            self._abandon_group(parent)
            self._steps.push(self._take_failure, parent, error)

    def _recover(self, frame: Frame, error: StateError) -> bool:
        """Try again, catch, or fail; return whether the frame goes on at once."""
        state, observer = frame.state, self._observer
        self._abandon_group(frame)
        if observer is not None:
            reason = getattr(error, "exception", error)
            observer.failed(frame.execution, state.name, error.error, error.cause, reason)
        if isinstance(state, Working):
            seconds = next_attempt(frame, state, error)
            if seconds is not None:
                frame.execution.events += state.events - 2
                if observer is not None:
                    observer.retrying(frame.execution, state.name, seconds)
                self._sleep(frame, self._clock.microseconds + round(seconds * _MICROSECONDS), self._retry)
                return False
            frame.attempts = None
            try:
                if self._catches(frame, state, error):
                    return True
            except StateError as second:
                error = second
        self._fail(frame, error)
        return False

    def _catches(self, frame: Frame, state: Working, error: StateError) -> bool:
        catcher = catcher_of(state, error)
        if catcher is None:
            return False
        caught = catcher.placing.put(frame.value, {"Error": error.error, "Cause": error.cause})
        frame.size = measured(caught, state.name)
        frame.state, frame.value = catcher.next, caught
        return True

    def _fail(self, frame: Frame, error: StateError) -> None:
        frame.open = False
        parent = frame.parent
        if parent is None:
            self.end(frame.execution, Status.FAILED, error=error.error, cause=error.cause)
        elif parent.open and parent.group is not None:
            self._abandon_group(parent)
            self._steps.push(self._take_failure, parent, error)

    def _abandon_group(self, frame: Frame) -> None:
        group, frame.group = frame.group, None
        if group is not None:
            abandon(group, self._close)

    def _close(self, frame: Frame) -> None:
        frame.open = False
        self.tasks.settle(frame)

    def end(
        self,
        execution: Execution,
        status: Status,
        output: Any = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> None:
        """End an execution, in whatever way; what still waits in it is called off."""
        root = execution.root
        if root is None:
            return
        self._close(root)
        self._abandon_group(root)
        execution.events += 1
        execution.end(status, self._clock.now(), output, error or None, cause or None)
        if self._observer is not None:
            self._observer.ended(execution)
        if execution.on_end is not None:
            self._steps.push(self._call_back, root, execution.on_end)

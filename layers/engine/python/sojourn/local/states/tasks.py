"""Task states: call the resource, and for `.waitForTaskToken` wait for the answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sojourn.local.clock import VirtualClock
from sojourn.local.states.errors import HEARTBEAT_TIMEOUT, RUNTIME, TIMEOUT, StateError
from sojourn.local.states.limits import within
from sojourn.local.states.model import Task
from sojourn.local.states.resources import Resources
from sojourn.local.states.runs import Frame
from sojourn.local.states.tokens import Tokens

Answer = tuple[Any, int | None]
"""A task's result, or the `StateError` it failed with; and its size, where that is known."""

_MICROSECONDS = 1_000_000


class Tasks:
    """Performs Task states.

    Args:
        time_out: called with a frame and an error name, when its answer did not come in time.
        expire: called with a frame, when the time of its execution is over.
    """

    def __init__(
        self,
        clock: VirtualClock,
        resources: Resources,
        tokens: Tokens,
        time_out: Callable[[Frame, str], None],
        expire: Callable[[Frame], None],
    ) -> None:
        self._clock = clock
        self._resources = resources
        self._tokens = tokens
        self._time_out = time_out
        self._expire = expire

    def perform(self, frame: Frame, state: Task) -> Answer | None:
        """Call a task's resource; return its answer, or None where there is none yet or the frame was closed.

        Raises:
            StateError: where the task fails.
        """
        if state.waits:
            frame.token = self._tokens.issue(frame)
            frame.execution.events += 1
        try:
            timeout, heartbeat = (
                None if seconds is None else seconds(frame.value, frame)
                for seconds in (state.timeout, state.heartbeat)
            )
            answer = self._call(frame, state)
        except StateError:
            if not frame.open or (state.waits and frame.token is None):
                # Called off by its own handler, or answered before the handler failed: that came first.
                return None
            self.settle(frame)
            raise
        if not frame.open:
            return None
        if not state.waits:
            return answer
        if frame.token is not None:
            self._await(frame, timeout, heartbeat)
        return None

    def _call(self, frame: Frame, state: Task) -> Answer:
        payload = state.effective(frame.value, frame)
        within(frame.size, state.effective_growth, payload, state.name)
        if not state.invokes:
            answer = self._resources.call(state.resource, payload)
            return (None, None) if state.waits else self._resources.accepted(answer, state.resource)
        function = payload.get("FunctionName") if isinstance(payload, dict) else None
        if not isinstance(function, str):
            raise StateError(RUNTIME, f"FunctionName must be a string in the parameters of {state.name!r}")
        answer = self._resources.call(function, payload.get("Payload", {}))
        if state.waits:
            return None, None
        result, length = self._resources.accepted(answer, state.resource)
        return {"ExecutedVersion": "$LATEST", "Payload": result, "StatusCode": 200}, length + 60

    def _await(self, frame: Frame, timeout: int | None, heartbeat: int | None) -> None:
        """Set the timers of a task that is to be answered."""
        now, expires = self._clock.microseconds, frame.execution.expires
        until = expires if timeout is None else now + timeout * _MICROSECONDS
        late: Callable[[], None] = partial(self._time_out, frame, TIMEOUT)
        if until >= expires:
            until, late = expires, partial(self._expire, frame)
        frame.timer = self._clock.call_at_microseconds(until, late)
        if heartbeat is not None:
            self._set_heartbeat(frame, heartbeat * _MICROSECONDS)

    def _set_heartbeat(self, frame: Frame, span: int) -> None:
        frame.heartbeat = self._clock.call_at_microseconds(
            self._clock.microseconds + span, partial(self._time_out, frame, HEARTBEAT_TIMEOUT)
        )

    def beat(self, frame: Frame) -> None:
        """Start the time until the next heartbeat is due anew."""
        state = frame.state
        if frame.heartbeat is None or not isinstance(state, Task) or state.heartbeat is None:
            return
        frame.heartbeat.cancel()
        self._set_heartbeat(frame, state.heartbeat(frame.value, frame) * _MICROSECONDS)

    def is_late(self, frame: Frame) -> bool:
        """Return whether an answer at this instant is too late: one exactly at the deadline is."""
        now = self._clock.microseconds
        return any(timer is not None and timer.when <= now for timer in (frame.timer, frame.heartbeat))

    def settle(self, frame: Frame) -> None:
        """Stop waiting: the token is over, the timers are cancelled."""
        frame.quiet()
        if frame.token is not None:
            self._tokens.close(frame.token)
            frame.token = None

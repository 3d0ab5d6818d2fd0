"""The queue of what is to be done at this instant, in the order in which it was asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from sojourn.local.clock import Timer, VirtualClock
from sojourn.local.states.runs import Frame

Step = Callable[[Frame, Any], None]


class Steps:
    """Steps with the frames they are for; the clock takes them up, never the caller.

    So a handler that calls the interpreter is back before anything comes of its call, and however many
    states, branches or executions follow from each other, the stack does not grow.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._queue: deque[tuple[Step, Frame, Any]] = deque()
        self._running = False
        self._kick: Timer | None = None

    def push(self, step: Step, frame: Frame, argument: Any = None) -> None:
        """Put a step at the end of the queue."""
        self._queue.append((step, frame, argument))
        if not self._running and self._kick is None:
            self._kick = self._clock.call_at_microseconds(self._clock.microseconds, self.run)

    def run(self) -> None:
        """Take all steps, those included that are added meanwhile."""
        if self._kick is not None:
            self._kick.cancel()
            self._kick = None
        queue = self._queue
        self._running = True
        try:
            while queue:
                step, frame, argument = queue.popleft()
                step(frame, argument)
        finally:
            self._running = False
            if queue:
                # A callback raised: what was left over still happens, once the clock runs again.
                self._kick = self._clock.call_at_microseconds(self._clock.microseconds, self.run)

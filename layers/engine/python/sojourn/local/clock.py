"""The clock of the local runtime: time passes only from one thing that happens to the next.

It exists so that a wait of thirty days costs one heap entry. It knows nothing of state machines, journeys or
customers; it runs actions in order of time, and in order of scheduling where the times are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush

Action = Callable[[], None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SWEEP_AT_LEAST = 1024


def instant(when: datetime) -> int:
    """Return *when* as whole microseconds since 1970: exact, where a float would drop digits."""
    return (when - _EPOCH) // _MICROSECOND


class Timer:
    """One scheduled action; cancelling it costs the same however many others are waiting."""

    __slots__ = ("_action", "_clock", "when")

    def __init__(self, clock: VirtualClock, when: int, action: Action) -> None:
        self._clock = clock
        self.when = when
        self._action: Action | None = action

    def __repr__(self) -> str:
        state = "waiting" if self.active else "done"
        return f"<Timer {_EPOCH + self.when * _MICROSECOND} {state}>"

    @property
    def active(self) -> bool:
        """Return whether the action is still to run."""
        return self._action is not None

    def cancel(self) -> None:
        """Make sure that the action never runs; a timer that ran or was cancelled stays as it is."""
        if self._action is not None:
            self._action = None
            self._clock.forget_one()

    def take(self) -> Action | None:
        """Return the action to run it, once; None where it was cancelled. For the clock."""
        action, self._action = self._action, None
        return action


class VirtualClock:
    """Deterministic time.

    Args:
        start: the first instant; must carry a zone.
    """

    def __init__(self, start: datetime) -> None:
        self._microseconds = instant(start)
        self._now: datetime | None = None
        self._heap: list[tuple[int, int, Timer]] = []
        self._scheduled = 0
        self._cancelled = 0
        self._running = False

    def __repr__(self) -> str:
        return f"<VirtualClock {self.now().isoformat()} pending={self.pending}>"

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        if self._now is None:
            self._now = _EPOCH + self._microseconds * _MICROSECOND
        return self._now

    def pause(self, seconds: float) -> None:
        """Go on at once: nobody else can write meanwhile, so that there is nobody to give way to."""

    @property
    def microseconds(self) -> int:
        """Return the current instant as whole microseconds since 1970."""
        return self._microseconds

    @property
    def pending(self) -> int:
        """Return how many actions are still to run."""
        return len(self._heap) - self._cancelled

    def call_at(self, when: datetime | float, action: Action) -> Timer:
        """Run *action* at *when*: an instant with a zone, or seconds since 1970; now where it is past."""
        return self.call_at_microseconds(
            instant(when) if isinstance(when, datetime) else round(when * 1_000_000), action
        )

    def call_at_microseconds(self, when: int, action: Action) -> Timer:
        """Run *action* at *when*, whole microseconds since 1970; at once where that is past."""
        when = max(when, self._microseconds)
        timer = Timer(self, when, action)
        self._scheduled += 1
        heappush(self._heap, (when, self._scheduled, timer))
        return timer

    def run(self, until: datetime | None = None) -> None:
        """Let time pass until nothing is scheduled, or to *until*, whose own actions still run.

        Raises:
            RuntimeError: when an action calls it: time cannot pass inside an instant.
        """
        if self._running:
            raise RuntimeError("the clock is running: an action may schedule others, not let time pass")
        limit = None if until is None else instant(until)
        self._running = True
        try:
            self._run(limit)
        finally:
            self._running = False
        if limit is not None and limit > self._microseconds:
            self._set(limit)

    def _run(self, limit: int | None) -> None:
        while self._heap:
            when = self._heap[0][0]
            if limit is not None and when > limit:
                return
            action = heappop(self._heap)[2].take()
            if action is None:
                self._cancelled -= 1
                continue
            if when != self._microseconds:
                self._set(when)
            action()

    def _set(self, microseconds: int) -> None:
        self._microseconds = microseconds
        self._now = None

    def forget_one(self) -> None:
        """Count a cancelled timer, and sweep them all out once they are most of the heap. For timers.

        Deadlines of tasks answered early are the usual case: left in place they would hold memory for as long
        as the deadline was away.
        """
        self._cancelled += 1
        if self._cancelled >= _SWEEP_AT_LEAST and self._cancelled * 2 > len(self._heap):
            # In place: `_run` may be looking at this very list.
            self._heap[:] = [entry for entry in self._heap if entry[2].active]
            heapify(self._heap)
            self._cancelled = 0

"""A clock that is real time, only faster, and knows the order in which a story ought to be told.

It exists for interpreters that wait in real time (`ministack_world`). It knows nothing of them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.domain.ledger import Happening

LOOK_EVERY = 0.5
"""Real seconds between two looks at the executions that are under way."""
PATIENCE = 8.0
"""Real seconds that an event waits for what ought to come before it."""


class Script:
    """What ought to have happened before an event comes: all that our interpreter told of the time before it.

    Args:
        fact: what is the same in both stories about a happening.
    """

    def __init__(self, trace: Iterable[Happening], fact: Callable[[Happening], Hashable]) -> None:
        self._fact = fact
        self._ours = [(one.at, fact(one)) for one in trace]
        self._theirs: Counter[Hashable] = Counter()

    def happened(self, one: Happening) -> None:
        """Note what happened."""
        self._theirs[self._fact(one)] += 1

    def is_ready(self, at: datetime) -> bool:
        """Say whether all happened that ought to before *at*."""
        return not Counter(fact for when, fact in self._ours if when < at) - self._theirs


class ScaledClock:
    """Real time, faster.

    Args:
        scale: real seconds for each second.
        lock: held by whoever changes the world; actions are run under it.
    """

    def __init__(self, start: datetime, scale: float, lock: threading.RLock, script: Script) -> None:
        self._start = start
        self._scale = scale
        self._script = script
        self._begun: float | None = None
        self._plans: list[tuple[datetime, int, bool, Callable[[], None]]] = []
        self._numbers = count()
        self.changed = threading.Condition(lock)
        self.look: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """Return the present instant; time begins to pass with the first `run`."""
        if self._begun is None:
            return self._start
        return self._start + timedelta(seconds=(time.monotonic() - self._begun) / self._scale)

    def pause(self, seconds: float) -> None:
        """Go on at once: whoever writes in another thread is done in a moment."""

    def call_at(self, when: datetime, action: Callable[[], None]) -> Plan:
        """Plan *action*; what is planned before time begins waits for the script."""
        plan = Plan(action)
        with self.changed:
            self._plans.append((when, next(self._numbers), self._begun is None, plan))
            self.changed.notify_all()
        return plan

    def run(self, until: datetime) -> None:
        """Let time pass up to *until*."""
        if self._begun is None:
            self._begun = time.monotonic()
        looked = self._begun
        while self.now() < until:
            with self.changed:
                if not self._act():
                    self.changed.wait(min(self._real(until), LOOK_EVERY))
            if time.monotonic() > looked + LOOK_EVERY:
                looked = time.monotonic()
                self.look()

    def _real(self, until: datetime) -> float:
        due = min([plan[0] for plan in self._plans], default=until)
        return max((min(due, until) - self.now()).total_seconds() * self._scale, 0.005)

    def _act(self) -> bool:
        """Do the next action if it is due, and its time has come in the story; say whether there was one."""
        if not self._plans or (first := min(self._plans, key=lambda plan: plan[:2]))[0] > self.now():
            return False
        if first[2] and not self._script.is_ready(first[0]):
            late = (self.now() - first[0]).total_seconds() * self._scale
            if late < PATIENCE:
                return False
        self._plans.remove(first)
        first[3]()
        return True


class Plan:
    """A planned action that can be called off."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action

    def __call__(self) -> None:
        if self._action is not None:
            self._action()

    def cancel(self) -> None:
        """Call it off."""
        self._action = None

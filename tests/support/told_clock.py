"""Time as it is told: it goes on only when somebody says so. It knows what is planned, not what is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from itertools import count


class ToldClock:
    """Time as it is told: the present, and what the scenario plans."""

    def __init__(self, start: datetime, go_on: Callable[[datetime], None]) -> None:
        self._now = start
        self._plans: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._go_on = go_on

    def now(self) -> datetime:
        """Return the present."""
        return self._now

    def pause(self, seconds: float) -> None:
        """Wait so many real seconds, for others who write."""
        time.sleep(seconds)

    def call_at(self, when: datetime, action: Callable[[], None]) -> None:
        """Plan an action."""
        self._plans.append((when, next(self._numbers), action))

    def run(self, until: datetime) -> None:
        """Let time go on to *until*."""
        self._go_on(until)

    def set(self, at: datetime) -> None:
        """Let it be *at*, if that is not past."""
        self._now = max(self._now, at)

    def next(self) -> datetime | None:
        """Return when something is planned next."""
        return min((when for when, *_ in self._plans), default=None)

    def due(self) -> list[Callable[[], None]]:
        """Take out what is planned for now, in its order."""
        self._plans.sort(key=lambda plan: plan[:2])
        number = sum(when <= self._now for when, *_ in self._plans)
        taken, self._plans = self._plans[:number], self._plans[number:]
        return [action for *_, action in taken]

"""Many at work on one table at the same moment, as if each were on a machine of its own: threads in virtual time.

One of them runs at a time, until it asks the table for something or waits; each of these takes some milliseconds, by a
seed, so that a seed makes the same order each time it is run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from random import Random
from typing import Any

LATENCY = (0.002, 0.012)
"""Seconds that one call of the table takes, between these."""


class Turns:
    """Whose turn it is.

    Args:
        client: which all of them share, with `Turns.client` in its place.
        seed: by which calls take their time.
    """

    def __init__(self, client: Any, seed: int) -> None:
        self.now = 0.0
        self.calls = 0
        self._client = client
        self._random = Random(seed)
        self._waiting: list[tuple[float, int, threading.Semaphore]] = []
        self._begun = 0
        self._errors: list[BaseException] = []

    @property
    def client(self) -> Any:
        """The client: a call is made when it is its caller's turn."""
        return _Client(self)

    def wait(self, seconds: float) -> None:
        """Let others go on for so many seconds."""
        self._begun += 1
        mine = threading.Semaphore(0)
        heappush(self._waiting, (self.now + seconds, self._begun, mine))
        self._next()
        mine.acquire()

    def together(self, works: Sequence[Callable[[], object]]) -> None:
        """Let all of them work at once, until all are through; raise what the first raised that failed."""
        threads = []
        for work in works:
            self._begun += 1
            mine = threading.Semaphore(0)
            heappush(self._waiting, (self.now, self._begun, mine))
            threads.append(threading.Thread(target=self._run, args=(work, mine)))
            threads[-1].start()
        self._next()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def asked(self, name: str, arguments: dict[str, Any]) -> Any:
        """Make a call, once it is its turn."""
        self.wait(self._random.uniform(*LATENCY))
        self.calls += 1
        return getattr(self._client, name)(**arguments)

    def _run(self, work: Callable[[], object], mine: threading.Semaphore) -> None:
        mine.acquire()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised where all of them were begun
            self._errors.append(error)
        finally:
            self._next()

    def _next(self) -> None:
        if self._waiting:
            self.now, _, whose = heappop(self._waiting)
            whose.release()


class _Client:
    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **arguments: self._turns.asked(name, arguments)

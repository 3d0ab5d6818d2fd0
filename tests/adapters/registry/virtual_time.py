"""Many functions at once in virtual time, one running at a time, and a table whose answers take time and tell it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from email.utils import formatdate
from heapq import heappop, heappush
from itertools import count
from math import floor
from typing import Any

from botocore.exceptions import ClientError

BEGIN = 1_780_000_000.25
"""When virtual time begins, in epoch seconds."""


class _OverError(Exception):
    """The story is over."""


class VirtualTime:
    """Real time, as nobody's clock shows it; functions are threads that take turns."""

    def __init__(self) -> None:
        self.now = BEGIN
        self._over = False
        self._order = count()
        self._due: list[tuple[float, int, threading.Semaphore]] = []
        self._turn = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []

    def sleep(self, seconds: float) -> None:
        """Let others run for so many virtual seconds."""
        mine = self._later(seconds)
        self._turn.release()
        mine.acquire()
        if self._over:
            raise _OverError

    def begin(self, function: Callable[[], None], after: float = 0.0) -> None:
        """Let a function run, until the story is over."""
        mine = self._later(after)

        def live() -> None:
            mine.acquire()
            try:
                if not self._over:
                    function()
            except _OverError:
                pass
            finally:
                self._turn.release()

        self._threads.append(threading.Thread(target=live))
        self._threads[-1].start()

    def run(self, seconds: float) -> None:
        """Run for so many virtual seconds, then end everything."""
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            self.now, _, mine = heappop(self._due)
            mine.release()
            self._turn.acquire()
        self._over = True
        for _, _, mine in self._due:
            mine.release()
        for thread in self._threads:
            thread.join()

    def _later(self, seconds: float) -> threading.Semaphore:
        mine = threading.Semaphore(0)
        heappush(self._due, (self.now + max(0.0, seconds), next(self._order), mine))
        return mine


class FarTable:
    """A client whose calls take some milliseconds each way, and whose answers say what time it is there."""

    def __init__(self, client: Any, time: VirtualTime, dice: random.Random, slowest: float = 0.008) -> None:
        self._client = client
        self._time = time
        self._dice = dice
        self._slowest = slowest
        self.reads = 0
        self.writes = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self._time.sleep(self._dice.uniform(0.001, self._slowest))
            if name == "get_item":
                self.reads += 1
            else:
                self.writes += 1
            try:
                answer = getattr(self._client, name)(**arguments)
            except ClientError as error:
                self._dated(error.response)
                raise
            return self._dated(answer)

        return call

    def _dated(self, answer: Any) -> Any:
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        headers["date"] = formatdate(floor(self._time.now), usegmt=True)
        self._time.sleep(self._dice.uniform(0.001, self._slowest))
        return answer


class Clocks:
    """A function's two clocks: one is wrong by *skew*, one stands still while the function is frozen."""

    def __init__(self, time: VirtualTime, skew: float) -> None:
        self._time = time
        self.skew = skew
        self._stood = 0.0

    def wall(self) -> float:
        """Return what the clock on the wall says."""
        return self._time.now + self.skew

    def steady(self) -> float:
        """Return what the other clock says."""
        return self._time.now - self._stood

    def freeze(self, seconds: float) -> None:
        """Stand still."""
        self._time.sleep(seconds)
        self._stood += seconds

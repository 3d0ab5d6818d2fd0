"""How long a machine tries again: through a burst and an outage, and not long where a function dies each time."""

from __future__ import annotations

import heapq
from random import Random
from typing import Any

import pytest

from sojourn.domain.compile.limits import EVENTS_PER_STATE, HISTORY_EVENTS
from tests.support.compiling import states, steps

QUOTA = 25_000
BUSY, DIES = "Lambda.TooManyRequestsException", "Runtime.ExitError"


def retrier(error: str) -> dict[str, Any]:
    """Return how a task of ours answers an error."""
    (found,) = (
        entry
        for entry in states(steps("- {id: s, send: hello}"))["s"]["Retry"]
        if error in entry["ErrorEquals"]
    )
    assert isinstance(found, dict)
    return found


def pauses(entry: dict[str, Any]) -> list[float]:
    """Return the longest pause before each attempt; with full jitter it is half as long on average."""
    assert entry["JitterStrategy"] == "FULL"
    longest = entry.get("MaxDelaySeconds", float("inf"))
    growing = (entry["IntervalSeconds"] * entry["BackoffRate"] ** n for n in range(entry["MaxAttempts"]))
    return [min(longest, pause) for pause in growing]


def failed_of(burst: int, at_once: int, seconds: float) -> int:
    """Let so many executions call a function within a second, of which few may run at once; return how many fail."""
    chance, waits = Random(7), pauses(retrier(BUSY))
    calls = [(chance.random(), n, 0) for n in range(burst)]
    heapq.heapify(calls)
    busy: list[float] = []
    failed = 0
    while calls:
        now, n, attempt = heapq.heappop(calls)
        while busy and busy[0] <= now:
            heapq.heappop(busy)
        if len(busy) < at_once:
            heapq.heappush(busy, now + seconds)
        elif attempt == len(waits):
            failed += 1
        else:
            heapq.heappush(calls, (now + chance.random() * waits[attempt], n, attempt + 1))
    return failed


@pytest.mark.parametrize(("burst", "at_once", "seconds"), [(5_000, 10, 0.3), (10_000, 10, 1.0)])
def test_a_burst_fails_nobody(burst: int, at_once: int, seconds: float) -> None:
    """A new account runs ten functions at once; half a country is held until the same minute."""
    assert failed_of(burst, at_once, seconds) == 0


@pytest.mark.parametrize(
    "error", [BUSY, "Lambda.ServiceException", "TransientError", "Throttled", "Conflict"]
)
def test_what_says_that_it_is_busy_is_tried_for_hours(error: str) -> None:
    """An outage of the table, or of Lambda, ends no run; each comes again within five minutes of its end."""
    waits = pauses(retrier(error))

    assert 3 < sum(waits) / 2 / 3600 < 6
    assert max(waits) == 300


@pytest.mark.parametrize(
    "error", [DIES, "Runtime.OutOfMemory", "Sandbox.Timedout", "Lambda.Unknown", "NotAllowed"]
)
def test_a_function_that_dies_each_time_is_told_of_soon(error: str) -> None:
    """Nobody is served by hours of dying, nor of asking for what is not allowed."""
    assert sum(pauses(retrier(error))) < 130


def test_a_history_has_room_for_outages_beside_a_loops_rounds() -> None:
    """Three events an attempt; one run meets few outages of hours."""
    worst = 3 * retrier(BUSY)["MaxAttempts"]

    assert HISTORY_EVENTS + 10 * (worst + EVENTS_PER_STATE) < QUOTA

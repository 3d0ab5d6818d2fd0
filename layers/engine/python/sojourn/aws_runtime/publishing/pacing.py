"""How fast runs are let go on: at the pace of all that starts executions, and slower where somebody says so.

StartExecution has one quota for all of an account. What audiences enter and what is moved share one limit below it, so
that what customers do of their own accord still finds room (`sojourn.adapters.dynamodb.pace`). It knows no run.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING

from sojourn.application.pacing import lanes
from sojourn.aws_runtime.publishing.operating import SPARE
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.application.publishing import Operation

RATE = "rate"
"""What an operation asks for that is to be slower: runs a second."""
ONE_STRAND = 15.0
"""Runs a second that one strand lets go on: each is read, written, perhaps stopped, and started."""


class NoRoom(TransientError):
    """There is no room for more within the turn of whoever asks; nothing was done."""


def rate_of(operation: Operation) -> float:
    """Return how many runs a second an operation may let go on; 0 where nobody said."""
    return float(operation.asked.get(RATE) or 0)


def abreast(operation: Operation, most: int) -> int:
    """Return how many strands are gone through side by side: more would only wait for room, and be paid for it."""
    rate = rate_of(operation)
    return min(most, ceil(rate / ONE_STRAND)) if rate else most


def room_for(engine: Engine, operation: Operation, seconds_left: Callable[[], float]) -> Callable[[], None]:
    """Return what waits until one more run may go on.

    It raises `NoRoom` where the time does not suffice.
    """

    def take() -> None:
        for lane in lanes(operation.id, rate_of(operation)):
            while wait := engine.pace.take(lane):
                if seconds_left() < SPARE + wait:
                    raise NoRoom("there is no room for more runs just now")
                engine.clock.pause(wait)

    return take

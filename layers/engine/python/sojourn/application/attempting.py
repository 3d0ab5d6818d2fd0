"""Does work on a customer until nobody else writes in between; and ids that are the same each time."""

from __future__ import annotations

from collections.abc import Callable, Sized
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

from sojourn.errors import Conflict, EventKnown, TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile

T = TypeVar("T")
ATTEMPTS = 5
PAUSE = 0.025
"""Seconds: the n-th attempt that was overtaken is followed by a pause of up to this times two to the power of n."""


def attempt(
    engine: Engine, customer: str, work: Callable[[CustomerFile], T], heard: Sized = (),
    progress: Callable[[], int] = lambda: 0,
) -> T:  # fmt: skip
    """Read a customer and do *work*; where somebody else wrote meanwhile, read and do it again.

    Args:
        heard: what others have answered to this work so far. Once it holds anything, storage that is busy is asked
            again as well: given up, the answer would be lost, and a message perhaps sent a second time.
        progress: how much of the work is written; after more of it was, attempts are counted anew.

    Raises:
        EventKnown: the event that was to be stored is stored already; reading again would change nothing.
        Conflict: even the last attempt was overtaken.
        TransientError: storage is busy.
    """
    number, done = 0, progress()
    while True:
        number += 1
        try:
            return work(engine.customers.load(customer))
        except EventKnown:
            raise
        except (Conflict, TransientError) as error:
            if (written := progress()) != done:
                number, done = 1, written
            if number == ATTEMPTS or not (isinstance(error, Conflict) or heard):
                raise
            # Who lost together comes again together, unless each waits for a while of its own.
            engine.clock.pause(PAUSE * 2**number * engine.dice())


def digest(*parts: str) -> str:
    """Return an id that is the same for the same parts: 26 characters, safe in names, tags and addresses."""
    return blake2b("\x1f".join(parts).encode(), digest_size=13).hexdigest()

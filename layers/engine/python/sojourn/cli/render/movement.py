"""How far an operation is that goes through customers' runs, in words: resume, stop, migrate.

How many there are is what the counters say when it begins, so it is said to be about so many. It knows no table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.application.publishing import Operation

MOVEMENTS = frozenset(("resume", "stop", "migrate"))
"""The kinds of such operations."""
ONCE_MORE = "once_more"
BUSY = "busy"
"""What their results have while they go on: see `sojourn.aws_runtime.publishing.strands.so_far`."""


def far(operation: Operation) -> str:
    """Return how much of a movement is done, "" where nothing is yet."""
    if operation.is_over or doing_besides(operation) or not operation.total:
        done = f"{operation.done:,} done" if operation.done or operation.failed else ""
    else:
        # Who came meanwhile is done too.
        done = f"{operation.done:,} of about {max(operation.total, operation.done):,} done"
    told = (done, f"{operation.failed:,} failed" if operation.failed else "", doing_besides(operation))
    return ", ".join(filter(None, told))


def doing_besides(operation: Operation) -> str:
    """Return what a movement still does that was through all customers, "" where it was not, or is over."""
    result = operation.result
    if operation.is_over:
        return ""
    if result.get(ONCE_MORE):
        return "looking once more for any that came meanwhile"
    return f"trying {int(result[BUSY]):,} once more that AWS was too busy for" if result.get(BUSY) else ""


def noted(operation: Operation) -> str:
    """Return what to tell whoever waits for a movement when it was through all customers, "" before that."""
    result = operation.result
    if operation.is_over or operation.kind not in MOVEMENTS:
        return ""
    if result.get(ONCE_MORE):
        all_ = (
            f"all {operation.done:,} were gone through"
            if operation.done != 1
            else "the only one was gone through"
        )
        return f"{all_}; in a minute it looks once more for any that came meanwhile"
    if not result.get(BUSY):
        return ""
    busy = int(result[BUSY])
    them = f"{busy:,} customers: they are" if busy != 1 else "1 customer: they are"
    return f"AWS was too busy for {them} tried again, twice, within a quarter of an hour"


def pace(operation: Operation) -> str:
    """Return how fast a movement may go, "" where nobody said."""
    rate = operation.asked.get("rate") if operation.kind in MOVEMENTS else None
    return f"{float(rate):g} customers a second at most" if rate else ""

"""How far an audience is, for people and programs; and what brings its operation to an end. It knows no batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sojourn.application.audience import FAILED
from sojourn.application.publishing import DONE
from sojourn.application.publishing import FAILED as NOT_DONE
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.adapters.dynamodb.audience_rows import Progress
    from sojourn.adapters.dynamodb.operations import Operations
    from sojourn.domain.control import Control


Finish = Callable[[str, "Progress", str], None]
"""Told of an operation of which an attempt is over, how its audience stands then, and why it ended early; "" if not."""


def finisher(operations: Operations, now: Callable[[], datetime]) -> Finish:
    """Return what brings an operation to its end when an attempt of its audience is over."""

    def finish(operation: str, progress: Progress, why: str) -> None:
        result = told(progress)
        state = DONE
        if why:
            state = NOT_DONE
            result["message"] = why
        elif progress.undone:
            state = NOT_DONE
            result["message"] = (
                f"{progress.undone:,} of {progress.batches:,} batches could not be done: sojourn audience resume"
                f" {operation} begins with them once more"
            )
        operations.finish(operation, state, result, now())

    return finish


def stopped(control: Control, operation: str) -> str:
    """Return why an audience ends whose journey was stopped, and what to do once it is open again."""
    since = f" at {iso(control.since)}" if control.since is not None else ""
    why = f" (“{control.reason}”)" if control.reason else ""
    return (
        f"the journey was stopped{since}{why}, and nobody more enters: once it is resumed, sojourn audience resume"
        f" {operation} goes on with the rest"
    )


def told(progress: Progress) -> dict[str, Any]:
    """Return how far an audience is, for people and programs."""
    return {
        "rows": progress.rows,
        "taken": sum(progress.counts.values()),
        "counts": dict(sorted(progress.counts.items())),
        "failed": progress.counts.get(FAILED, 0),
        "failures": [{"line": bad.line, "why": bad.why} for bad in progress.failures],
        "batches": progress.batches,
        "batches_done": progress.done,
        "reading": bool(progress.left),
        "rate": progress.source.get("rate", 0),
        "attempt": progress.attempt,
    }

"""Closes runs whose execution ended without telling: failed, aborted, timed out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sojourn.application.attempting import attempt
from sojourn.application.running import Running

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile, Run

REDRIVE = timedelta(seconds=1)
"""Nobody redrives an execution sooner; and the instants at which it stops and enters states are not cut alike."""


def close_run(
    engine: Engine, customer: str, run_id: str, execution: str, error: str, cause: str,
    stopped: datetime | None = None,
) -> bool:  # fmt: skip
    """End a run as `failed` because its present execution did; False where the run had moved on or ended.

    The run is kept whole: if the execution is redriven, it goes on (`sojourn.application.resuming`).

    Args:
        stopped: when the execution failed. Such news may come late, or twice: a run that has entered a state since
            then was redriven, and is left alone.
    """

    def work(file: CustomerFile) -> bool:
        run = file.run(run_id)
        if run is None or not run.active or run.execution != execution:
            return False
        if stopped is not None and _has_gone_on(file, run, stopped):
            return False
        # By the clock that says when states are entered: what is entered later is a redrive, whatever our own says.
        Running(engine, file, run, stopped or engine.clock.now()).fail(error, cause)
        return True

    return attempt(engine, customer, work)


def _has_gone_on(file: CustomerFile, run: Run, stopped: datetime) -> bool:
    """Say whether the run entered a state after its execution stopped; both are told by Step Functions' clock."""
    visits = [visit.partition("#")[0] for _, visit, _ in run.last.values()]
    entered = [datetime.fromisoformat(visit) for visit in visits if visit]
    entered += [waiter.since for waiter in file.waiters.values() if waiter.run == run.id]
    return any(at >= stopped + REDRIVE for at in entered)

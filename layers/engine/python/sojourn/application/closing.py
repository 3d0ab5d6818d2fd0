"""Closes runs whose execution ended without telling: failed, aborted, timed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.application.running import Running, attempt

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile


def close_run(engine: Engine, customer: str, run_id: str, execution: str, error: str, cause: str) -> bool:
    """End a run as `failed` because its present execution did; False where the run had moved on or ended."""

    def work(file: CustomerFile) -> bool:
        run = file.run(run_id)
        if run is None or not run.active or run.execution != execution:
            return False
        running = Running(engine, file, run, engine.clock.now())
        running.tell("failed", reason=error, cause=cause[:1000])
        running.end("failed", stop=False)
        running.commit()
        return True

    return attempt(engine, customer, work)

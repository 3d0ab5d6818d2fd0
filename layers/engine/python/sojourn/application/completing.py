"""Completes what a crash left undone between a commit and what was to follow it; done twice it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.application import releasing
from sojourn.application.enrol import start_again
from sojourn.application.running import Running
from sojourn.domain.decide.ending import FAILED, RECENTLY

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile


def complete(engine: Engine, file: CustomerFile) -> None:
    """Start a customer's runs that were written and never heard of, stop those that ended, answer released waits."""
    start_again(engine, file)
    _stop_again(engine, file)
    for waiter in file.waiters.values():
        run = file.run(waiter.run)
        if waiter.released and waiter.token and run is not None and run.active:
            releasing.answer(Running(engine, file, run, engine.clock.now()), waiter)


def _stop_again(engine: Engine, file: CustomerFile) -> None:
    """Stop the executions of runs that ended lately; one that came to its own end is left alone by the port."""
    since = engine.clock.now() - RECENTLY
    for run in file.runs.values():
        if run.ended is not None and run.ended > since and run.exit_reason not in ("completed", FAILED):
            engine.executions.stop(run.journey, run.version, run.execution, run.exit_reason)

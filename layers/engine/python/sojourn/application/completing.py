"""Completes what a crash left undone between a commit and what was to follow it; done twice it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.application import releasing
from sojourn.application.enrol import start_again
from sojourn.application.running import Running

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile


def complete(engine: Engine, file: CustomerFile) -> None:
    """Start the runs of a customer that were written and never heard of, and answer the waits that were released."""
    start_again(engine, file)
    for waiter in file.waiters.values():
        run = file.run(waiter.run)
        if waiter.released and waiter.token and run is not None and run.active:
            releasing.answer(Running(engine, file, run, engine.clock.now()), waiter)

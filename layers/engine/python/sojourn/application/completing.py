"""Completes what a crash left undone between a commit and what was to follow it; done twice it changes nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sojourn.application import releasing
from sojourn.application.enrol import start_again
from sojourn.application.following import do_all
from sojourn.application.running import Running, start_run
from sojourn.application.starting import STARTING
from sojourn.domain.decide.ending import FAILED, RECENTLY

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile


OVERDUE = timedelta(hours=1)
"""So long after its time a parked run that nobody heard of has not begun: Scheduler is late by a minute at most."""


def complete(engine: Engine, file: CustomerFile) -> None:
    """Start a customer's runs that were written and never heard of, stop those that ended, answer released waits."""
    answers = [
        partial(releasing.answer, Running(engine, file, run, engine.clock.now()), waiter)
        for waiter in file.waiters.values()
        if waiter.released and waiter.token and (run := file.run(waiter.run)) is not None and run.active
    ]
    do_all([partial(start_again, engine, file), partial(_stop_again, engine, file), *answers])


def begin_overdue(engine: Engine, file: CustomerFile) -> CustomerFile:
    """Start a customer's runs that a schedule should have started and nobody heard of; return the file as it is then.

    Where the journey was taken out meanwhile, its schedule fired at nothing: the run ends as `failed` now.
    """
    now = engine.clock.now()
    overdue = [
        run for run in file.runs.values()
        if run.active and STARTING in run.last and run.entered < run.begun <= now - OVERDUE
    ]  # fmt: skip
    if not overdue:
        return file
    # Whatever goes wrong keeps nothing else waiting: what the schedule could not do rings already.
    with suppress(Exception):
        do_all(partial(start_run, engine, run) for run in overdue)
    return engine.customers.load(file.profile.id)


def _stop_again(engine: Engine, file: CustomerFile) -> None:
    """Stop the executions of runs that ended lately; one that came to its own end is left alone by the port."""
    since = engine.clock.now() - RECENTLY
    do_all(
        partial(engine.executions.stop, run.journey, run.version, run.execution, run.exit_reason)
        for run in file.runs.values()
        if run.ended is not None and run.ended > since and run.exit_reason not in ("completed", FAILED)
    )

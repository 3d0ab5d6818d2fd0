"""Starts the execution that a run goes on in: after its row is written, and once more where a crash came between."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import Run

STARTING = "@start"
"""The key in `Run.last` of the execution that a run goes on in, until a task of it has been heard of."""


def start_execution(engine: Engine, run: Run) -> None:
    """Start the execution a run goes on in, unless a task of it has been heard of; once more does nothing.

    What to start it with was written with the run, so that it is the same after a crash between the two.
    """
    if run.active and STARTING in run.last:
        name, _, state = run.last[STARTING]
        at = run.begun if run.begun > engine.clock.now() else None
        engine.executions.start(run.journey, run.version, name, state, at)

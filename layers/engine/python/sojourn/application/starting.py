"""Starts the execution that a run goes on in: after its row is written, and once more where a crash came between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.domain.compile.names import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import Run

STARTING = "@start"
"""The key in `Run.last` of the execution that a run goes on in, until a task of it has been heard of."""
PAUSED = "@paused"
"""The key in `Run.last` of where a run goes on that a pause stopped, and that is in no execution: why, when it fell due
(ISO 8601), and the state to begin with."""


def at_once() -> None:
    """Wait for nothing: whoever goes through many runs, and is told no pace, lets one go on after the other."""


def start_execution(engine: Engine, run: Run) -> None:
    """Start the execution a run goes on in, unless a task of it has been heard of; once more does nothing.

    What to start it with was written with the run, so that it is the same after a crash between the two.

    Raises:
        NoSuchMachine: it is to begin in the middle, and there is no machine for that yet.
    """
    if run.active and STARTING in run.last:
        name, _, state = run.last[STARTING]
        at = run.begun if run.begun > engine.clock.now() else None
        engine.executions.start(run.journey, run.version, name, state, at)


def begins_in_the_middle(run: Run, state: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return the fields of a run that goes on at *at*, where *state* says, in an execution that begins there.

    What it remembers of its tasks stays: a send that is under way is the same one afterwards.
    """
    name = f"{run.id}-{run.continued + 1}{ANYWHERE}"
    kept = {lane: done for lane, done in run.last.items() if lane not in (STARTING, PAUSED)}
    return {
        "continued": run.continued + 1, "execution": name, "begun": at,
        "last": {**kept, STARTING: (name, "", dict(state))},
    }  # fmt: skip

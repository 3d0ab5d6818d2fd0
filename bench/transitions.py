"""What runs cost: state transitions per executed step, over a simulation of the sample journeys.

Transitions are what AWS bills: every state entered and every retry, as the local interpreter counts them. An
executed step is one visit of a step by a run: each wait, send, branch, split, exit and so on that a run came to,
from the tally of what happened, steps that leave no record (goto, parallel, exit) by the ways that lead to them. A
send that is held and tried again is one visit.
"""

from __future__ import annotations

from bench.figure import Figure, at_most, known
from bench.workspaces import SAMPLES, TEN_STEPS, files_of
from sojourn.domain.journey.project import read_project
from sojourn.local.simulation import SimulationResult, simulate

CUSTOMERS = 3_000
DAYS = 30
LIMIT = 1.2


def measure() -> list[Figure]:
    """Simulate the samples, and the ten-step journey for comparison."""
    samples, ten_steps = (
        simulate(read_project(files_of(folder)), CUSTOMERS, DAYS + 1, seed=1)
        for folder in (SAMPLES, TEN_STEPS)
    )
    return [
        at_most(
            "transitions per executed step, sample journeys",
            samples.transitions / samples.executed_steps,
            "",
            LIMIT,
            _how(samples),
        ),
        known(
            "transitions per executed step, ten-step journey",
            ten_steps.transitions / ten_steps.executed_steps,
            "",
            _how(ten_steps),
        ),
    ]


def _how(result: SimulationResult) -> str:
    meta = result.meta
    return (
        f"{result.transitions:,} states entered and retried / {result.executed_steps:,} visits of steps; "
        f"{meta['customers']:,} customers, {meta['days']} days, seed {meta['seed']}"
    )

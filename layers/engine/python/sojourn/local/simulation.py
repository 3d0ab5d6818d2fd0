"""`simulate`: what happens when thousands of customers live with a workspace's journeys for some virtual days.

The same compiled machines and use cases as everywhere, on a synthetic population; what is guessed about it stands
in `simulation.yaml`. Same seed, same result, however many processes share the work.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sojourn.domain.journey.project import Project
from sojourn.domain.time.local_time import wall_clock
from sojourn.errors import AuthorError
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.population.plan import plan_of
from sojourn.local.population.reading import read_simulation
from sojourn.local.report.counters import JourneyTally
from sojourn.local.report.passage import passage_of
from sojourn.local.sharding import ShardResult, Simulator, begin_worker, work

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sojourn.local.report.tally import Tally

SHARD = 250
"""Customers in one world: enough that starting a world does not count, few enough to stay in the caches."""
WORTH_A_PROCESS = 1_500
"""Starting another process takes about as long as this many customers."""


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """What came of a simulation.

    Args:
        meta: what was simulated: `customers`, `days`, `seed` and `start`, the first day.
        transitions: states entered and retried over all runs: what AWS would bill.
        executed_steps: visits of journey steps, over all runs.
        seconds: how long it took; the only part that is not the same for the same seed.
    """

    tally: Tally
    meta: dict[str, Any] = field(default_factory=dict)
    transitions: int = 0
    executed_steps: int = 0
    seconds: float = 0.0


def simulate(
    project_or_deployment: Project | Deployment,
    customers: int,
    days: int,
    seed: int,
    processes: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    shard: int = SHARD,
) -> SimulationResult:
    """Simulate *customers* customers for *days* virtual days.

    Args:
        project_or_deployment: a workspace that `check` finds no errors in.
        processes: how many share the work; by default as many as there are cores, if there is enough to do.
        progress: told how many customers are done, and how many there are.
        shard: customers per world. It changes how long this takes, and nothing else.

    Raises:
        AuthorError: `simulation.yaml` is wrong; `check` tells everything.
    """
    began = time.perf_counter()
    given = project_or_deployment
    project = given.project if isinstance(given, Deployment) else given
    guesses, findings = read_simulation(project)
    if findings:
        raise AuthorError(f"{findings[0].file}:{findings[0].span.line}: {findings[0].message}")
    plan = plan_of(project, guesses, days)
    pieces = [(first, min(shard, customers - first)) for first in range(0, customers, shard)]
    wanted = processes or min(_cores(), 1 + customers // WORTH_A_PROCESS)
    whole = ShardResult()

    def done(part: ShardResult) -> None:
        whole.merge(part)
        if progress is not None:
            progress(whole.customers, customers)

    if min(wanted, len(pieces)) <= 1:
        simulator = Simulator(given if isinstance(given, Deployment) else deploy(project), plan, seed)
        for first, count in pieces:
            done(simulator.shard(first, count))
    else:
        _share(project, pieces, min(wanted, len(pieces)), (days, seed), done)
    return SimulationResult(
        whole.tally,
        {"customers": customers, "days": days, "seed": seed, "start": _day(plan.start, project)},
        whole.transitions,
        _executed(whole.tally, project),
        time.perf_counter() - began,
    )


def _share(
    project: Project, pieces: list[tuple[int, int]], processes: int, how: tuple[int, int],
    done: Callable[[ShardResult], None],
) -> None:  # fmt: skip
    """Deal the pieces out to worker processes. Counts add up in any order, so results are taken as they come."""
    root = str(PurePosixPath(project.workspace_file).parent)
    first = (dict(project.files), "" if root == "." else root, *how)
    with ProcessPoolExecutor(processes, get_context("spawn"), begin_worker, first) as pool:
        waiting = [pool.submit(work, *piece) for piece in pieces]
        try:
            for future in as_completed(waiting):
                done(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _executed(tally: Tally, project: Project) -> int:
    """Count visits of steps; those that leave no record are what came out of the steps before them."""
    closed = tally.closed()
    return sum(
        passage_of(folder.flow, closed.get(name, JourneyTally())).arrived.get(node, 0)
        for name, folder in project.journeys.items()
        for node in folder.flow.nodes
    )


def _day(start: datetime, project: Project) -> str:
    """Return the day a simulation begins, as the workspace's calendar has it."""
    return wall_clock(start, project.workspace.timezone).date().isoformat()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

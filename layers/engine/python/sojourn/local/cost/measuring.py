"""Measures what a workspace's journeys use: a simulation of made-up customers, metered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sojourn.errors import AuthorError
from sojourn.local.cost.meter import Meter, MeteredWorld
from sojourn.local.deployment import deploy
from sojourn.local.population.plan import plan_of
from sojourn.local.population.reading import read_simulation
from sojourn.local.sharding import Simulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.domain.journey.project import Project

SHARD = 250


def measure(
    project: Project, customers: int, days: int, seed: int, progress: Callable[[int], None] | None = None
) -> Meter:
    """Let *customers* made-up customers live for *days* virtual days; return what that used.

    Raises:
        AuthorError: `simulation.yaml` is wrong; `check` tells everything.
    """
    guesses, findings = read_simulation(project)
    if findings:
        raise AuthorError(f"{findings[0].file}:{findings[0].span.line}: {findings[0].message}")
    deployment = deploy(project)
    meter = Meter(versions=dict(deployment.machines.keys()))
    simulator = Simulator(deployment, plan_of(project, guesses, days), seed, partial(MeteredWorld, meter))
    for first in range(0, customers, SHARD):
        simulator.shard(first, min(SHARD, customers - first))
        if progress is not None:
            progress(min(first + SHARD, customers))
    return meter

"""Simulates shards: customers live apart from each other, so any number of them can live in a world of their own.

A shard's world is thrown away once its happenings are counted, which keeps memory flat. Worker processes are
started afresh (`spawn`), get the workspace's files and compile them once.
"""

from __future__ import annotations

import gc
import signal
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.domain.journey.project import read_project
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.population.behaviour import Behaviour
from sojourn.local.population.plan import Plan, plan_of
from sojourn.local.population.reading import read_simulation
from sojourn.local.report.tally import Tally
from sojourn.local.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.domain.ledger import Happening
    from sojourn.local.population.arrivals import Curve


@dataclass(slots=True)
class ShardResult:
    """What came of some customers: the counts, and how many states were entered and retried."""

    customers: int = 0
    tally: Tally = field(default_factory=Tally)
    transitions: int = 0

    def merge(self, other: ShardResult) -> None:
        """Add another shard's result."""
        self.customers += other.customers
        self.tally.merge(other.tally)
        self.transitions += other.transitions


class Simulator:
    """Runs shards of one simulation."""

    def __init__(
        self, deployment: Deployment, plan: Plan, seed: int, world: Callable[..., World] = World
    ) -> None:
        self._make_world = world
        self._deployment = deployment
        self._plan = plan
        self._seed = seed
        self._curves: dict[str, Curve] = {}

    def shard(self, first: int, count: int, listen: Callable[[Happening], None] | None = None) -> ShardResult:
        """Let the customers numbered from *first* on live through the simulated days.

        Args:
            listen: told everything that happens too, beside the tally.
        """
        plan = self._plan
        tally = Tally()
        behaviour = Behaviour(plan, self._seed, self._curves)

        def ledger(happening: Happening) -> None:
            tally.add(happening)
            behaviour.happened(happening)
            if listen is not None:
                listen(happening)

        world = self._make_world(
            self._deployment, plan.start, ledger, behaviour.sent, behaviour, trusted=True
        )
        behaviour.live_in(world)
        for index in range(first, first + count):
            behaviour.add(index)
        until = plan.start + timedelta(seconds=plan.seconds)
        world.plan_schedules(until)
        world.clock.run(until)
        world.catch_up()
        world.executions.watch_the_rest()
        return ShardResult(count, tally, world.interpreter.transitions)


class _Worker:
    """What a worker process keeps from one shard to the next."""

    simulator: Simulator | None = None


def begin_worker(files: Mapping[str, bytes], root: str, days: int, seed: int) -> None:
    """Compile the workspace, once per worker process."""
    # An interrupt reaches the whole group of processes; the one that deals out the work answers for all.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    project = read_project(files, root)
    _Worker.simulator = Simulator(deploy(project), plan_of(project, read_simulation(project)[0], days), seed)
    # Everything until here stays for good: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()


def work(first: int, count: int) -> ShardResult:
    """Simulate one shard in a worker process."""
    assert _Worker.simulator is not None
    return _Worker.simulator.shard(first, count)

"""Every run is somewhere real while it goes on, and nowhere afterwards: over the sample journeys, commit by commit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.domain.customer.rows import Change, CustomerFile, Run
from sojourn.domain.journey.project import Project, read_project
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.scenario import play
from sojourn.local.world import World
from tests.support.workspaces import deployed, played

SAMPLES = Path(__file__).parents[2] / "journeys"
Spot = tuple[str, str]


@dataclass
class Seen:
    """What was written of runs.

    Args:
        now: (journey, step) -> customers there, added up from what each commit changed.
    """

    steps: dict[str, frozenset[str]]
    wrong: list[str] = field(default_factory=list)
    now: Counter[Spot] = field(default_factory=Counter)
    rows: dict[tuple[str, ...], Run] = field(default_factory=dict)

    def look(self, before: CustomerFile, change: Change, after: CustomerFile) -> None:
        """Check one commit."""
        for key, run in change.runs.items():
            was = before.runs.get(key)
            self.now.subtract((run.journey, step) for step in (was.at if was else {}).values())
            self.now.update((run.journey, step) for step in run.at.values())
            self.rows[(run.customer, *key)] = run
            if run.active != bool(run.at):
                self.wrong.append(f"{run.id} is {run.status} at {dict(run.at)}")
            self.wrong += [
                f"{run.id} is at {there}" for there in run.at.values() if there not in self.steps[run.journey]
            ]
        for one in change.happened:
            here = after.run(one.run)
            over = any(
                other.run == one.run and (other.what, other.step) in (("exited", ""), ("resumed", one.step))
                for other in change.happened
            )
            if (
                one.what in ("waiting", "held", "tasked")
                and not over
                and here
                and one.step not in here.at.values()
            ):
                self.wrong.append(f"{one.what} {one.step}, but {one.run} is at {dict(here.at)}")


class Watched(MemoryCustomers):
    """Customers whose every commit is looked at."""

    seen: Seen

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        after = super().commit(file, change)
        self.seen.look(file, change, after)
        return after


def watching(seen: Seen) -> type[World]:
    """Return worlds in which commits are looked at."""

    class WatchedWorld(World):
        def __init__(self, deployment: Deployment, start: datetime, ledger: object, **more: object) -> None:
            super().__init__(deployment, start, ledger, **more)  # type: ignore[arg-type]
            self.customers = Watched(ledger)  # type: ignore[arg-type]
            self.customers.seen = seen
            self.engine = replace(self.engine, customers=self.customers)

    return WatchedWorld


def seen_of(project: Project) -> Seen:
    """Return an empty note on a workspace's journeys."""
    return Seen({name: frozenset(folder.flow.nodes) for name, folder in project.journeys.items()})


@pytest.fixture(scope="module")
def samples() -> Deployment:
    """Deploy the sample journeys once."""
    files = {p.relative_to(SAMPLES).as_posix(): p.read_bytes() for p in SAMPLES.rglob("*") if p.is_file()}
    return deploy(read_project(files))


def test_in_every_sample_story_each_run_is_somewhere_and_at_the_end_nowhere(samples: Deployment) -> None:
    """Steps of its own journey, the very one where it waits; what each commit changes adds up to who is where now."""
    stories = [one.scenario for folder in samples.project.journeys.values() for one in folder.scenarios]
    for story in stories:
        seen = seen_of(samples.project)

        play(story, samples, watching(seen))

        there = Counter((run.journey, step) for run in seen.rows.values() for step in run.at.values())
        assert seen.wrong == [], story.scenario
        assert +seen.now == there, story.scenario
        assert seen.rows


PATHS = """
enter: {on: began}
steps:
  - parallel:
      a: [{wait: 1 day}, {id: s, send: hello}, {wait: 1 day}]
      b:
        - {id: w, wait_for: [{event: did_it}], up_to: 3 days}
        - parallel:
            x: [{wait: 2 days}]
            y: [{id: t, send: hello, via: [sms]}]
  - {id: last, wait: 1 day}
"""


def test_each_path_of_a_parallel_has_its_own_place() -> None:
    """From the waits that begin with it to the step after it; a path that is done is nowhere."""
    deployment = deployed(PATHS)
    seen = seen_of(deployment.project)
    places: list[dict[str, str]] = []

    class Noted(Seen):
        def look(self, before: CustomerFile, change: Change, after: CustomerFile) -> None:
            super().look(before, change, after)
            for run in change.runs.values():
                if not places or places[-1] != run.at:
                    places.append(dict(run.at))

    noted = Noted(seen.steps)
    story = "events: [{at: +0s, customer: ana, event: began}, {at: +2h, customer: ana, event: did_it}]"
    world = watching(noted)

    played(deployment, story, make_world=world)

    par, inner = "parallel_1", "parallel_1/b/parallel_2"
    assert noted.wrong == []
    assert places == [
        {"": par, f"{par}/a": "wait_1"},
        {"": par, f"{par}/a": "wait_1", f"{par}/b": "w"},
        {"": par, f"{par}/a": "wait_1", f"{par}/b": "parallel_2", f"{inner}/x": "wait_3"},
        {"": par, f"{par}/a": "wait_1", f"{par}/b": "parallel_2", f"{inner}/x": "wait_3", f"{inner}/y": "t"},
        {"": par, f"{par}/a": "wait_1", f"{par}/b": "parallel_2", f"{inner}/x": "wait_3"},
        {"": par, f"{par}/a": "s", f"{par}/b": "parallel_2", f"{inner}/x": "wait_3"},
        {"": par, f"{par}/a": "wait_2", f"{par}/b": "parallel_2", f"{inner}/x": "wait_3"},
        {"": "last"},
        {},
    ]

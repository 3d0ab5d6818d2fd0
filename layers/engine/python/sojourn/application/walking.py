"""What a run takes along when it walks on from a task, and what it brings back (`sojourn.domain.decide.follow`)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sojourn.domain.decide.follow import Followed, Walker
from sojourn.domain.decide.reaching import zone_of
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.application.running import Running
    from sojourn.application.task_input import State


def walker(running: Running, state: State, lane: str) -> Walker:
    """Return who walks, on the path *lane*."""
    policy, run = running.engine.catalogue.policy, running.run
    return Walker(
        run.journey, run.entered_as or run.customer, policy.salt, partial(zone_of, running.profile, policy),
        policy.timezone, run.begun, state["steps"], lane,
    )  # fmt: skip


def take_down(followed: Followed, new: State, keep_paths: tuple[str, ...]) -> None:
    """Write into a run's new state where it came to, and which ways it went that are read later."""
    new["next"] = followed.leaf
    if followed.until is not None:
        new["until"] = iso(followed.until)
    new["steps"].update(followed.counts)
    for decision in keep_paths:
        if decision in followed.paths:
            new["steps"][decision] = {"path": followed.paths[decision]}

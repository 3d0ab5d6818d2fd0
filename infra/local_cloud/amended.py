"""Runs MiniStack with some things as they are on AWS; docs/embedded-aws.md says of the others.

A version of a state machine runs its own definition, where MiniStack runs the latest: nothing could be taken back
there. Which version was asked for is known where an execution is started, and its machine is looked up in a thread that
inherits what the start knew. A machine that is deleted takes its versions along: they were described as there, and an
execution of one began that could not run. A Distributed Map heeds `MaxConcurrencyPath`: without it, all batches of an
audience would be functions at once. And schedules come: `timetable.py`. It is run by `leash.py`, and of ours imports
that file alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from ministack.app import main  # type: ignore[import-untyped]
from ministack.services import stepfunctions  # type: ignore[import-untyped]

from infra.local_cloud import timetable

# MiniStack is pinned, and offers no other way to what it keeps to itself.
# ruff: noqa: SLF001
_asked: ContextVar[str] = ContextVar("asked", default="")
_start: Any = stepfunctions._start_execution
_map: Any = stepfunctions._run_distributed_map
_machines: Any = stepfunctions._state_machines
_versions: Any = stepfunctions._state_machine_versions


def _is_of_latest(arn: str) -> bool:
    """Say whether a machine runs its latest definition: tests change those of one stage after they were deployed."""
    stage = os.environ.get("SOJOURN_TOLD_STAGE", "")
    return bool(stage) and f":sojourn-{stage}_" in arn


class Machines(type(_machines)):  # type: ignore[misc]
    """State machines, each with the definition of the version that was started, where it is asked what it runs.

    One that goes takes its versions along.
    """

    __slots__ = ()

    def get(self, arn: str, default: Any = None) -> Any:
        """Return a machine."""
        machine = super().get(arn, default)
        version = _versions.get(_asked.get())
        if not machine or not version or version["stateMachineArn"] != arn or _is_of_latest(arn):
            return machine
        return {**machine, "definition": version["definition"]}

    def __delitem__(self, arn: str) -> None:
        super().__delitem__(arn)
        _forget_versions(arn)

    def pop(self, arn: str, *default: Any) -> Any:
        """Take a machine out."""
        machine = super().pop(arn, *default)
        _forget_versions(arn)
        return machine


def _forget_versions(arn: str) -> None:
    for version in [one for one, told in _versions.items() if told["stateMachineArn"] == arn]:
        del _versions[version]


def started(data: Any) -> Any:
    """Start an execution, and let it know of which version."""
    token = _asked.set(data.get("stateMachineArn", ""))
    try:
        return _start(data)
    finally:
        _asked.reset(token)


def mapped(state: Mapping[str, Any], raw_input: Any, effective: Any, *others: Any) -> Any:
    """Run a Distributed Map, with as many children at once as its input says."""
    if path := state.get("MaxConcurrencyPath"):
        state = {**state, "MaxConcurrency": stepfunctions._resolve_path(path, effective)}
    return _map(state, raw_input, effective, *others)


if __name__ == "__main__":
    _machines.__class__ = Machines
    stepfunctions._start_execution = started
    stepfunctions._run_distributed_map = mapped
    timetable.begin()
    main()

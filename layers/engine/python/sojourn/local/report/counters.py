"""The counters of one journey and of one step: how they add up, and how they look as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TREATED, HOLDOUT = "treated", "holdout"

Counts = dict[str, int]


def count(counts: Counts, key: str, by: int = 1) -> None:
    """Count *by* more of *key*."""
    counts[key] = counts.get(key, 0) + by


@dataclass(slots=True)
class StepTally:
    """What happened at one step.

    Args:
        arrived: how many times a run came to it.
        left: how many runs ended while they were there: by a goal, an exit, a restart, a failure.
        here: how many runs were still there when counting ended.
        whats: records by kind. paths: ways taken, where the step has several. channels: sends. reasons: messages
            that were not sent, by the kind of reason; `unknown` are sends of which nobody knows whether they went out.
    """

    arrived: int = 0
    left: int = 0
    here: int = 0
    whats: Counts = field(default_factory=dict)
    paths: Counts = field(default_factory=dict)
    channels: Counts = field(default_factory=dict)
    reasons: Counts = field(default_factory=dict)

    def merge(self, other: StepTally) -> None:
        """Add another step's counts."""
        _merge(self, other)

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON data."""
        return _to_json(self)


@dataclass(slots=True)
class JourneyTally:
    """What happened in one journey; `Counts` of groups are by `treated`, `holdout` and, for goals, `unknown`.

    Args:
        replaced: runs that ended by a restart, so that a customer is not counted twice in a conversion rate.
        goals: goals reached; `late_goals` of them after the run had ended.
        goal_times: time from entry to goal, by the number of the bucket (`buckets.LIMITS`).
        running: runs that had not ended when counting ended.
    """

    late_goals: int = 0
    running: int = 0
    entered: Counts = field(default_factory=dict)
    replaced: Counts = field(default_factory=dict)
    goals: Counts = field(default_factory=dict)
    goal_times: Counts = field(default_factory=dict)
    not_entered: Counts = field(default_factory=dict)
    exits: Counts = field(default_factory=dict)
    steps: dict[str, StepTally] = field(default_factory=dict)

    def merge(self, other: JourneyTally) -> None:
        """Add another journey's counts."""
        _merge(self, other)
        for name, step in other.steps.items():
            self.steps.setdefault(name, StepTally()).merge(step)

    def copy(self) -> JourneyTally:
        """Return counts of the same numbers that can be changed apart."""
        made = JourneyTally()
        made.merge(self)
        return made

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON data."""
        return {**_to_json(self), "steps": {name: self.steps[name].to_json() for name in sorted(self.steps)}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> JourneyTally:
        """Read what `to_json` wrote."""
        steps = {name: StepTally(**step) for name, step in data["steps"].items()}
        return cls(**{**data, "steps": steps})


def _fields(record: JourneyTally | StepTally) -> list[str]:
    return [name for name in record.__slots__ if name != "steps"]


def _merge(mine: Any, other: Any) -> None:
    for name in _fields(mine):
        value = getattr(other, name)
        if isinstance(value, int):
            setattr(mine, name, getattr(mine, name) + value)
        else:
            counts = getattr(mine, name)
            for key, number in value.items():
                count(counts, key, number)


def _to_json(record: Any) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in _fields(record)}
    return {
        name: value if isinstance(value, int) else dict(sorted(value.items()))
        for name, value in values.items()
    }

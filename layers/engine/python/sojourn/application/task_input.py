"""What a state hands its task, read from the payload. It knows what a state machine says, and nothing of running."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

State = dict[str, Any]
DUE = "due"
"""In the state of a run that was moved to a step which waits to be answered: when that wait is over."""


@dataclass(frozen=True, slots=True)
class TaskInput:
    """What a state hands its task (`sojourn.domain.compile.states`)."""

    step: str
    do: Mapping[str, Any]
    then: Mapping[str, Any]
    state: State
    entered: datetime
    entered_text: str
    execution: str
    lane: str = ""
    keep: tuple[str, ...] = ()
    keep_paths: tuple[str, ...] = ()
    token: str = ""
    late: str = ""
    up_to: float | None = None

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> TaskInput:
        """Read a task's payload."""
        return cls(
            payload["step"], _plain(payload["do"]), _plain(payload["then"]), payload["state"],
            datetime.fromisoformat(payload["entered"]), _visit(payload), payload["execution"],
            payload.get("lane", ""), tuple(payload.get("keep", ())), tuple(payload.get("keep_paths", ())),
            payload.get("token", ""), payload.get("late", ""), payload.get("up_to"),
        )  # fmt: skip

    def is_in_round_of(self, visit: str) -> bool:
        """Say whether another visit of the step, given by its text, was in the same round of the run's loops."""
        return self.entered_text.partition("#")[2] == visit.partition("#")[2]

    def of_visit(self, visit: str) -> TaskInput:
        """Return the task as of another visit, given by its text."""
        return replace(self, entered=datetime.fromisoformat(visit.partition("#")[0]), entered_text=visit)

    def is_before(self, visit: str) -> bool:
        """Say whether this visit began before another of the same lane, given by its text."""
        at, _, rounds = visit.partition("#")
        _, _, mine = self.entered_text.partition("#")
        return (self.entered, int(mine or 0)) < (datetime.fromisoformat(at), int(rounds or 0))


def _plain(part: Any) -> Any:
    """Read a part of a payload, which is JSON text where AWS might have read an author's words as its own."""
    return json.loads(part) if isinstance(part, str) else part


def _visit(payload: Mapping[str, Any]) -> str:
    """Tell this visit of a step from all others: by when the step was entered, and in which round of a loop.

    Virtual time stands still where a loop's wait is over at once, so that the instant alone does not tell.
    """
    steps = payload["state"].get("steps", {})
    rounds = sum(one["count"] for one in steps.values() if isinstance(one.get("count"), int))
    return f"{payload['entered']}#{rounds}" if rounds else str(payload["entered"])

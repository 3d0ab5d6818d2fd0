"""How a run comes to a step of a version from outside: what a compiled machine says of its steps, read back from it.

Whoever moves runs between versions needs it; nobody else comes to a step but by the steps before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sojourn.domain.compile import names


@dataclass(frozen=True, slots=True)
class Midway:
    """A version's machine, asked about its steps.

    Args:
        definition: Amazon States Language, as compiled.
        begins: what follows its beginning (`Entering.then`).
    """

    definition: Mapping[str, Any]
    begins: Mapping[str, Any]

    def way_to(self, step: str) -> Mapping[str, Any]:
        """Return what leads to a step, in the form in which tasks have it (`sojourn.domain.compile.then`): one path."""
        nodes: Mapping[str, Any] = next(
            (then["nodes"] for then in self._thens() if step in then.get("nodes", {})), {}
        )
        return {"paths": {"": step}, "nodes": nodes}

    def is_wait(self, step: str) -> bool:
        """Say whether a step is a wait for time alone."""
        return self._state(step).get("Type") == "Wait"

    def is_answered(self, step: str) -> bool:
        """Say whether a step waits to be answered: a `wait_for`, or a person's task."""
        return self._state(step).get("Resource") == names.WAIT_FOR_TOKEN

    def lasts(self, step: str) -> timedelta | None:
        """Return how long a wait lasts; None where that is worked out for each run, or it is none."""
        seconds = self._state(step).get("Seconds") if self.is_wait(step) else None
        return timedelta(seconds=seconds) if seconds is not None else None

    def after(self, wait: str) -> str:
        """Return the state that follows a wait."""
        return str(self._state(wait)["Next"])

    @property
    def any_task(self) -> str:
        """Return some state that does something, for runs which are to do nothing but hear that they are over."""
        states = self.definition["States"]
        return next(str(name) for name, state in states.items() if state["Type"] == "Task")

    def _state(self, name: str) -> Mapping[str, Any]:
        state: Mapping[str, Any] = self.definition["States"].get(name, {})
        return state

    def _thens(self) -> Iterator[Mapping[str, Any]]:
        if self.begins:
            yield self.begins
        for state in self.definition["States"].values():
            parameters = state.get("Parameters", {})
            then = parameters.get("Payload", parameters).get("then")
            if then is not None:
                yield json.loads(then) if isinstance(then, str) else then

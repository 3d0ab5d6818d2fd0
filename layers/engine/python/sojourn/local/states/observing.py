"""What can be seen of executions from outside: one method for each thing that happens."""

from __future__ import annotations

from typing import Any

from sojourn.local.states.runs import Execution


class Observer:
    """Told what executions do, at the instant they do it. Every method may be overridden; none does anything.

    The data handed over is the interpreter's own and must not be changed. Observers must not call the
    interpreter.
    """

    def entered(self, execution: Execution, state: str, value: Any) -> None:
        """A state was entered with *value*."""

    def left(self, execution: Execution, state: str, output: Any) -> None:
        """A state ended with *output*."""

    def failed(self, execution: Execution, state: str, error: str, cause: str, reason: Exception) -> None:
        """A state failed, whatever comes of it; *reason* is what a handler raised, if one did."""

    def retrying(self, execution: Execution, state: str, seconds: float) -> None:
        """A state that failed will be tried again after *seconds*."""

    def ended(self, execution: Execution) -> None:
        """An execution ended, in whatever way."""

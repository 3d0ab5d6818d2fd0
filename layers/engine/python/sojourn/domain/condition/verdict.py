"""What came of evaluating a condition, with everything needed to explain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition held.

    Args:
        value: false where it could not be decided.
        missing: what was absent, where that kept it from being decided.
        inputs: what was read and found, as (name, JSON value), in the order written.
        text: the condition.
        trouble: why it could not be decided, where nothing was missing; else "".
    """

    value: bool
    missing: tuple[str, ...]
    inputs: tuple[tuple[str, Any], ...]
    text: str = ""
    trouble: str = ""

    @property
    def reason(self) -> str:
        """Return why, as one sentence."""
        said = f'"{_short(" ".join(self.text.split()))}" is {"true" if self.value else "false"}'
        if self.missing:
            verb = "is" if len(self.missing) == 1 else "are"
            return f"{said}: {_joined(self.missing)} {verb} missing"
        if self.trouble:
            return f"{said}: {self.trouble}"
        if self.inputs:
            return f"{said}: {_joined(tuple(f'{name} is {_said(value)}' for name, value in self.inputs))}"
        return said


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{_short(value)}"'
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"an object of {len(value)}" if isinstance(value, dict) else str(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _joined(said: tuple[str, ...]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"

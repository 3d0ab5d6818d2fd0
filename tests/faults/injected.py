"""Says of a test which fault it injects and where, for the table in docs/faults.md (`scripts/write_faults_page.py`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

Test = TypeVar("Test", bound=Callable[..., None])
ATTRIBUTE = "injected"


class Injected(NamedTuple):
    """What a test injects, and where; its docstring says what is seen."""

    what: str
    where: str


def injected(what: str, where: str) -> Callable[[Test], Test]:
    """Say what a test injects, and where."""

    def mark(test: Test) -> Test:
        setattr(test, ATTRIBUTE, Injected(what, where))
        return test

    return mark

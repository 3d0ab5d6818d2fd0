"""What every compiled piece of a state machine has in common.

A piece is compiled once, into a closure that takes the state's data and the scope it runs in; it returns a
value and changes nothing. Beside the closure stands a bound on how large the value can be, so that the
interpreter measures data only when it might have outgrown the quota.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from random import Random
from typing import Any, Final, NamedTuple, Protocol


class Scope(Protocol):
    """What a piece may ask of the execution around it, beside the data."""

    def context(self, part: str) -> Any:
        """Return one part of the context object (`Execution`, `State`, …), or `MISSING`."""
        ...

    def chance(self) -> Random:
        """Return a source of randomness: another one at every call, the same ones in every run."""
        ...


Evaluate = Callable[[Any, Scope], Any]
Test = Callable[[Any, Scope], bool]


class Missing:
    """The type of `MISSING`, what a path finds where there is nothing: not even null."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


class Growth(NamedTuple):
    """An upper bound on a value's size: *fixed* bytes and *copies* times the size of the state's data."""

    fixed: float
    copies: float

    def beside(self, other: Growth) -> Growth:
        """Return the bound for the two values together."""
        return Growth(self.fixed + other.fixed, self.copies + other.copies)

    def after(self, earlier: Growth) -> Growth:
        """Return the bound for a value made from what another piece made."""
        if self.copies == 0:
            return self
        return Growth(self.fixed + self.copies * earlier.fixed, self.copies * earlier.copies)


UNCHANGED = Growth(0, 1)
UNKNOWN = Growth(inf, 0)


class Piece(NamedTuple):
    """A compiled piece: what to evaluate, and how large its value may be."""

    evaluate: Evaluate
    growth: Growth


class SyntaxProblem(ValueError):
    """A path, call or filter is not written as the language wants it; the text says where and why."""


def input_itself(value: Any, scope: Scope) -> Any:
    """Return the data as it is: what `$` stands for."""
    return value

"""A state machine as the interpreter runs it: states that point at each other and carry compiled closures.

`reading` builds these from a definition; nothing changes them afterwards, so all executions share them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sojourn.local.states.evaluation import UNCHANGED, Evaluate, Growth, Scope, input_itself
from sojourn.local.states.templates import Placing

PASS, CHOICE, WAIT, SUCCEED, FAIL, TASK, PARALLEL, MAP = range(8)

After = Callable[[Any, Any, Scope], Any]
"""From the state's input and its result, to the state's output."""


@dataclass(slots=True, eq=False)
class State:
    """One state of a machine.

    Attributes:
        work: from the input to the output, for a state that only computes; None: the output is the input.
        growth: how large the output of *work* can be.
        next: where it goes on; None: the machine or branch ends here.
    """

    kind: ClassVar[int] = PASS
    events: ClassVar[int] = 2
    """History events that AWS writes for one visit: entered, exited, and what is between."""

    name: str
    work: Evaluate | None = None
    growth: Growth = UNCHANGED
    next: State | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


@dataclass(slots=True, eq=False, repr=False)
class Pass(State):
    """Computes its output from its input."""


@dataclass(slots=True, eq=False, repr=False)
class Succeed(State):
    """Ends the machine or branch."""

    kind = SUCCEED


@dataclass(slots=True, eq=False, repr=False)
class Choice(State):
    """Goes on at the first rule that holds; *work* filters its data."""

    kind = CHOICE
    pick: Callable[[Any, Scope], State] = field(init=False)
    inward: Evaluate = input_itself


@dataclass(slots=True, eq=False, repr=False)
class Wait(State):
    """Waits; *until* gives the instant, in microseconds, from the data and the present instant."""

    kind = WAIT
    inward: Evaluate = input_itself
    until: Callable[[Any, Scope, int], int] = field(init=False)


@dataclass(slots=True, eq=False, repr=False)
class Fail(State):
    """Ends the machine or branch as failed, with what *error* and *reason* give."""

    kind = FAIL
    events = 1
    error: Evaluate = field(init=False)
    reason: Evaluate = field(init=False)


@dataclass(slots=True, frozen=True)
class Retrier:
    """When to try again: times in seconds."""

    names: tuple[str, ...]
    interval: float
    attempts: int
    rate: float
    longest: float | None
    jitter: bool


@dataclass(slots=True, frozen=True)
class Catcher:
    """Where to go on with an error, and where in the data the error goes."""

    names: tuple[str, ...]
    placing: Placing
    next: State


@dataclass(slots=True, eq=False, repr=False)
class Working(State):
    """A state whose result comes from outside of it, and that may fail, be tried again, and be caught.

    Attributes:
        effective: from the state's input to what the work gets.
        after: from input and result to output.
    """

    effective: Evaluate = input_itself
    effective_growth: Growth = UNCHANGED
    after: After = field(init=False)
    retriers: tuple[Retrier, ...] = ()
    catchers: tuple[Catcher, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Task(Working):
    """Calls a resource; *waits* for a token's answer where the resource says so.

    Attributes:
        resource: the ARN or placeholder.
        invokes: whether it is `lambda:invoke`: the function is named in the parameters.
        timeout, heartbeat: give seconds, or None for none.
    """

    kind = TASK
    events = 5
    resource: str = ""
    invokes: bool = False
    waits: bool = False
    timeout: Evaluate | None = None
    heartbeat: Evaluate | None = None


@dataclass(slots=True, eq=False, repr=False)
class Parallel(Working):
    """Runs branches on the same data and goes on with the list of their outputs."""

    kind = PARALLEL
    events = 4
    branches: tuple[State, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Map(Working):
    """Runs one machine for each of some items and goes on with the list of the outputs.

    Attributes:
        items: from the effective input to the list.
        selector: from the effective input to what an iteration gets, None: the item.
        at_once: how many iterations run at once; 0: all.
    """

    kind = MAP
    events = 4
    processor: State = field(init=False)
    items: Evaluate = input_itself
    selector: Evaluate | None = None
    at_once: Evaluate | None = None

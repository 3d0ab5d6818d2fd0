"""What goes wrong, and at which call: the words in which the tests here say it.

A function's calls of AWS are numbered. A fault looks at each and says whether it is the one: then the function dies
there, or is answered an error, or hears nothing, or something else happens meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

ANSWER = "its own answer"
"""The operation that stands for a function's own answer: what follows everything it called."""


class Killed(BaseException):
    """The function died here: no handler of errors is told."""


@dataclass(frozen=True)
class Call:
    """A call that a function makes.

    Args:
        place: which call of this invocation it is, from 1.
        invocation: which invocation of all it is.
    """

    function: str
    service: str
    operation: str
    place: int
    invocation: int = 0


def nothing() -> None:
    """Let all go well."""


@dataclass(frozen=True)
class Trouble:
    """What happens before a call has its effect, and after."""

    before: Callable[[], None] = nothing
    after: Callable[[], None] = nothing


def raising(error: BaseException) -> Callable[[], None]:
    """Return what raises an error."""

    def act() -> None:
        raise error

    return act


def killed(when: str) -> Trouble:
    """The function dies `before` the call has its effect, or `after`."""
    return Trouble(**{when: raising(Killed())})


def answered(code: str, status: int = 400, message: str = "said", **more: Any) -> Trouble:
    """The service answers an error, and does nothing."""
    return Trouble(before=raising(refusal(code, status, message, **more)))


def refusal(code: str, status: int = 400, message: str = "said", **more: Any) -> ClientError:
    """Return an error as botocore raises it."""
    answer: Any = {
        "Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}, **more,
    }  # fmt: skip
    return ClientError(answer, "Operation")


def answered_late(code: str, status: int = 500) -> Trouble:
    """The service does what it is asked, and answers an error."""
    return Trouble(after=raising(refusal(code, status)))


def unreachable() -> Trouble:
    """No connection was made: nothing is done."""
    return Trouble(before=raising(ConnectTimeoutError(endpoint_url="https://aws.example")))


def no_answer(when: str = "after") -> Trouble:
    """No answer comes, and the call has had its effect (`after`) or not (`before`)."""
    return Trouble(**{when: raising(ReadTimeoutError(endpoint_url="https://aws.example"))})


def meanwhile(act: Callable[[], object]) -> Trouble:
    """Something else happens just before the call has its effect."""

    def happen() -> None:
        act()

    return Trouble(before=happen)


@dataclass
class Fault:
    """Trouble at some calls.

    Args:
        function, service, operation: of the calls it is about; "" is any.
        number: the first of these calls that goes wrong.
        times: how many of them do, from that one on.
        hits: how often it happened.
    """

    trouble: Trouble
    function: str = ""
    service: str = ""
    operation: str = ""
    number: int = 1
    times: int = 1
    place: int = 0
    seen: int = 0
    hits: int = 0

    def at(self, call: Call) -> Trouble | None:
        """Return what goes wrong at a call."""
        asked = (self.function, self.service, self.operation, self.place)
        made = (call.function, call.service, call.operation, call.place)
        if any(mine and mine != its for mine, its in zip(asked, made, strict=True)):
            return None
        if not self.service and call.operation == ANSWER:
            return None
        self.seen += 1
        if not self.number <= self.seen < self.number + self.times:
            return None
        self.hits += 1
        return self.trouble


@dataclass
class EachOnce:
    """Trouble at every call of a function, the first time it comes that far.

    One attempt fails at its first call; the next goes well; the third passes the first call and fails at the second;
    and so on: so that nobody gives up who tries a few times.
    """

    trouble: Trouble
    function: str
    service: str = ""
    over: set[tuple[str, int]] = field(default_factory=set)
    spared: int = -1
    failed: int = -1

    @property
    def hits(self) -> int:
        """How often it happened."""
        return len(self.over)

    def at(self, call: Call) -> Trouble | None:
        """Return what goes wrong at a call."""
        here = (call.operation, call.place)
        if call.function != self.function or here in self.over:
            return None
        if self.service not in ("", call.service):
            return None
        if self.failed not in (-1, call.invocation):
            # The first after a failure goes well.
            self.spared, self.failed = call.invocation, -1
        if call.invocation in (self.spared, self.failed):
            return None
        self.over.add(here)
        self.failed = call.invocation
        return self.trouble

"""Runs that are gone through, and what is done to them: fakes for whoever goes through them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sojourn.adapters.dynamodb.runs import PARTS, place
from sojourn.application.publishing import Signed
from sojourn.aws_runtime.publishing.moving import Moving
from sojourn.aws_runtime.publishing.strands import AGAIN, END, GO, Strand
from sojourn.errors import TransientError
from tests.support.control_room import ANA, ControlRoom

RUNS = {
    journey: [(f"{journey}-{number:03}", "") for number in range(40)] for journey in ("welcome", "win-back")
}


class FakeRuns:
    """The runs of two journeys; a customer's number says in which part they are."""

    def of(self, journey: str, part: int, after: str = "") -> Iterator[tuple[str, str]]:
        for customer, key in RUNS[journey]:
            if int(customer[-3:]) % PARTS == part and place(customer, key) > after:
                yield customer, key


@dataclass
class FakeMovement:
    """Remembers what it was told to move.

    Args:
        fails: of whom it cannot be done for now, so many times.
        broken: of whom it can never be done, and why.
    """

    phases: tuple[str, ...] = (GO, AGAIN, END)
    said_again: frozenset[str] = frozenset()
    moved: Counter[str] = field(default_factory=Counter)
    fails: Counter[str] = field(default_factory=Counter)
    broken: Mapping[str, Exception] = field(default_factory=dict)
    heard: list[tuple[tuple[int, ...], ...]] = field(default_factory=list)
    prepared: list[bool] = field(default_factory=list)

    def prepare(self, seconds_left: Callable[[], float]) -> bool:
        return self.prepared.pop() if self.prepared else True

    def journeys(self) -> tuple[str, ...]:
        return tuple(sorted(RUNS))

    def count(self, strand: Strand, journey: str, customer: str, key: str) -> Strand:
        return replace(strand, counts=(sum(strand.counts) + 1,))

    def counted(self, counts: tuple[tuple[int, ...], ...]) -> None:
        self.heard.append(counts)

    def move(self, journey: str, customer: str, key: str, seconds_left: Callable[[], float]) -> str:
        if self.fails[customer] > 0:
            self.fails[customer] -= 1
            raise TransientError("busy")
        if customer in self.broken:
            raise self.broken[customer]
        self.moved[customer] += 1
        return "goes_on" if self.moved[customer] == 1 else "nothing"


def begun(room: ControlRoom, movement: FakeMovement, noted: int = 5, **asked: Any) -> str:
    """Let operations of the kind be carried out so, and queue one; return its id."""
    room.works = {"resume": lambda: Moving(room.backing, FakeRuns(), lambda _: movement, noted)}  # type: ignore[arg-type]
    signed = Signed(ANA, room.at, "", "20260306T090000000Z-00000a")
    return room.backing.begin("resume", signed, {"journey": "*", **asked}).id


def carried_on(room: ControlRoom, seconds: Callable[[], float], most: int = 400) -> None:
    """Work on the queue until it is empty, with so much time left whenever that is asked."""
    for _ in range(most):
        if not room.queue:
            return
        message, _after = room.queue.pop(0)
        room.operating()({"Records": [{"messageId": "m", "body": json.dumps(message)}]}, seconds)
    raise AssertionError(f"the queue is not empty after {most} messages")


EVERYBODY = {customer for runs in RUNS.values() for customer, _ in runs}

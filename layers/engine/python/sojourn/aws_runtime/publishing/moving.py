"""Goes through all runs of a journey, or of all, and lets each go on or end: after a pause, or when it was stopped.

The runs are walked through in parts, a strand each, several at a time. A strand notes where it is; whoever takes it up
again goes on from there, and of two at one strand one finds that out and stops. What is done to a run may be done
twice. Everything is gone through a second time a minute later, for runs that came meanwhile to where the first had
been: a function that had not heard yet may have parked one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.adapters.dynamodb.runs import PARTS, place
from sojourn.adapters.json_text import compact
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.observability import in_our_words, log_raised
from sojourn.aws_runtime.publishing.operating import Given, Outcome, finished
from sojourn.errors import Conflict, NoSuchMachine, TransientError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.runs import ActiveRuns
    from sojourn.aws_runtime.publishing.backing import Backing

SPARE = 20.0
"""Seconds that must be left for one more run: what one takes at worst, and the note."""
NOTED = 25
"""After so many runs a strand notes where it is: so many at most are gone through twice."""
A_MINUTE = 65.0
"""Seconds between the first time and the second: what a function takes at most, and what it believes besides."""
POLLED = 5.0
"""So often a strand asks whether the others are as far as it is."""
MOST_FAILED = 20
"""Where so many runs of one strand fail in one go, it is not about them: the strand comes again later."""
BUSY = 5.0
"""Seconds after which a strand goes on that found AWS busy."""
COUNT, GO, AGAIN, END = "count", "go", "again", "end"
"""What a strand is at: it counts, goes through the runs, does so again, or is over."""


@dataclass(frozen=True, slots=True)
class Strand:
    """Where a part of the runs is.

    Args:
        journey, after: the run after which it goes on.
        told: what became of runs, by the word for it.
        counts: what counting found.
    """

    phase: str
    journey: str = ""
    after: str = ""
    told: Mapping[str, int] = field(default_factory=dict)
    counts: tuple[int, ...] = ()

    def to_text(self) -> str:
        """Return it as JSON."""
        values = {name: getattr(self, name) for name in ("phase", "journey", "after", "told", "counts")}
        return compact({**values, "told": dict(self.told)})

    @classmethod
    def from_text(cls, text: str) -> Strand:
        """Return the strand that `to_text` wrote."""
        told = json.loads(text)
        return cls(**{**told, "counts": tuple(told["counts"])})


class Movement(Protocol):
    """What is done to each run."""

    @property
    def phases(self) -> tuple[str, ...]:
        """What a strand does one after the other; the last is `END`."""

    @property
    def said_again(self) -> frozenset[str]:
        """The words that the second time says of the same runs once more; they count the first time only."""

    def prepare(self, seconds_left: Callable[[], float]) -> bool:
        """Do what is to be done before all runs; say whether the time sufficed."""

    def journeys(self) -> tuple[str, ...]:
        """Return the journeys whose runs are meant, sorted."""

    def count(self, strand: Strand, journey: str, customer: str, key: str) -> Strand:
        """Count a run."""

    def counted(self, counts: tuple[tuple[int, ...], ...]) -> None:
        """Hear what all strands counted."""

    def move(self, journey: str, customer: str, key: str, seconds_left: Callable[[], float]) -> str:
        """Do to a run what is to be done; return a word for what became of it."""


class Moving:
    """Carries out operations that are about all runs of a journey.

    Args:
        movement: makes of an operation what is done to each run.
    """

    def __init__(
        self, backing: Backing, runs: ActiveRuns, movement: Callable[[Operation], Movement | None], noted: int = NOTED
    ) -> None:  # fmt: skip
        self._backing = backing
        self._runs = runs
        self._movement = movement
        self._noted = noted

    def __call__(
        self, operation: Operation, message: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Outcome:
        """Begin, or carry a strand on.

        Raises:
            AuthorError: it can never be done.
            TransientError: not now.
        """
        movement = self._movement(operation)
        if movement is None:
            return finished({})
        if "part" in message:
            return self._strand(operation, movement, int(message["part"]), seconds_left)
        if not movement.prepare(seconds_left):
            return Outcome(next=({},))
        return Outcome(next=tuple({"part": part} for part in range(PARTS)))

    def _strand(
        self, operation: Operation, movement: Movement, part: int, seconds_left: Callable[[], float]
    ) -> Outcome:
        text = self._backing.operations.place(operation.id, _name(part))
        strand = Strand.from_text(text) if text else Strand(movement.phases[0])
        following = ({"part": part},)
        if strand.phase == GO and COUNT in movement.phases:
            counts = self._all_counted(operation, movement)
            if counts is None:
                return Outcome(next=following, after=POLLED)
            movement.counted(counts)
        if strand.phase != END:
            try:
                gone = self._gone_through(operation, movement, part, (text, strand), seconds_left)
            except (Conflict, TransientError) as error:
                if self._backing.operations.place(operation.id, _name(part)) == text:
                    raise
                # It got on: however often AWS is busy on the way through a million runs, that is no failure.
                log_raised(error, operation=operation.id)
                return Outcome(next=following, after=BUSY)
            if gone is None:
                return Outcome()
            text, strand = gone
        if strand.phase == END:
            return self._end(operation, movement)
        begins = not strand.journey and strand.phase == AGAIN
        return Outcome(next=following, after=A_MINUTE if begins else 0.0)

    def _gone_through(
        self, operation: Operation, movement: Movement, part: int, begun: tuple[str, Strand],
        seconds_left: Callable[[], float],
    ) -> tuple[str, Strand] | None:  # fmt: skip
        """Go through the runs of a part for one phase, or until time runs out; None where somebody else does."""
        text, strand = begun
        done = failed = 0
        failures: list[dict[str, str]] = []

        def note(now: Strand) -> bool:
            nonlocal text, done
            if not self._backing.operations.move(operation.id, _name(part), text, now.to_text()):
                return False
            text = now.to_text()
            on = self._backing.operations.progress(operation.id, add=done, failures=tuple(failures))
            done = 0
            failures.clear()
            return on is not None

        for number, (journey, customer, key) in enumerate(self._left(movement, part, strand), 1):
            if seconds_left() < SPARE:
                return (text, strand) if note(strand) else None
            try:
                strand = self._one(movement, strand, journey, customer, key, seconds_left)
            except Given:
                raise
            except Exception as error:
                # Of a version for which no machine can be made all runs fail, and those of others do not.
                failed += not isinstance(error, NoSuchMachine)
                if failed > MOST_FAILED:
                    raise
                if not isinstance(error, Conflict | TransientError | NoSuchMachine):
                    log_raised(error, operation=operation.id)
                if strand.phase == AGAIN:
                    failures.append({"what": f"{journey}: {customer}", "why": in_our_words(error)})
            done += strand.phase == GO
            strand = replace(strand, journey=journey, after=place(customer, key))
            if number % self._noted == 0 and not note(strand):
                return None
        phases = movement.phases
        strand = replace(strand, phase=phases[phases.index(strand.phase) + 1], journey="", after="")
        return (text, strand) if note(strand) else None

    def _one(
        self, movement: Movement, strand: Strand, journey: str, customer: str, key: str,
        seconds_left: Callable[[], float],
    ) -> Strand:  # fmt: skip
        if strand.phase == COUNT:
            return movement.count(strand, journey, customer, key)
        word = movement.move(journey, customer, key, seconds_left)
        if strand.phase == AGAIN and word in movement.said_again:
            return strand
        told = Counter(strand.told)
        told[word] += 1
        return replace(strand, told=dict(told))

    def _left(self, movement: Movement, part: int, strand: Strand) -> Iterator[tuple[str, str, str]]:
        for journey in movement.journeys():
            if journey >= strand.journey:
                after = strand.after if journey == strand.journey else ""
                for customer, key in self._runs.of(journey, part, after):
                    yield journey, customer, key

    def _all_counted(self, operation: Operation, movement: Movement) -> tuple[tuple[int, ...], ...] | None:
        strands = self._strands(operation)
        if any(strand is None or strand.phase == COUNT for strand in strands):
            return None
        return tuple(strand.counts for strand in strands if strand is not None)

    def _end(self, operation: Operation, movement: Movement) -> Outcome:
        strands = self._strands(operation)
        if any(strand is None or strand.phase != END for strand in strands):
            return Outcome()
        told: Counter[str] = Counter()
        for strand in strands:
            told.update(strand.told if strand is not None else {})
        told.pop("nothing", None)
        return finished({"runs": dict(told)})

    def _strands(self, operation: Operation) -> list[Strand | None]:
        texts = (self._backing.operations.place(operation.id, _name(part)) for part in range(PARTS))
        return [Strand.from_text(text) if text else None for text in texts]


def _name(part: int) -> str:
    return f"runs#{part}"

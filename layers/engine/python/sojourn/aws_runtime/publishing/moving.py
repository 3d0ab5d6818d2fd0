"""Goes through all runs of a journey, or of all, and lets each go on or end: after a pause, or when it was stopped.

The runs are walked through in parts, a strand each, several at a time. A strand notes where it is; whoever takes it up
again goes on from there, and of two at one strand one finds that out and stops. What is done to a run may be done
twice. Everything is gone through a second time a minute later, for runs that came meanwhile to where the first had
been: a function that had not heard yet may have parked one. Those that AWS was too busy for both times are tried by
themselves later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.adapters.dynamodb.runs import PARTS, place
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.observability import in_our_words, log_raised, logger
from sojourn.aws_runtime.publishing.operating import SPARE, Given, Outcome, finished
from sojourn.aws_runtime.publishing.pacing import NoRoom, abreast
from sojourn.aws_runtime.publishing.strands import (
    AGAIN,
    COUNT,
    END,
    GO,
    LATER,
    ONCE_MORE,
    Place,
    Strand,
    so_far,
    told,
)
from sojourn.errors import Conflict, NoSuchMachine, TransientError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.runs import ActiveRuns
    from sojourn.aws_runtime.publishing.backing import Backing

NOTED = 25
"""After so many runs a strand notes where it is: so many at most are gone through twice."""
A_MINUTE = 65.0
"""Seconds between the first time and the second: what a function takes at most, and what it believes besides."""
LATER_AFTER = (120.0, 600.0)
"""Seconds until those are tried by themselves that AWS was too busy for, and until they are once more."""
POLLED = 5.0
"""So often a strand asks whether the others are as far as it is."""
QUEUED_FOR = 60.0
"""So often a strand asks whether it is its turn, where few are gone through side by side."""
MOST_FAILED = 20
"""Where so many runs of one strand fail in one go, it is not about them: the strand comes again later."""
BUSY = 5.0
"""Seconds after which a strand goes on that found AWS busy."""


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
        """Do to a run what is to be done; return a word for what became of it.

        Raises:
            NoRoom: there is none within this turn; nothing was done.
        """


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
        if operation.total is None and self._tell(operation, total=self._many(movement)) is None:
            return Outcome()
        return Outcome(next=tuple({"part": part} for part in range(PARTS)))

    def _many(self, movement: Movement) -> int:
        """Return about how many runs will be gone through: the counters follow the table by seconds."""
        counted = (self._backing.live.counts(journey) for journey in movement.journeys())
        return sum(
            max(0, figures.get("active", 0))
            for places in counted for at, figures in places.items() if not at.step
        )  # fmt: skip

    def _strand(
        self, operation: Operation, movement: Movement, part: int, seconds_left: Callable[[], float]
    ) -> Outcome:
        text = self._backing.operations.place(operation.id, _name(part))
        strand = Strand.from_text(text) if text else Strand(movement.phases[0])
        following = ({"part": part},)
        if not text and not self._has_its_turn(operation, movement, part):
            return Outcome(next=following, after=QUEUED_FOR)
        if strand.phase == GO and COUNT in movement.phases:
            counts = self._all_counted(operation)
            if counts is None:
                return Outcome(next=following, after=POLLED)
            movement.counted(counts)
        phase, rounds = strand.phase, strand.rounds
        if phase != END:
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
            return self._end(operation)
        if (strand.phase, strand.rounds) == (phase, rounds):
            return Outcome(next=following)
        self._tell_so_far(operation)
        after = {AGAIN: A_MINUTE, LATER: LATER_AFTER[max(0, strand.rounds - 1)]}
        return Outcome(next=following, after=after.get(strand.phase, 0.0))

    def _has_its_turn(self, operation: Operation, movement: Movement, part: int) -> bool:
        """Say whether a strand may begin: where few go side by side, each waits for one before it."""
        before = part - abreast(operation, PARTS)
        if before < 0:
            return True
        text = self._backing.operations.place(operation.id, _name(before))
        return bool(text) and Strand.from_text(text).phase != movement.phases[0]

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
            on = self._tell(operation, add=done, failures=tuple(failures))
            done = 0
            failures.clear()
            return on is not None

        for number, run in enumerate(self._left(movement, part, strand), 1):
            if seconds_left() < SPARE:
                return (text, strand) if note(strand) else None
            before = strand
            try:
                strand = self._one(movement, strand, run, seconds_left)
            except Given:
                raise
            except NoRoom:
                return (text, strand) if note(strand) else None
            except Exception as error:
                # Of a version for which no machine can be made all runs fail, and those of others do not.
                failed += strand.phase != LATER and not isinstance(error, NoSuchMachine)
                if failed > MOST_FAILED:
                    raise
                if not isinstance(error, Conflict | TransientError | NoSuchMachine):
                    log_raised(error, operation=operation.id)
                put_off = _put_off(strand, run, error)
                if put_off is None and strand.phase in ONCE_MORE:
                    # Operations are kept for good, also of who is erased: the log says whose run it was.
                    failures.append({"what": run[0], "why": in_our_words(error)})
                    logger.warning("left", operation=operation.id, journey=run[0], customer=run[1])
                strand = put_off or strand
            done += strand.phase == GO
            strand = _past(strand, run) if before.phase != LATER else replace(strand, left=before.left[1:])
            if number % self._noted == 0 and not note(strand):
                return None
        strand = strand.through(movement.phases, len(LATER_AFTER))
        return (text, strand) if note(strand) else None

    def _one(
        self, movement: Movement, strand: Strand, run: Place, seconds_left: Callable[[], float]
    ) -> Strand:
        journey, customer, key = run
        if strand.phase == COUNT:
            return movement.count(strand, journey, customer, key)
        word = movement.move(journey, customer, key, seconds_left)
        return strand if strand.phase in ONCE_MORE and word in movement.said_again else strand.tell(word)

    def _left(self, movement: Movement, part: int, strand: Strand) -> Iterator[Place]:
        if strand.phase == LATER:
            yield from strand.left
            return
        for journey in movement.journeys():
            if journey >= strand.journey:
                after = strand.after if journey == strand.journey else ""
                for customer, key in self._runs.of(journey, part, after):
                    yield journey, customer, key

    def _all_counted(self, operation: Operation) -> tuple[tuple[int, ...], ...] | None:
        strands = self._strands(operation)
        if any(strand is None or strand.phase == COUNT for strand in strands):
            return None
        return tuple(strand.counts for strand in strands if strand is not None)

    def _tell_so_far(self, operation: Operation) -> None:
        said = so_far(self._strands(operation))
        if said is not None:
            self._tell(operation, result=said)

    def _tell(self, operation: Operation, **said: Any) -> Operation | None:
        return self._backing.operations.progress(operation.id, **said)

    def _end(self, operation: Operation) -> Outcome:
        strands = self._strands(operation)
        ended = [strand for strand in strands if strand is not None and strand.phase == END]
        if len(ended) < len(strands):
            self._tell_so_far(operation)
            return Outcome()
        return finished({"runs": told(ended)})

    def _strands(self, operation: Operation) -> list[Strand | None]:
        texts = (self._backing.operations.place(operation.id, _name(part)) for part in range(PARTS))
        return [Strand.from_text(text) if text else None for text in texts]


def _put_off(strand: Strand, run: Place, error: Exception) -> Strand | None:
    """Return the strand with a run put off that AWS was too busy for; None where it is not to be tried once more.

    The first time through all come again anyway.
    """
    if strand.phase not in ONCE_MORE or not isinstance(error, Conflict | TransientError):
        return None
    return strand.put_off(run) if strand.rounds < len(LATER_AFTER) else None


def _past(strand: Strand, run: Place) -> Strand:
    journey, customer, key = run
    return replace(strand, journey=journey, after=place(customer, key))


def _name(part: int) -> str:
    return f"runs#{part}"

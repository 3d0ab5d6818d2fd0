"""What is done to each run when a journey is resumed, or stopped with its runs (`sojourn.application.pausing`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sojourn.application.pausing import Resumption, end_run, fell_due_at, resume_run
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.publishing.anywhere import AnywhereMachines, journeys_of
from sojourn.aws_runtime.publishing.pacing import room_for
from sojourn.aws_runtime.publishing.strands import AGAIN, COUNT, END, GO, Strand
from sojourn.domain.control import DUE_SPREAD, EVERY
from sojourn.domain.control import END as RUNS_END
from sojourn.domain.time.spreading import FellDue
from sojourn.errors import NoSuchMachine, TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.aws_runtime.publishing.backing import Backing


class Resuming:
    """Lets runs go on that stopped while a journey was paused."""

    said_again: frozenset[str] = frozenset()

    def __init__(
        self, backing: Backing, engine: Engine, anywhere: AnywhereMachines, operation: Operation
    ) -> None:
        asked = operation.asked
        self._operation = operation
        self._engine = engine
        self._anywhere = anywhere
        self._still = bool(asked["still"])
        self._journeys = journeys_of(backing, operation, EVERY)
        self._due = str(asked["due"])
        self._over = timedelta(seconds=float(asked["over"]))
        self._at = datetime.fromisoformat(asked["to"])
        self._fell_due = FellDue(datetime.fromisoformat(asked["from"]), self._at)
        self.phases: tuple[str, ...] = (*([COUNT] if self._due == DUE_SPREAD else []), GO, AGAIN, END)

    def prepare(self, seconds_left: Callable[[], float]) -> bool:
        """Make the machines that runs go on in whose clocks stood still: they will ask for them by themselves."""
        journeys = self._journeys if self._still else ()
        return all(self._anywhere.for_runs_of(journey, seconds_left) for journey in journeys)

    def journeys(self) -> tuple[str, ...]:
        """Return the journeys that are resumed."""
        return self._journeys

    def count(self, strand: Strand, journey: str, customer: str, key: str) -> Strand:
        """Count when it fell due what a run stopped at."""
        at = fell_due_at(self._engine, customer, (journey, key), self._engine.catalogue.control(journey))
        if at is None:
            return strand
        return replace(strand, counts=replace(self._fell_due, counts=strand.counts).counted([at]).counts)

    def counted(self, counts: tuple[tuple[int, ...], ...]) -> None:
        """Hear how many fell due when."""
        known = [one for one in counts if one]
        if known:
            self._fell_due = replace(self._fell_due, counts=tuple(map(sum, zip(*known, strict=True))))

    def move(self, journey: str, customer: str, key: str, seconds_left: Callable[[], float]) -> str:
        """Let a run go on; make the machine that it goes on in, if that is missing.

        Raises:
            NoSuchMachine: of its version none can be made.
        """
        how = Resumption(
            self._engine.catalogue.control(journey), self._at, self._due, self._over,
            self._fell_due if self._due == DUE_SPREAD else None,
            room_for(self._engine, self._operation, seconds_left),
        )  # fmt: skip
        try:
            return resume_run(self._engine, customer, (journey, key), how).what
        except NoSuchMachine as none:
            if not self._anywhere.make(journey, none.version, seconds_left):
                raise TransientError(str(none)) from none
            return resume_run(self._engine, customer, (journey, key), how).what


class Ending:
    """Ends the runs of a journey that was stopped."""

    phases: tuple[str, ...] = (GO, AGAIN, END)
    said_again: frozenset[str] = frozenset()

    def __init__(self, backing: Backing, engine: Engine, operation: Operation) -> None:
        self._engine = engine
        self._journeys = journeys_of(backing, operation, EVERY)

    def prepare(self, seconds_left: Callable[[], float]) -> bool:
        """Do nothing: ending needs nothing."""
        return True

    def journeys(self) -> tuple[str, ...]:
        """Return the journeys that were stopped."""
        return self._journeys

    def count(self, strand: Strand, journey: str, customer: str, key: str) -> Strand:
        """Count nothing: there is nothing to be put in an order."""
        return strand

    def counted(self, counts: tuple[tuple[int, ...], ...]) -> None:
        """Hear nothing."""

    def move(self, journey: str, customer: str, key: str, seconds_left: Callable[[], float]) -> str:
        """End a run, unless somebody took that back: the journey is open again, and customers enter it anew."""
        control = self._engine.catalogue.control(journey)
        if control.runs != RUNS_END:
            return "nothing"
        return "ended" if end_run(self._engine, customer, (journey, key), control) else "nothing"

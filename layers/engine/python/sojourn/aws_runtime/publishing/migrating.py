"""What is done to each run when a journey's runs are to go on in another version (`sojourn.application.migrating`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.application.migrating import Migration, migrate_run
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.publishing.fates import migration_of
from sojourn.aws_runtime.publishing.pacing import room_for
from sojourn.aws_runtime.publishing.strands import AGAIN, END, GO, Strand
from sojourn.domain.change.migration import DRAIN, MOVE, MigrationMap
from sojourn.errors import NoSuchMachine, TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.aws_runtime.publishing.anywhere import AnywhereMachines
    from sojourn.aws_runtime.publishing.backing import Backing

NOT_LIVE = "not_live"
"""What became of a run that was left where it is, as the version it was to go to is not live any more."""


class Migrating:
    """Lets runs of one version of a journey stay, move, drain or exit, as a map says."""

    phases: tuple[str, ...] = (GO, AGAIN, END)
    said_again: frozenset[str] = frozenset(("stays", "paused", "elsewhere", NOT_LIVE))

    def __init__(
        self, backing: Backing, engine: Engine, anywhere: AnywhereMachines, operation: Operation
    ) -> None:
        self._backing = backing
        self._engine = engine
        self._anywhere = anywhere
        self._operation = operation
        self._journey = str(operation.asked["journey"])
        self._version = str(operation.asked["version"])
        self._fates = MigrationMap.from_json(operation.asked["map"])
        self._how: Migration | None = None
        self._was_replaced = False

    def prepare(self, seconds_left: Callable[[], float]) -> bool:
        """Make the machines that runs go on in: of the version they go to, and of theirs where they drain.

        Runs of other versions are left alone, and so are their machines.
        """
        said = {fate.do for fate in (*self._fates.steps.values(), self._fates.otherwise)}
        wanted = [(MOVE, self._version), (DRAIN, self._fates.before)]
        return all(
            self._anywhere.make(self._journey, version, seconds_left)
            for do, version in wanted if do in said
        )  # fmt: skip

    def journeys(self) -> tuple[str, ...]:
        """Return the journey."""
        return (self._journey,)

    def count(self, strand: Strand, journey: str, customer: str, key: str) -> Strand:
        """Count nothing: there is nothing to be put in an order."""
        return strand

    def counted(self, counts: tuple[tuple[int, ...], ...]) -> None:
        """Hear nothing."""

    def move(self, journey: str, customer: str, key: str, seconds_left: Callable[[], float]) -> str:
        """Do with a run as the map says; make the machine that it goes on in, if that is missing.

        To a version that was taken back, or replaced, since somebody asked for this, nobody else is moved.
        """
        is_live = self._is_live()
        how = replace(self._migration(), take=room_for(self._engine, self._operation, seconds_left))
        if not is_live:
            # Who was moved already, and is in no execution yet, goes on; nobody follows them.
            how = replace(how, fates=MigrationMap(self._fates.before))
        try:
            became = migrate_run(self._engine, customer, (journey, key), how)
        except NoSuchMachine as none:
            if not self._anywhere.make(journey, none.version, seconds_left):
                raise TransientError(str(none)) from none
            became = migrate_run(self._engine, customer, (journey, key), how)
        return became if is_live or became != "stays" else NOT_LIVE

    def _is_live(self) -> bool:
        """Say whether customers enter the version still: it may have been taken back since somebody asked for this."""
        known = self._engine.catalogue.current(self._journey)
        if known is not None and known.version == self._version:
            return True
        if not self._was_replaced:
            # What the catalogue says may be a few seconds old. Once a turn: all journeys are read for it.
            live = self._backing.live.journey(self._journey)
            self._was_replaced = live is None or live.version != self._version
        return not self._was_replaced

    def _migration(self) -> Migration:
        if self._how is None:
            self._how = migration_of(
                self._backing.live, self._engine.catalogue, self._journey, self._fates, self._version
            )
        return self._how

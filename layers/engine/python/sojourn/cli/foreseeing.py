"""Looks at runs that are in one version of a journey, and at what a migration would do with each. It moves nobody.

What becomes of a run is decided by the very function that moves it. Runs are listed by an index that does not know
their version: so those of other versions are read too, and how many are read is bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.runs import AT_ONCE, ActiveRuns
from sojourn.application.migrating import Foreseen, foresee, left_alone
from sojourn.domain.change.migration import Fated
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.application.migrating import Migration
    from sojourn.application.ports import Engine
    from sojourn.cli.migrations import Going
    from sojourn.domain.customer.rows import Run

MOST_LOOKED = 10_000
"""At so many runs is looked for those that are in the version: half a minute at most."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A run, and what is to become of it."""

    run: Run
    foreseen: Foreseen

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        run, seen = self.run, self.foreseen
        return {
            "customer": run.customer, "journey": run.journey, "key": run.key, "run": run.id, "version": run.version,
            "at": seen.at, "fate": seen.fate.to_json(), "becomes": seen.became,
            "until": iso(seen.until) if seen.until is not None else None,
        }  # fmt: skip


def as_looked(going: Going, coming: Sequence[Coming]) -> Going:
    """Return who goes where by the runs themselves, where all were looked at: the counters know not who leaves already.

    Args:
        coming: every run that the migration is about.
    """
    at = Counter(one.foreseen.at for one in coming if one.foreseen.at)
    order = {one.step: place for place, one in enumerate(going.inside.fates)}
    steps = sorted(at, key=lambda step: (order.get(step, len(order)), step))
    said = tuple(Fated(step, at[step], going.fates.fate({"": step})) for step in steps)
    return replace(going, inside=replace(going.inside, runs=len(coming), fates=said))


@dataclass(slots=True)
class Looking:
    """One look at a journey's runs; what it says of them is whole once `coming` came to its end.

    Args:
        engine: see `sojourn.aws_runtime.wiring.looking`.
        most: so many runs are told.
        most_looked: at so many it looks for them.
    """

    engine: Engine
    runs: ActiveRuns
    how: Migration
    most: int
    most_looked: int = MOST_LOOKED
    told: int = 0
    looked: int = 0
    elsewhere: int = 0
    whole: bool = True

    def coming(self, journey: str) -> Iterator[Coming]:
        """Yield what becomes of each run that the migration is about.

        Raises:
            TransientError: the table does not answer, or a customer is just being erased.
        """
        listed = self.runs.in_turn(journey)
        while some := list(islice(listed, AT_ONCE)):
            for run in self.runs.rows(journey, some):
                if left_alone(run, self.how.fates) == "elsewhere":
                    self.elsewhere += run.active
                    continue
                if self.told == self.most:
                    self.whole = False
                    return
                file = self.engine.customers.load(run.customer)
                now = file.runs.get((run.journey, run.key))
                seen = foresee(self.engine, file, (run.journey, run.key), self.how)
                if now is None or seen.became == "elsewhere":
                    continue  # it ended, or left, since it was listed
                self.told += 1
                yield Coming(now, seen)
            self.looked += len(some)
            if self.looked >= self.most_looked:
                self.whole = next(listed, None) is None
                return

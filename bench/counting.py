"""What counting costs: request units of the table for a ledger row, its marker and its share of the counters included.

Made-up customers live with the sample journeys, and what they did is counted as the stream would bring it, in order of
time: through the product's own adapter on moto, so many ledger rows at once. With few at once, a counter's write is
shared among few; a busy deployment brings more.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from bench.figure import Figure, known
from bench.workspaces import SAMPLES, files_of
from sojourn.adapters.dynamodb.changes import moves
from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.changes import Committed
from sojourn.application.counting import counted
from sojourn.domain.journey.project import read_project
from sojourn.local.deployment import deploy
from sojourn.local.population.plan import plan_of
from sojourn.local.population.reading import read_simulation
from sojourn.local.sharding import Simulator
from sojourn.local.world import World
from tests.support.aws_table import aws_table
from tests.support.engine_room import SetClock
from tests.support.metered import Metered

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.application.ports import Clock
    from sojourn.domain.customer.rows import Change, CustomerFile
    from sojourn.domain.ledger import Happening

CUSTOMERS, DAYS, SEED = 100, 30, 1
ROWS = 480
"""Ledger rows counted, out of the middle of the story."""
TOGETHER = (20, 80)
"""Ledger rows that come at once; 20 is what `sojourn cost` assumes."""
DOLLARS_PER_UNIT = 0.000000625
"""As in `local/cost`: a write request unit on demand in us-east-1."""


class _Writing(MemoryCustomers):
    """Customers in memory whose commits are noted as the table's ledger would have them."""

    def __init__(self, ledger: Callable[[Happening], None], told: list[Committed], clock: Clock) -> None:
        super().__init__(ledger)
        self._told, self._at, self._numbers = told, clock, count()

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        """Write *change*, and note it."""
        moved, happened = moves(file, change), list(change.happened)
        after = super().commit(file, change)
        if happened or moved:
            name = f"{file.profile.id}/{next(self._numbers)}"
            self._told.append(Committed(name, self._at.now(), file.profile.id, happened, moved))
        return after


class _Told(World):
    """A world whose ledger is kept."""

    def __init__(
        self, told: list[Committed], deployment: Any, start: Any, ledger: Any, *others: Any, **options: Any
    ) -> None:
        super().__init__(deployment, start, ledger, *others, **options)
        self.customers = _Writing(ledger, told, self.clock)
        self.engine = replace(self.engine, customers=self.customers)


def story() -> list[Committed]:
    """Return what made-up customers did, in order of time."""
    told: list[Committed] = []
    project = read_project(files_of(SAMPLES))
    guesses, _ = read_simulation(project)
    Simulator(deploy(project), plan_of(project, guesses, DAYS), SEED, partial(_Told, told)).shard(
        0, CUSTOMERS
    )
    return sorted(told, key=lambda one: one.at)


def measure() -> list[Figure]:
    """Count the story with so many ledger rows at once."""
    whole = story()
    middle = max(0, (len(whole) - ROWS) // 2)
    told = whole[middle : middle + ROWS]
    return [_measured(told, together) for together in TOGETHER]


def _measured(told: list[Committed], together: int) -> Figure:
    with aws_table() as (client, table):
        metered = Metered(client)
        counters = DynamoCounters(metered, table, SetClock())
        for start in range(0, len(told), together):
            counters.count([counted(one) for one in told[start : start + together]])
        writes = sum(call.writes for call in metered.calls)
        rows = sum(call.rows for call in metered.calls if call.writes)
    each = writes / len(told)
    return known(
        f"counting, {together} ledger rows at once",
        each,
        "write units a row",
        f"{len(told):,} ledger rows of {CUSTOMERS} customers, {rows:,} rows written;"
        f" ${each * DOLLARS_PER_UNIT * 1e6:.2f} per million",
    )

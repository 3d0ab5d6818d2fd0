"""What the meter counts for the table's indices is what a table would be written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.domain.customer.rows import Change, Event, Profile, Run
from sojourn.local.cost.meter import Meter, MeteredCustomers
from tests.support.engine_room import START, SetClock

RUN = Run("r", "ana", "j", "v1", "", START, START, "r", at={"": "w"})
MOVED = replace(RUN, at={"": "x"})
ENDED = replace(RUN, status="ended", ended=START, at={})
EVENT = Event("e1", "did_it", START, {}, START)


def written(*changes: Change) -> float:
    """Return the write units of the last of these changes, which follow one another."""
    meter = Meter()
    customers = MeteredCustomers(MemoryCustomers(lambda _: None), meter, SetClock())
    units = 0.0
    for change in changes:
        before = meter.now.written
        customers.commit(customers.load("ana"), change)
        units = meter.now.written - before
    return units


def runs(*states: Run) -> Change:
    return Change(runs={(run.journey, run.key): run for run in states})


KNOWN = Change(profile=Profile("ana"))


@pytest.mark.parametrize(
    ("before", "change", "rows", "index"),
    [
        ((KNOWN,), runs(RUN), 3, 1),
        ((KNOWN, runs(RUN)), runs(MOVED), 3, 0),
        ((KNOWN, runs(RUN)), runs(ENDED), 3, 1),
        ((KNOWN, runs(RUN), runs(ENDED)), runs(RUN), 3, 1),
        ((KNOWN, runs(ENDED)), runs(ENDED), 2, 0),
        ((KNOWN,), runs(RUN, replace(RUN, key="k"), replace(ENDED, key="l")), 5, 2),
        ((KNOWN,), Change(event=EVENT), 2, 1),
        ((), runs(RUN), 3, 2),
    ],
    ids=["begins", "moves", "ends", "begins anew", "stays ended", "several", "an event", "who is new"],
)
def test_the_index_is_written_where_a_run_begins_or_ends(
    before: tuple[Change, ...], change: Change, rows: int, index: int
) -> None:
    """Besides the rows themselves, two units each in a transaction: profile, runs or event, and the ledger's."""
    assert written(*before, change) == 2 * rows + index

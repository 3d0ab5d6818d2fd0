from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, note, settings

from sojourn.adapters.dynamodb import rows
from sojourn.adapters.dynamodb.changes import moves
from sojourn.adapters.dynamodb.stream import committed
from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.counting import added, by_day, counted
from sojourn.domain.customer.rows import Change, CustomerFile
from sojourn.domain.ledger import Happening
from sojourn.local.deployment import Deployment, deploy
from sojourn.local.scenario import play
from sojourn.local.world import World
from tests.support.journey_strategies import PEOPLE, Written, histories, journeys, scenario_of, workspace_of
from tests.support.recounted import Came, recomputed, without_days, without_moves

EXAMPLES = 40
ENDS = ("completed", "exit:", "restarted", "redirected", "failed", "erased")


class WritingCustomers(MemoryCustomers):
    """Customers in memory whose commits are written down as the table's ledger would have them."""

    def __init__(self, ledger: Callable[[Happening], None], items: list[Any]) -> None:
        super().__init__(ledger)
        self.items = items

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        moved, happened = moves(file, change), list(change.happened)
        after = super().commit(file, change)
        if happened or moved:
            # The instant is no part of what is counted; the revision keeps a customer's rows apart.
            at = datetime.fromisoformat("2026-03-02T12:00:00Z")
            self.items.append(rows.ledger_item(file.profile.id, at, after.revision, happened, moved, 0))
        return after


@given(drawn=journeys(), history=histories())
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_ledger_of_any_story_adds_up_to_what_happened(
    drawn: tuple[Written, str], history: Written
) -> None:
    """Whatever is written and whatever happens: counters are what counting anew finds, `now` is where runs are."""
    deployment = deploy(workspace_of(drawn[0]))
    items: list[Any] = []
    worlds: list[World] = []

    def made(deployment: Deployment, start: datetime, ledger: Callable[[Happening], None]) -> World:
        world = World(deployment, start, ledger)
        world.customers = WritingCustomers(ledger, items)
        world.engine = replace(world.engine, customers=world.customers)
        worlds.append(world)
        return world

    note(json.dumps(drawn[0], indent=1))
    note(json.dumps(history))
    happened = play(scenario_of(history, "+4 days"), deployment, made).trace

    with_days = added(counted(committed(item)).deltas for item in items)
    total = without_days(with_days)

    runs = [run for one in PEOPLE for run in worlds[0].customers.load(str(one["id"])).runs.values()]
    assert without_moves(total) == recomputed(Came(happened, runs))
    for place, counters in total.items():
        assert counters.get("now", 0) >= 0
        assert counters.get("passed", 0) >= counters.get("ended", 0)
        if not place.step:
            ended = sum(number for name, number in counters.items() if name.startswith(ENDS))
            ended += counters.get("goal", 0) - counters.get("goal_late", 0)
            going = counters.get("entered", 0) + counters.get("redriven", 0) - ended
            assert counters.get("active", 0) == going
    of_days = {place: by for place, by in with_days.items() if place.day}
    assert of_days == by_day(total, datetime.fromisoformat("2026-03-02T12:00:00Z"))
    # Whoever is sent a message, or is not, has passed that step.
    for place, counters in total.items():
        if place.step:
            assert counters.get("passed", 0) >= counters.get("sent", 0)

"""Customers who are in a version of `welcome` in a deployment that commands publish to, and whoever moves them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.runs import ActiveRuns
from sojourn.adapters.memory.outside import Unpaced
from sojourn.application.counting import Counted, Place
from sojourn.application.ports import Engine
from sojourn.application.starting import PAUSED
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.publishing.anywhere import AnywhereMachines
from sojourn.aws_runtime.publishing.migrating import Migrating
from sojourn.aws_runtime.publishing.moving import Moving
from sojourn.domain.customer.rows import Change, Profile, Run, Waiter
from sojourn.domain.time.instants import iso
from tests.cli.publishers import Published
from tests.support.aws_table import items
from tests.support.engine_room import RecordedExecutions

CLOCK = SystemClock()
WAITS = timedelta(days=3)


def earlier(published: Published) -> str:
    """Return the version of `welcome` that was published first."""
    found = published.room.backing.live.publications("welcome")
    return min((one for one in found if one.kind == "publish"), key=lambda one: one.at).version


def people(
    published: Published, version: str, *customers: str, step: str = "clicked", paused: bool = False,
    counted: int | None = None,
) -> None:  # fmt: skip
    """Let customers be at a step of a version since an hour ago; at `clicked` they wait for a click.

    Args:
        paused: a pause stopped them there.
        counted: so many are counted; as many as there are, unless something else is said.
    """
    store, now = _customers(published), CLOCK.now()
    for name in customers:
        since = now - timedelta(hours=1)
        last: dict[str, Any] = {PAUSED: ("sends", iso(since), {"steps": {}})} if paused else {}
        run = Run(
            f"run-{name}", name, "welcome", version, "", since, since, f"run-{name}", at={"": step}, last=last
        )
        waiter = _waiter(run, since) if step == "clicked" else None
        waiters: dict[tuple[str, str], Waiter | None] = {(run.id, step): waiter} if waiter else {}
        change = Change(profile=Profile(name), runs={("welcome", ""): run}, waiters=waiters)
        store.commit(store.load(name), change)
    many = len(customers) if counted is None else counted
    deltas = {
        Place("welcome", version): {"active": many},
        Place("welcome", version, step): {"now": many},
    }
    counters = DynamoCounters(published.deployed.dynamodb, published.deployed.table, CLOCK)
    counters.count([Counted(f"{version} {step} {' '.join(customers)}", deltas)])


def run_of(published: Published, customer: str) -> Run:
    """Return a customer's run as it is now."""
    return _customers(published).load(customer).runs["welcome", ""]


def mover(published: Published) -> RecordedExecutions:
    """Let operations that move customers be carried out; return the executions that are begun for it."""
    room, executions = published.room, RecordedExecutions()
    absent: Any = None
    catalogue = DynamoCatalogue(room.client, room.table)
    engine = Engine(
        CLOCK, _customers(published), executions, catalogue, absent, absent, absent, absent, Unpaced()
    )  # fmt: skip
    anywhere = AnywhereMachines(room.backing, room.machines, catalogue.at_machine, room.pauses.append)
    moving = Moving(
        room.backing,
        ActiveRuns(room.client, room.table),
        lambda operation: Migrating(room.backing, engine, anywhere, operation),
    )
    room.works = {**room.works, "migrate": lambda: moving}
    return executions


def recounted(published: Published) -> None:
    """Let the counters say where customers are by now, as the table's stream does within seconds."""
    client, table = published.deployed.dynamodb, published.deployed.table
    wanted: Counter[tuple[Place, str]] = Counter()
    for one in items(client, table):
        if one["sk"]["S"].startswith(keys.RUNS) and one["pk"]["S"].startswith(keys.customer("")):
            run = rows.row(Run, one)
            if run.active:
                wanted[Place(run.journey, run.version), "active"] += 1
                wanted[Place(run.journey, run.version, run.at.get("", "")), "now"] += 1
    for place, told in published.room.backing.live.counts("welcome").items():
        for name in {"active", "now"} & set(told):
            wanted[place, name] -= told[name]
    deltas: dict[Place, dict[str, int]] = {}
    for (place, name), by in wanted.items():
        deltas.setdefault(place, {})[name] = by
    DynamoCounters(client, table, CLOCK).count([Counted(f"recount {CLOCK.now()}", deltas)])


def underway(published: Published, journey: Path) -> None:
    """Let somebody be in the first version, and a migration.yaml lead from it, so that there is somebody to move."""
    people(published, earlier(published), "c-1")
    mover(published)
    migration(journey, earlier(published), "otherwise: drain")


def migration(journey: Path, before: str, rest: str) -> None:
    """Write a migration.yaml beside a journey's file."""
    (journey.parent / "migration.yaml").write_text(f'from: "{before}"\n{rest}\n', encoding="utf-8")


def _customers(published: Published) -> DynamoCustomers:
    return DynamoCustomers(published.deployed.dynamodb, published.deployed.table, CLOCK)


def _waiter(run: Run, since: datetime) -> Waiter:
    state = {"run": run.id, "customer": run.customer, "steps": {}}
    return Waiter(
        run.id, "welcome", "clicked", "a-token", since, since + WAITS, "wait_for", (),
        {"paths": {"otherwise": "reminder"}, "nodes": {}}, (), (), state,
    )  # fmt: skip

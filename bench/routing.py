"""What an event costs: one that nothing is about, by journeys registered and runs that go on; one that begins them all.

The router, the catalogue and the customers' adapter are the real ones. The table is registered on moto, and then
stands in for itself: its rows are handed out from memory, so that the time is Sojourn's and not an emulator's.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.figure import Figure, at_most, known
from sojourn.adapters.dynamodb import engine_keys, keys, rows
from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.registry import Registry
from sojourn.application.route import Incoming, route
from sojourn.domain.customer.rows import Event, Profile, Run, Waiter
from tests.adapters.registry.registering import InBulk, journeys, machines
from tests.support.aws_table import TABLE, aws_table, items
from tests.support.engine_room import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Rows = list[dict[str, Any]]
EVENTS = 400
ENTERING = 5
"""Events of a round that enter a customer into all journeys."""
ROUNDS = 9
MANY = 1_000
JOURNEYS = (1, 100, MANY)
RUNS = (1, 10, 100)
LIMIT = 1.05
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class FromMemory:
    """A table whose rows do not change: reads are answered, writes are taken for written."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows: dict[str, dict[str, dict[str, Any]]] = {}
        for row in rows:
            self._rows.setdefault(row["pk"]["S"], {})[row["sk"]["S"]] = row
        self.calls = 0

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        found = self._rows.get(request["Key"]["pk"]["S"], {}).get(request["Key"]["sk"]["S"])
        return {"Item": found} if found is not None else {}

    def query(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        values = request["ExpressionAttributeValues"]
        place = next(value["S"] for name, value in values.items() if name == ":pk")
        return {"Items": list(self._rows.get(place, {}).values())}

    def transact_write_items(self, **_: Any) -> dict[str, Any]:
        self.calls += 1
        return {}


class _Clock:
    def now(self) -> datetime:
        return NOW

    def pause(self, seconds: float) -> None:
        raise AssertionError(seconds)


def measure() -> list[Figure]:
    """Route the same events with one and with a thousand journeys, in turns."""
    tables = {number: _registered(number) for number in JOURNEYS}
    few, many = _routed(tables[1]), _routed(tables[MANY])
    few(), many()  # the caches of both are warm
    rounds = [(few(), many()) for _ in range(ROUNDS)]
    one, thousand = (median(seconds for seconds, _ in column) for column in zip(*rounds, strict=True))
    calls = {calls / EVENTS for pair in rounds for _, calls in pair}
    ratio = median(many_seconds / few_seconds for (few_seconds, _), (many_seconds, _) in rounds)
    how = f"median of {ROUNDS} rounds of {EVENTS} events in turns, processor time, tables in memory"
    return [
        known("route, an event that nothing is about: processor time", one / EVENTS * 1e6, "µs", how),
        at_most(
            f"the same with {MANY:,} journeys, beside one",
            ratio,
            "×",
            LIMIT,
            f"{thousand / EVENTS * 1e6:.0f} µs",
        ),
        at_most(
            "its calls of the table",
            max(calls),
            "calls",
            2,
            "a query and a transaction; the catalogue is cached",
        ),
        *(figure for runs in RUNS for figure in _beside_runs(tables, runs)),
        *_entering(),
    ]


def _entering() -> Iterator[Figure]:
    """Route events that each enter their customer into all journeys."""
    routed = _routed(_registered(MANY, "began"), event="began", events=ENTERING)
    routed()  # the catalogue's cache is warm
    rounds = [routed() for _ in range(3)]
    seconds, (calls,) = median(one for one, _ in rounds), {calls for _, calls in rounds}
    yield known(
        f"route, an event that {MANY:,} journeys begin with: processor time", seconds / ENTERING * 1e3, "ms",
        f"median of 3 rounds of {ENTERING} events, each entering all; {calls / ENTERING:g} calls an event",
    )  # fmt: skip


def _beside_runs(tables: Mapping[int, Rows], runs: int) -> Iterator[Figure]:
    """Route events of a customer who is in so many runs, each in a wait for something else."""
    rounds = {number: _routed(rows, runs) for number, rows in tables.items()}
    for routed in rounds.values():
        routed()
    measured = {number: [routed() for _ in range(3)] for number, routed in rounds.items()}
    for number, found in measured.items():
        seconds, (calls,) = median(one for one, _ in found), {calls for _, calls in found}
        yield known(
            f"route, {number:,} journeys, {runs} active runs of the customer: processor time",
            seconds / EVENTS * 1e6, "µs", f"median of 3 rounds of {EVENTS} events; {calls / EVENTS:g} calls an event",
        )  # fmt: skip


def _registered(number: int, begun_by: str = "") -> Rows:
    """Return the rows of a table in which so many journeys are registered, each begun by an event of its own or one."""
    bundle = journeys(**{f"j{index}": begun_by or f"event_{index}" for index in range(number)})
    with aws_table() as (client, table):
        Registry(InBulk(client), table).register(bundle, machines(bundle))
        return items(client, table)


def _going_on(rows_: Rows, customer: str, runs: int) -> Rows:
    """Return the rows of a customer who is in so many runs."""
    pk, journey = keys.customer(customer), "j0"
    (version,) = {
        row["sk"]["S"].removeprefix("v#")
        for row in rows_
        if row["pk"]["S"] == engine_keys.journey(journey) and row["sk"]["S"].startswith("v#")
    }
    made = [rows.item(pk, keys.PROFILE, rows.to_text(Profile(customer, email=f"{customer}@example.com")))]
    for number in range(runs):
        run = Run(
            f"{customer}-{number}", customer, journey, version, str(number), NOW, NOW, f"{customer}-{number}",
            at={"": "w"},
        )  # fmt: skip
        release = {"kind": "event", "of": "answered", "path": "answered"}
        waiter = Waiter(
            run.id,
            journey,
            "w",
            "token",
            NOW,
            None,
            "wait_for",
            (release,),
            {},
            (),
            (),
            {"run": run.id, "steps": {}},
        )
        made.append(rows.item(pk, keys.run(journey, run.key), rows.to_text(run)))
        made.append(rows.item(pk, keys.wait(run.id, "w"), rows.to_text(waiter)))
    return [{**row, "revision": {"N": "1"}} for row in made]


def _routed(
    registered: Rows, runs: int = 0, event: str = "page_viewed", events: int = EVENTS
) -> Callable[[], tuple[float, int]]:
    """Return what routes a round of events, and says how long that took and how often it asked the table.

    Args:
        runs: how many runs each event's customer is in.
    """
    customers = [f"customer-{index}" for index in range(20 if runs else events)]
    known_ = [row for customer in customers if runs for row in _going_on(registered, customer, runs)]
    memory, table = FromMemory([*registered, *known_]), TABLE
    engine = Room("enter: {on: began}\nsteps: [{wait: 1 day}]").engine
    engine = type(engine)(
        clock=_Clock(), customers=DynamoCustomers(memory, table, _Clock()), executions=engine.executions,
        catalogue=DynamoCatalogue(memory, table, lambda: 1_000.0), contents=engine.contents, bus=engine.bus,
        webhooks=engine.webhooks, links=engine.links, pace=engine.pace, senders=engine.senders,
    )  # fmt: skip

    def round_of_events() -> tuple[float, int]:
        calls, began = memory.calls, time.process_time()
        for index in range(events):
            happened = Event(f"e{index}", event, NOW - timedelta(seconds=1), {"page": "/"})
            route(engine, Incoming(customers[index % len(customers)], happened))
        return time.process_time() - began, memory.calls - calls

    return round_of_events

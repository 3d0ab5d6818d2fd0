"""What entering an audience costs: cutting a file into batches, and a batch of 100 rows, in time and calls.

The use cases, the customers' adapter and the catalogue are the real ones, over a table that answers from memory, so
that the time is Sojourn's: each row is somebody new, who enters. Starting the execution is counted, not done.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from bench.entering import Kept
from bench.figure import Figure, known
from bench.routing import NOW
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.application.audience import Audience, Row, enter_rows
from sojourn.aws_runtime.audience.cutting import Batching
from sojourn.domain.audience.lines import CSV, Cutting
from tests.support.engine_room import Room

ROWS = 10_000
BATCH = 100
ROUNDS = 5
JOURNEY = "enter: {audience: spring.csv, where: event.n > 0}\nsteps: [{wait: 10 days}]"


class _Clock:
    def now(self) -> Any:
        return NOW

    def pause(self, seconds: float) -> None:
        raise AssertionError(seconds)


def measure() -> list[Figure]:
    """Cut a file, and enter a batch of rows."""
    content = b"user_id,email,n:number\n" + b"".join(b"c-%d,c%d@x.example,1\n" % (n, n) for n in range(ROWS))
    lines = content.splitlines(keepends=True)
    rounds = [_cut(lines) for _ in range(ROUNDS)]
    batches = [_entered(number) for number in range(ROUNDS)]
    seconds, calls = median(one for one, _ in batches), {calls for _, calls in batches}
    how = f"median of {ROUNDS}, processor time"
    return [
        known("audience, a CSV file cut into batches", ROWS / median(rounds), "rows/s", f"{how}; {ROWS:,} rows"),
        known(
            f"audience, a batch of {BATCH} rows, all entering: processor time", seconds * 1e3, "ms",
            f"{how}; {BATCH} starts of executions besides",
        ),
        known(
            "audience, calls of the table for a row that enters", max(calls) / BATCH, "calls",
            "a query, a transaction, and the look at what was stored; a batch is 2 more",
        ),
    ]  # fmt: skip


def _cut(lines: list[bytes]) -> float:
    began = time.process_time()
    batches = Batching(BATCH)
    for record in Cutting(CSV, iter(lines), {}):
        batches.add(record.line, record.said)
    assert len(batches.lines()) == ROWS // BATCH
    return time.process_time() - began


def _entered(number: int) -> tuple[float, int]:
    room, table = Room(JOURNEY), Kept()
    engine = room.engine
    engine = type(engine)(
        clock=_Clock(), customers=DynamoCustomers(table, "bench", _Clock()), executions=engine.executions,
        catalogue=engine.catalogue, contents=engine.contents, bus=engine.bus, webhooks=engine.webhooks,
        links=engine.links, pace=engine.pace, senders=engine.senders,
    )  # fmt: skip
    rows = [Row(line, f"c-{number}-{line}", entry={"n": 1}) for line in range(BATCH)]
    began = time.process_time()
    tally = enter_rows(
        engine, Audience("j", "spring", "op"), rows, lambda: None, lambda line, error: str(error)
    )
    seconds = time.process_time() - began
    assert tally.counts == {"entered": BATCH}, tally
    return seconds, table.calls

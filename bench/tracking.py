"""What a call of the tracking API costs in processor time, alone and in a batch of a hundred, and which calls it makes.

The function is the real one, from the event that API Gateway hands it to its answer; the table, the bus and the queue
answer from memory, so that the time is Sojourn's and not an emulator's.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from statistics import median
from typing import Any

from bench.figure import Figure, at_most, known
from sojourn.application.sources import Source, key_digest
from sojourn.aws_runtime.api.write_keys import WriteKeys
from sojourn.aws_runtime.incoming.intake import EventIntake
from sojourn.aws_runtime.tracking.api import QUEUED, SOURCE, Track
from tests.support.engine_room import SetClock
from tests.support.tracking import KEY, NOON, SOURCES, called

CALLS = 300
BATCHES = 15
ROUNDS = 7
IN_BATCH = 100
PROPERTIES = {"cart_id": "c-1", "total": 20.5, "items": ["a", "b"], "coupon": None}
CONTEXT = {
    "library": {"name": "analytics-node", "version": "2.3.0"}, "locale": "de-AT", "timezone": "Europe/Vienna",
    "page": {"path": "/cart", "url": "https://shop.example/cart", "title": "Cart"}, "ip": "192.0.2.7",
}  # fmt: skip


class _Services:
    """A table, a bus and a queue that take whatever they are given, and count it."""

    def __init__(self) -> None:
        self.reads = 0
        self.puts = 0

    def find(self, digest: str) -> Source | None:
        self.reads += 1
        return SOURCES[KEY] if digest == key_digest(KEY) else None

    def put_events(self, **_: Any) -> dict[str, Any]:
        self.puts += 1
        return {"FailedEntryCount": 0}


def _message(index: int) -> dict[str, Any]:
    return {
        "type": "track", "messageId": f"node-next-{index}", "userId": f"customer-{index}", "event": "Cart Updated",
        "properties": PROPERTIES, "context": CONTEXT, "timestamp": "2026-03-06T11:59:58.123Z",
    }  # fmt: skip


def measure() -> list[Figure]:
    """Send calls, then batches, over and over."""
    services = _Services()
    intake = EventIntake(services, "bus", services, "https://queue", source=SOURCE, queued=QUEUED)
    track = Track(WriteKeys(services.find), intake, SetClock(NOON))
    single = [_event("/v1/track", _message(index)) for index in range(CALLS)]
    batches = [
        _event(
            "/v1/batch",
            {"batch": [_message(index) for index in range(IN_BATCH)], "sentAt": "2026-03-06T12:00:00Z"},
        )
        for _ in range(BATCHES)
    ]
    one, puts = _timed(track, services, single)
    many, batch_puts = _timed(track, services, batches)
    how = f"median of {ROUNDS} rounds, processor time, with a write key that is known"
    return [
        known("track, one call: processor time", one * 1e6, "µs", how),
        known(f"track, a batch of {IN_BATCH}: processor time", many * 1e3, "ms", how),
        at_most("a message of a batch, beside a call", many / IN_BATCH / one, "×", 1.0, how),
        at_most("calls of the bus for one call", puts, "calls", 1, "PutEvents"),
        at_most(
            f"calls of the bus for a batch of {IN_BATCH}", batch_puts, "calls", 10, "PutEvents, ten at once"
        ),
        at_most("reads of the table", services.reads, "reads", 1, "for all of it: the key is known for 30 s"),
    ]


def _event(path: str, said: Any) -> dict[str, Any]:
    return called("POST", path, json.dumps(said).encode(), KEY)


def _timed(track: Track, services: _Services, events: list[dict[str, Any]]) -> tuple[float, float]:
    """Return the seconds and the calls of the bus that one of these events takes."""
    taken = []
    before = services.puts
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        for _ in range(ROUNDS):
            began = time.process_time()
            for event in events:
                assert track(event)["statusCode"] == 200
            taken.append((time.process_time() - began) / len(events))
    return median(taken), (services.puts - before) / ROUNDS / len(events)

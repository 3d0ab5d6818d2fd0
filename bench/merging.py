"""What it costs to find out whose an event is, and that two customers are one: calls of the table, processor time.

The use cases and the customers' adapter are the real ones. The table is a dictionary here, which takes every condition
for true, so that the time is Sojourn's and not an emulator's.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.figure import Figure, at_most, known
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from tests.support.engine_room import SetClock
from tests.support.merging import CART, Persons

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = 1_000
ROUNDS = 3
ROW_LIMIT = 1_000_000
"""Bytes of a page of a query, about."""
WHOSE = {
    "known alone": 2,
    "known, and an anonymous id known to be theirs": 2,
    "an anonymous id alone, of somebody unknown": 2,
    "an anonymous id alone, of somebody who became known": 3,
    "an email alone": 3,
}
"""What an event says of whom it is -> calls of the table it may take."""


class Table:
    """A table in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.calls: list[str] = []

    def query(self, **asked: Any) -> dict[str, Any]:
        self.calls.append("query")
        values = {name: value["S"] for name, value in asked["ExpressionAttributeValues"].items()}
        rows = self.rows.get(values[":pk"], {})
        after = asked.get("ExclusiveStartKey", {"sk": {"S": ""}})["sk"]["S"]
        page, size = list[dict[str, Any]](), 0
        for sort_key in sorted(rows):
            row = rows[sort_key]
            name = row.get("by_name", {"S": ""})["S"]
            if sort_key <= after or (":hot" in values and not sort_key.startswith(values[":hot"])):
                continue
            if ":begins" in values and not values[":begins"] <= name <= values[":ends"]:
                continue
            page.append(row)
            size += len(row.get("data", {"S": ""})["S"]) + 200
            if size > ROW_LIMIT:
                return {"Items": page, "LastEvaluatedKey": {"pk": row["pk"], "sk": row["sk"]}}
        return {"Items": page}

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803 - boto3's word
        self.calls.append("transact_write_items")
        for action in TransactItems:
            for kind, said in action.items():
                self._do(kind, said)

    def update_item(self, **said: Any) -> None:
        self.calls.append("update_item")
        self._do("Update", said)

    def _do(self, kind: str, said: dict[str, Any]) -> None:
        key = said.get("Key") or said["Item"]
        rows = self.rows.setdefault(key["pk"]["S"], {})
        place = key["sk"]["S"]
        if kind == "Put":
            rows[place] = said["Item"]
        elif kind == "Delete":
            rows.pop(place, None)
        elif kind == "Update":
            told = {
                name[1:]: value
                for name, value in said["ExpressionAttributeValues"].items()
                if name != ":read"
            }
            rows[place] = rows.get(place, dict(key)) | told


def measure() -> list[Figure]:
    """Ask whose events are, and let two become one who did a thousand things each."""
    figures = [
        at_most(f"table calls, an event that says whose it is by: {said}", calls, "calls", WHOSE[said], how)
        for said, (calls, how) in _whose().items()
    ]
    rounds = [_merged() for _ in range(ROUNDS)]
    calls, seconds = rounds[0][0], median(seconds for _, seconds in rounds)
    names = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in Counter(calls).items())
    what = f"two customers with {EVENTS:,} events each become one"
    return [
        *figures,
        known(f"table calls, {what}", len(calls), "calls", names),
        known(f"{what}: processor time", seconds * 1e3, "ms", f"median of {ROUNDS}, table in memory"),
    ]


def _people() -> tuple[Table, Persons]:
    table, clock = Table(), SetClock()
    persons = Persons(DynamoCustomers(table, "table", clock), CART)
    persons.room.clock = clock
    persons.room.engine = replace(persons.room.engine, clock=clock)
    persons.through(persons.customers)
    return table, persons


def _whose() -> dict[str, tuple[int, str]]:
    table, persons = _people()
    persons.did("began", "e1", anonymous="a1")
    persons.did("changed", "e2", "c-1", anonymous="a1", becomes={"email": "ana@example.com"})
    acts: dict[str, Callable[[], object]] = {
        "known alone": lambda: persons.did("did_it", "e3", "c-1"),
        "known, and an anonymous id known to be theirs": lambda: persons.did(
            "did_it", "e4", "c-1", anonymous="a1"
        ),
        "an anonymous id alone, of somebody unknown": lambda: persons.did("did_it", "e5", anonymous="a2"),
        "an anonymous id alone, of somebody who became known": lambda: persons.did(
            "did_it", "e6", anonymous="a1"
        ),
        "an email alone": lambda: persons.did("did_it", "e7", email="ana@example.com"),
    }
    found = {}
    for said, act in acts.items():
        table.calls.clear()
        act()
        found[said] = (len(table.calls), ", ".join(name.replace("_", " ") for name in table.calls))
    return found


def _merged() -> tuple[list[str], float]:
    """Return the calls and the seconds of the event that tells it."""
    table, persons = _people()
    for number in range(EVENTS):
        persons.room.clock.at += timedelta(seconds=1)
        persons.did("did_it", f"a{number}", anonymous="a1", properties={"ref": "r-1042", "n": number})
        persons.did("did_it", f"c{number}", "c-1", properties={"ref": "r-1042", "n": number})
    table.calls.clear()
    began = time.process_time()
    persons.did("changed", "told", "c-1", anonymous="a1")
    seconds = time.process_time() - began
    assert len(persons.events("c-1")) == 2 * EVENTS + 1
    return list(table.calls), seconds

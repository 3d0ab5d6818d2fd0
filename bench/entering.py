"""What a call that enters a customer costs in processor time: a new one, and the same call once more.

The function is the real one, from the event that API Gateway hands it to its answer, and so are the use case and the
table's adapter; the table keeps its rows in memory, so that the time is Sojourn's and not an emulator's. How often it
is asked is counted here too; what that is billed is `table_calls`.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

from botocore.exceptions import ClientError

from bench.figure import Figure, at_most, known
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.application.calling import enter_called
from sojourn.application.sources import key_digest
from sojourn.aws_runtime.api.entries import Entries
from sojourn.aws_runtime.api.programs import ProgramApi
from sojourn.aws_runtime.api.write_keys import WriteKeys
from tests.support.engine_room import Room
from tests.support.link_requests import asked
from tests.support.programs import NOON, SOURCES
from tests.support.tracking import KEY, basic

CALLS = 300
ROUNDS = 7
JOURNEY = """
enter: {on: api, key: event.booking, where: event.nights > 0, again: always}
steps: [{wait: 1 day}]
"""


class Kept:
    """A table that keeps what is written, and refuses to write a row anew that must not be there."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.calls = 0

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        found = self._rows.get(request["Key"]["pk"]["S"], {}).get(request["Key"]["sk"]["S"])
        return {"Item": found} if found is not None else {}

    def query(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        values = request["ExpressionAttributeValues"]
        rows, begins = self._rows.get(values[":pk"]["S"], {}), values.get(":hot", {"S": ""})["S"]
        return {"Items": [row for key, row in rows.items() if key.startswith(begins)]}

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        puts = [action.get("Put") for action in request["TransactItems"]]
        there = [
            put is not None
            and "attribute_not_exists" in put.get("ConditionExpression", "")
            and put["Item"]["sk"]["S"] in self._rows.get(put["Item"]["pk"]["S"], {})
            for put in puts
        ]
        if any(there):
            reasons = [{"Code": "ConditionalCheckFailed" if one else "None"} for one in there]
            refused = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(refused, "TransactWriteItems")
        for action in request["TransactItems"]:
            ((_, said),) = action.items()
            given = said.get("ExpressionAttributeValues", {})
            item = said.get("Item") or {**said["Key"], **{name[1:]: value for name, value in given.items()}}
            rows = self._rows.setdefault(item["pk"]["S"], {})
            rows[item["sk"]["S"]] = {**rows.get(item["sk"]["S"], {}), **item}
        return {}


class _Entered:
    """The function over a table in memory."""

    def __init__(self) -> None:
        room = Room(JOURNEY)
        room.clock.at = NOON
        self.rows = Kept()
        self.started = room.executions.started
        customers = DynamoCustomers(self.rows, "table", room.clock)
        entries = Entries(partial(enter_called, replace(room.engine, customers=customers)), room.clock)
        sources = {key_digest(KEY): SOURCES["crm-key"]}
        self._api = ProgramApi(WriteKeys(sources.get), _no_tasks, lambda: entries)

    def round(self, number: int, *, addressed: bool = False) -> list[tuple[float, float]]:
        """Call for so many new customers, then for the same again; return seconds and calls of the table for one.

        Args:
            addressed: whether each call tells an email address, which is new.
        """
        events = [_event(number, index, addressed=addressed) for index in range(CALLS)]
        found = []
        for repeated in (False, True):
            before, began = self.rows.calls, time.process_time()
            answers = [self._api(event) for event in events]
            found.append(((time.process_time() - began) / CALLS, (self.rows.calls - before) / CALLS))
            assert {json.loads(one["body"]).get("repeated") for one in answers} == {repeated}, answers[0]
        return found


def measure() -> list[Figure]:
    """Enter customers, each of them twice by the same call, over and over; then some with an address."""
    entered = _Entered()
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        entered.round(0)  # the caches are warm
        rounds = [entered.round(number) for number in range(1, ROUNDS + 1)]
        begun = len(entered.started) / CALLS / (ROUNDS + 1)
        addressed = [entered.round(number, addressed=True) for number in range(ROUNDS + 1, 2 * ROUNDS + 1)]
    new, again = (tuple(map(median, zip(*column, strict=True))) for column in zip(*rounds, strict=True))
    told = tuple(map(median, zip(*(one for one, _ in addressed), strict=True)))
    how = f"median of {ROUNDS} rounds of {CALLS} calls, processor time, with a write key that is known"
    return [
        known("an entry by a call: processor time", new[0] * 1e6, "µs", how),
        known("the same with an email address that is new: processor time", told[0] * 1e6, "µs", how),
        known("the same call once more: processor time", again[0] * 1e6, "µs", how),
        at_most(
            "calls of the table for an entry", new[1], "calls", 3, "a query, a transaction, its row read back"
        ),
        at_most("the same with an email address that is new", told[1], "calls", 6, "who has it is asked"),
        at_most(
            "calls of the table for the same once more", again[1], "calls", 4, "that it is known is one more"
        ),
        at_most("executions begun for both", begun, "calls", 1, "StartExecution"),
    ]


def _no_tasks() -> Any:
    raise AssertionError("nobody ends a task")


def _event(number: int, index: int, *, addressed: bool) -> dict[str, Any]:
    email = {"email": f"ana-{number}-{index}@example.com"} if addressed else {}
    said = {
        "id": f"booking-{number}-{index}", "customer": f"customer-{number}-{index}",
        "identities": email,
        "entry": {"booking": f"{number}-{index}", "nights": 3, "departure": "2026-07-01"},
    }  # fmt: skip
    return asked("POST", "/v1/journeys/j/entries", json.dumps(said), content_type="application/json",
                 authorization=basic(KEY))  # fmt: skip

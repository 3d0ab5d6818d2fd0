"""Everything about one customer, to hand out what is kept of a person. What takes it away is `erasing`."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sojourn.adapters.dynamodb import keys, parts
from sojourn.adapters.dynamodb.partition import Partitions
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.same_customer import links_of, who_became, who_is
from sojourn.domain.time.instants import iso


def export_customer(client: Any, table: str, customer: str) -> dict[str, Any]:
    """Return everything the table holds about a customer, as JSON can say it; rows past their time among it.

    Of somebody who became another it is everything about the other. Task tokens are left out: they are keys to running
    executions, and say nothing about anybody. What is written while this reads may be in it or not.

    Raises:
        TransientError: DynamoDB is busy or does not answer.
    """
    found = Partitions(client, table, time.sleep)
    whole: dict[str, Any] = {
        "customer": customer, "profile": None, "runs": [], "waiters": [], "events": [], "sends": [], "ledger": [],
        "inbox": [], "quarantined": [], "merged": [], "links": [], "other": [],
    }  # fmt: skip

    def items(one: str) -> Iterator[Item]:
        return found.rows(keys.customer(one))

    whole["customer"] = who = who_is(items, customer)[-1]
    for item in (item for one in (who, *who_became(items, who)) for item in items(one)):
        kind = keys.kind(item["sk"]["S"])
        row = _readable(item)
        if kind == "profile":
            if item["pk"]["S"] == keys.customer(who):
                whole["profile"] = row
                whole["links"] = [key["pk"]["S"] for key in links_of(item)]
        elif kind in ("runs", "waiters") and keys.MOVED in item:
            continue
        elif kind == "other":
            whole["other"].append({"key": item["sk"]["S"], **row})
        else:
            row.pop("token", None)
            whole[kind].append(row)
    for kind in ("events", "sends"):
        whole[kind].sort(key=lambda row: row["at"])
    return whole


def _readable(item: Item) -> dict[str, Any]:
    """Return an item's row, and what stands beside it, in words that JSON has."""
    row: dict[str, Any] = json.loads(item["data"]["S"]) if "data" in item else {}
    for name, value in item.items():
        if name == "expires":
            row[name] = iso(datetime.fromtimestamp(int(value["N"]), UTC))
        elif name == "recent":
            row[name] = json.loads(value["S"])
        elif name not in ("pk", "sk", "data", keys.INDEX, parts.PART, "revision"):
            row[name] = _plain(value)
    return row


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, held),) = value.items()
    if kind == "N":
        return json.loads(held)
    if kind == "B":
        return base64.b64encode(held).decode()
    if kind == "L":
        return [_plain(one) for one in held]
    if kind == "M":
        return {name: _plain(one) for name, one in held.items()}
    if kind in ("SS", "NS", "BS"):
        return [_plain({kind[0]: one}) for one in held]
    return None if kind == "NULL" else held

"""The row of an operation: what was asked for as one text, and what changes in attributes of its own. No client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import engine_keys, parts, rows
from sojourn.adapters.json_text import compact
from sojourn.application.publishing import Operation
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.rows import Item

_PEOPLE = ("approved_by", "cancelled_by")
_APART = ("state", "done", "total", "failures", "failed", "result", "finished", *_PEOPLE)
"""What changes has an attribute of its own; the rest is written once."""


def key_of(operation_id: str) -> Item:
    """Return the key of an operation's row."""
    return {"pk": {"S": engine_keys.OPERATIONS}, "sk": {"S": engine_keys.operation(operation_id)}}


def item_of(operation: Operation) -> Item:
    """Return the row of an operation, as it is written once."""
    told = operation.to_json()
    fixed = {name: value for name, value in told.items() if name not in _APART}
    item = rows.item(
        engine_keys.OPERATIONS, engine_keys.operation(operation.id), compact(fixed),
        state=operation.state, result=compact(operation.result),
    )  # fmt: skip
    item |= {"done": {"N": str(operation.done)}, "failed": {"N": str(operation.failed)}}
    if operation.total is not None:
        item["total"] = {"N": str(operation.total)}
    if operation.failures:
        item["failures"] = {"L": [{"S": compact(dict(one))} for one in operation.failures]}
    item |= {name: {"S": by} for name in _PEOPLE if (by := told[name])}
    if not operation.is_over:
        item[parts.PART] = {"S": parts.OPERATIONS}
    if operation.finished is not None:
        item["finished"] = {"S": iso(operation.finished)}
    return item


def operation_of(item: Mapping[str, Any]) -> Operation:
    """Return the operation that a row tells of."""
    told: dict[str, Any] = json.loads(item["data"]["S"])
    told |= {name: item[name]["S"] for name in ("state", *_PEOPLE, "finished") if name in item}
    told |= {name: int(item[name]["N"]) for name in ("done", "failed", "total") if name in item}
    told["failures"] = [json.loads(one["S"]) for one in item.get("failures", {}).get("L", ())]
    told["result"] = json.loads(item["result"]["S"])
    return Operation.from_json(told)

"""A DynamoDB client that counts its calls and works out what they cost.

moto tells no request units of transactions, so they are worked out from the items by DynamoDB's published rules ("Read
and write operations" and "DynamoDB item sizes and formats" in its developer guide): a consistent read is a unit for
every 4 KB of all that a query reads, a write one for every 1 KB of the larger of before and after; a transaction
counts twice. An item with `by_name` is written to that index as well; the other one holds keys alone, and is written
where an item's `part` comes, goes or changes. Within a transaction such writes are counted twice too, though the guide
does not say so: the dearer reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb.sizes import item_size

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Args:
        rows: how many items it read or wrote.
        reads, writes: request units.
        consistent: whether it asked for a strongly consistent read.
    """

    operation: str
    rows: int
    reads: float = 0.0
    writes: float = 0.0
    consistent: bool = False


class Metered:
    """Passes calls on to a client; see `calls`."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: list[Call] = []

    def query(self, **request: Any) -> Any:
        answer = self.client.query(**request)
        size = sum(map(item_size, answer["Items"]))
        self._read("query", len(answer["Items"]), size, request)
        return answer

    def get_item(self, **request: Any) -> Any:
        answer = self.client.get_item(**request)
        item = answer.get("Item", {})
        self._read("get_item", len(answer.keys() & {"Item"}), item_size(item), request)
        return answer

    def put_item(self, **request: Any) -> Any:
        return self._write("put_item", [{"Put": request}], 1, lambda: self.client.put_item(**request))

    def update_item(self, **request: Any) -> Any:
        return self._write(
            "update_item", [{"Update": request}], 1, lambda: self.client.update_item(**request)
        )

    def delete_item(self, **request: Any) -> Any:
        return self._write(
            "delete_item", [{"Delete": request}], 1, lambda: self.client.delete_item(**request)
        )

    def transact_write_items(self, **request: Any) -> Any:
        return self._write(
            "transact_write_items",
            request["TransactItems"],
            2,
            lambda: self.client.transact_write_items(**request),
        )

    def batch_write_item(self, **request: Any) -> Any:
        actions = [
            {"Put": {"TableName": table, **one["PutRequest"]}}
            if "PutRequest" in one
            else {"Delete": {"TableName": table, **one["DeleteRequest"]}}
            for table, requests in request["RequestItems"].items()
            for one in requests
        ]
        return self._write("batch_write_item", actions, 1, lambda: self.client.batch_write_item(**request))

    def _read(self, operation: str, rows: int, size: int, request: dict[str, Any]) -> None:
        consistent = request.get("ConsistentRead", False)
        units = max(1, ceil(size / 4096)) * (1.0 if consistent else 0.5)
        self.calls.append(Call(operation, rows, reads=units, consistent=consistent))

    def _write(
        self, operation: str, actions: list[dict[str, Any]], times: int, call: Callable[[], Any]
    ) -> Any:
        """Count what a write costs, whether it succeeds or fails its condition: both are paid for."""
        places = [next(iter(action.values())) for action in actions]
        before = [self._at(place) for place in places]
        try:
            return call()
        finally:
            after = [self._at(place) for place in places]
            units = sum(_units(*pair) for pair in zip(before, after, strict=True)) * times
            self.calls.append(Call(operation, len(actions), writes=float(units)))

    def _at(self, place: dict[str, Any]) -> dict[str, Any]:
        key = place.get("Key") or {name: place["Item"][name] for name in ("pk", "sk")}
        found: dict[str, Any] = self.client.get_item(TableName=place["TableName"], Key=key).get("Item", {})
        return found


def _units(before: dict[str, Any], after: dict[str, Any]) -> int:
    size = max(item_size(before), item_size(after))
    units = max(1, ceil(size / 1024))
    indexed = "by_name" in before or "by_name" in after
    if indexed and before != after:
        units *= 2
    was, now = before.get("part"), after.get("part")
    return units + (was is not None) + (now is not None) if was != now else units

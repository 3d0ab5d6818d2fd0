"""All rows of one partition: read to the end, and deleted, patiently. It knows no row.

Whoever hands out or takes away everything about somebody must not give up half-way because the table is busy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.dynamodb.rows import Item
from sojourn.errors import Throttled, TransientError

T = TypeVar("T")
BATCH = 25
"""So many rows BatchWriteItem takes."""
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between repetitions of what DynamoDB had no room for."""


@dataclass(frozen=True, slots=True)
class Partitions:
    """The partitions of one table.

    Args:
        client: `boto3.client("dynamodb")`.
        pause: waits so many seconds.
    """

    client: Any
    table: str
    pause: Callable[[float], None]

    def rows(self, partition: str, begins: str = "") -> Iterator[Item]:
        """Yield a partition's rows as they are now, a page after the other: whoever stops early reads no further.

        Args:
            begins: only those whose sort keys begin so.

        Raises:
            TransientError: DynamoDB stays busy, or does not answer.
        """
        condition, values = "pk = :pk", {":pk": {"S": partition}}
        if begins:
            condition += " AND begins_with(sk, :begins)"
            values[":begins"] = {"S": begins}
        request: dict[str, Any] = {
            "TableName": self.table, "KeyConditionExpression": condition, "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }  # fmt: skip
        while True:
            answer = self.patiently(lambda: self.client.query(**request))
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def first_page(self, partition: str) -> list[Item]:
        """Return the first rows of a partition, at least one where there is any: as much as one call answers.

        Raises:
            TransientError: as `rows`.
        """
        request = {
            "TableName": self.table, "KeyConditionExpression": "pk = :pk", "ConsistentRead": True,
            "ExpressionAttributeValues": {":pk": {"S": partition}},
        }  # fmt: skip
        found: list[Item] = self.patiently(lambda: self.client.query(**request))["Items"]
        return found

    def delete(self, items: Sequence[Item]) -> None:
        """Delete up to `BATCH` rows; those that DynamoDB had no room for are asked for again.

        Raises:
            TransientError: as `rows`; some of them are perhaps deleted.
        """
        left = [{"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}} for item in items]

        def delete() -> None:
            left[:] = (
                self.client.batch_write_item(RequestItems={self.table: left})
                .get("UnprocessedItems", {})
                .get(self.table, [])
            )
            if left:
                raise Throttled(f"{len(left)} rows were not deleted yet")

        self.patiently(delete)

    def patiently(self, call: Callable[[], T]) -> T:
        """Call, and call again while it may help; what is called does no harm when it is done twice.

        Raises:
            TransientError: it did not help.
        """
        for seconds in PAUSES:
            try:
                with reading():
                    return call()
            except TransientError:
                self.pause(seconds)
        with reading():
            return call()


def in_batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield rows as many at once as `Partitions.delete` takes."""
    for first in range(0, len(items), BATCH):
        yield items[first : first + BATCH]

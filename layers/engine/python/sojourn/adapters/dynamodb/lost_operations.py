"""Operations that nobody works at any more: they are begun, and show no sign of life.

An operation goes on by messages of a queue, each of which leaves the time on its row when it is taken up. Where none
did for long, the message was lost: whoever wrote the row died before putting it there, or it expired. Who finds such an
operation claims it, so that of two one puts the message there again; each time it is waited for twice as long as before
that. It knows no queue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.failures import code, reading
from sojourn.adapters.dynamodb.operation_rows import key_of, operation_of
from sojourn.application.publishing import QUEUED, RUNNING, Operation, operation_id

SILENT = timedelta(minutes=30)
"""Twice as long as a message is put off at most (`sojourn.aws_runtime.publishing.backing.LONGEST_DELAY`)."""
LOOKED_BACK = timedelta(days=3)
"""Operations that were asked for before that are left alone. The queue keeps a message for four days."""
MOST_READ = 1_000
"""So many operations are read at most, the newest first: it is done every few minutes, and costs by what is read."""
_STATES = {":queued": {"S": QUEUED}, ":running": {"S": RUNNING}}
_BEGUN = "#state IN (:queued, :running)"


@dataclass(frozen=True, slots=True)
class Lost:
    """An operation that nobody works at.

    Args:
        touched: when somebody last did, in epoch seconds; None where nobody has yet.
    """

    operation: Operation
    touched: int | None


class LostOperations:
    """Those of one table.

    Args:
        client: `boto3.client("dynamodb")`.

    Every method raises TransientError where the table does not answer.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, now: datetime) -> Iterator[Lost]:
        """Yield them, the newest first."""
        for item in self._begun(now):
            lost = Lost(operation_of(item), int(item["touched"]["N"]) if "touched" in item else None)
            last = lost.operation.at.timestamp() if lost.touched is None else float(lost.touched)
            patience = SILENT * 2 ** int(item["again"]["N"]) if "again" in item else SILENT
            if now.timestamp() - last > patience.total_seconds():
                yield lost

    def claim(self, lost: Lost, now: datetime) -> bool:
        """Take it on oneself to put a lost operation's message there again; False where somebody else did."""
        seen = "attribute_not_exists(touched)" if lost.touched is None else "touched = :seen"
        values: dict[str, Any] = {**_STATES, ":now": {"N": str(int(now.timestamp()))}, ":one": {"N": "1"}}
        if lost.touched is not None:
            values[":seen"] = {"N": str(lost.touched)}
        with reading():
            try:
                self._client.update_item(
                    TableName=self._table, Key=key_of(lost.operation.id),
                    UpdateExpression="SET touched = :now ADD again :one", ConditionExpression=f"{_BEGUN} AND {seen}",
                    ExpressionAttributeNames={"#state": "state"}, ExpressionAttributeValues=values,
                )  # fmt: skip
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise
                return False
        return True

    def _begun(self, now: datetime) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of operations that are queued or running, and were asked for neither just now nor long ago."""
        ids = {":first": now - LOOKED_BACK, ":last": now - SILENT}
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "FilterExpression": _BEGUN,
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                **_STATES, ":pk": {"S": engine_keys.OPERATIONS},
                **{name: {"S": engine_keys.operation(operation_id(at, ""))} for name, at in ids.items()},
            },
            "ScanIndexForward": False,
        }  # fmt: skip
        left = MOST_READ
        while left > 0:
            with reading():
                page = self._client.query(**asked, Limit=left)
            yield from page["Items"]
            left -= page["ScannedCount"]
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

"""Audiences that wait until entries are open again, in the table: a row for each, in a partition of their own.

    G#waiting                  <operation>              which journey is paused, which attempt ended for it

No execution lives meanwhile, so that waiting costs nothing, however long it lasts: whoever lets audiences go on reads
this one partition, which is nearly always empty. The operation tells who paused, in the same transaction. A row is
bound to the attempt that ended, and is another each time it is written: whoever is late takes nothing back.
"""  # fmt: skip

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import keys
from sojourn.adapters.dynamodb.audience_rows import HEAD, key_of
from sojourn.adapters.dynamodb.engine_keys import WAITING
from sojourn.adapters.dynamodb.engine_keys import operation as operation_key
from sojourn.adapters.dynamodb.failures import FAILED_CONDITION, reading, reasons_of
from sojourn.adapters.dynamodb.operation_rows import key_of as operation_row
from sojourn.adapters.dynamodb.switch import query
from sojourn.adapters.json_text import compact
from sojourn.application.publishing import RUNNING, WAITS
from sojourn.domain.time.instants import iso, parse_date_time
from sojourn.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.domain.control import Control

_NAMES = {"#state": "state", "#result": "result"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """An audience that waits.

    Args:
        attempt: which one ended for it; 0 where nothing of the audience was begun.
        scheduled: whether it is a time of the journey's schedule.
        mark: tells this row from another of the same audience.
        dropped: until when what fell due had been dropped before it began to wait; None for never.
    """

    operation: str
    journey: str
    attempt: int = 0
    scheduled: bool = False
    mark: str = ""
    dropped: datetime | None = None


class WaitingAudiences:
    """Those of one table; `client` is a DynamoDB client."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def wait(self, waiting: Waiting, control: Control) -> bool:
        """Let an audience wait; False where its operation is over, or somebody has gone on with it.

        Args:
            control: what the journey was told.

        Raises:
            Conflict: somebody else counts at the same time: the same call again.
        """
        since = iso(control.since) if control.since is not None else ""
        told = {
            WAITS: {"entries": control.entries, "since": since, "by": control.by, "reason": control.reason}
        }
        row = {
            "pk": {"S": WAITING}, "sk": {"S": operation_key(waiting.operation)}, "journey": {"S": waiting.journey},
            "attempt": {"N": str(waiting.attempt)}, "scheduled": {"BOOL": waiting.scheduled},
            "mark": {"S": secrets.token_hex(8)},
        }  # fmt: skip
        if control.dropped is not None:
            row["dropped"] = {"S": iso(control.dropped)}
        as_it_was: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if waiting.attempt:
            as_it_was = {
                "ConditionExpression": "attempt = :attempt",
                "ExpressionAttributeValues": {":attempt": row["attempt"]},
            }
        head = {"TableName": self._table, "Key": key_of(waiting.operation, HEAD), **as_it_was}
        actions: list[dict[str, Any]] = [
            {"Update": self._told(waiting.operation, told)},
            {"ConditionCheck": head},
            {"Put": {"TableName": self._table, "Item": row}},
        ]
        with reading():
            try:
                self._client.transact_write_items(TransactItems=actions)
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = reasons_of(error)
                if FAILED_CONDITION in reasons:
                    return False
                if "TransactionConflict" in reasons:
                    raise Conflict("somebody else counts at the same time") from error
                raise
        return True

    def all(self) -> tuple[Waiting, ...]:
        """Return all that wait, the oldest first."""
        return tuple(map(_waiting_of, query(self._client, self._table, WAITING)))

    def goes_on(self, operation: str) -> None:
        """Let an operation tell no longer that its audience waits; one that is over tells what came of it."""
        with reading():
            try:
                self._client.update_item(**self._told(operation, {}))
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    def over(self, waiting: Waiting) -> None:
        """Forget that an audience waits, unless it has begun to wait anew."""
        with reading():
            try:
                self._client.delete_item(
                    TableName=self._table,
                    Key={"pk": {"S": WAITING}, "sk": {"S": operation_key(waiting.operation)}},
                    ConditionExpression="mark = :mark",
                    ExpressionAttributeValues={":mark": {"S": waiting.mark}},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    def _told(self, operation: str, told: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "TableName": self._table, "Key": operation_row(operation), "UpdateExpression": "SET #result = :result",
            "ConditionExpression": "#state = :running", "ExpressionAttributeNames": _NAMES,
            "ExpressionAttributeValues": {":result": {"S": compact(told)}, ":running": {"S": RUNNING}},
        }  # fmt: skip


def _waiting_of(item: Mapping[str, Any]) -> Waiting:
    return Waiting(
        keys.unescaped(item["sk"]["S"]), item["journey"]["S"], int(item["attempt"]["N"]),
        bool(item["scheduled"]["BOOL"]), item["mark"]["S"],
        parse_date_time(item["dropped"]["S"]) if "dropped" in item else None,
    )  # fmt: skip

"""Operations in the table: what was asked for, how far it is, and what came of it.

Workers may be several, and may die: each change is bound to the state it starts from, so that an operation ends once.
What is done and what failed is added up by the table itself, so that no worker undoes another's count. The work may be
divided into parts; each part's strand says where it goes on, and is moved on only from where the mover believes it is.

What people do to an operation is in the history, written in the same transaction: whoever calls says how (`Write`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys, parts
from sojourn.adapters.dynamodb.failures import code, reading
from sojourn.adapters.dynamodb.operation_rows import item_of, key_of, operation_of
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.switch import query
from sojourn.adapters.dynamodb.together import Action, Refused, put_once
from sojourn.adapters.json_text import compact
from sojourn.application.publishing import (
    CANCELLED,
    DONE,
    FAILED,
    MOST_FAILURES,
    QUEUED,
    RUNNING,
    WAITING,
    NotSo,
    Operation,
)
from sojourn.domain.time.instants import iso

Write = Callable[[Action], object]
"""Writes a change of an operation with what tells of it, or neither; raises `Refused` where its condition fails."""

PLACE_DAYS = 30
"""So long it is known where a part of an operation was that nobody works at any more: it may name a customer."""


class Operations:
    """The operations of one table.

    Args:
        client: `boto3.client("dynamodb")`.
        now: the time in epoch seconds; each change leaves it on the row, as a sign of life (`lost_operations`).

    Every method raises TransientError where the table does not answer.
    """

    def __init__(self, client: Any, table: str, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._table = table
        self._now = now

    def create(self, operation: Operation) -> Operation:
        """Write an operation, unless there is one of its id: return that one then."""
        with suppress(Refused):
            self._call("put_item", Item=item_of(operation), ConditionExpression="attribute_not_exists(pk)")
            return operation
        return self.get(operation.id) or operation

    def creating(self, operation: Operation) -> Action:
        """Return what writes an operation that is new: for the transaction that does what it carries on."""
        return put_once(self._table, item_of(operation))

    def get(self, operation_id: str) -> Operation | None:
        """Return an operation; None where there is none of that id."""
        answer = self._call("get_item", Key=key_of(operation_id), ConsistentRead=True)
        return operation_of(answer["Item"]) if "Item" in answer else None

    def list(self, limit: int = 20, journey: str | None = None) -> tuple[Operation, ...]:
        """Return operations, the newest first; only those about a journey, if it is named."""
        found = map(
            operation_of, query(self._client, self._table, engine_keys.OPERATIONS, newest_first=True, limit=limit)
        )  # fmt: skip
        return tuple(islice((one for one in found if journey in (None, one.journey)), limit))

    def begin(self, operation_id: str) -> Operation | None:
        """Take an operation up, or go on with it; None where it is not to be done: it waits, is over, or unknown."""
        # A row that an earlier release wrote is listed among the open ones from now on.
        values = {":running": {"S": RUNNING}, ":open": {"S": parts.OPERATIONS}}
        return self._change(operation_id, "SET #state = :running, #part = :open", values, (QUEUED, RUNNING))

    def progress(
        self, operation_id: str, *, add: int = 0, total: int | None = None,
        failures: Sequence[Mapping[str, str]] = (), result: Mapping[str, Any] | None = None,
    ) -> Operation | None:  # fmt: skip
        """Note how far an operation is; None where it is not running any more: whoever works at it stops.

        Args:
            add: so much more is done.
            total: how much there is.
            failures: what did not work, {"what", "why"} each; the first are kept, all are counted.
            result: what can be told of it so far, in place of what was told before.
        """
        sets, values = list[str](), dict[str, Any]()
        if total is not None:
            sets.append("#total = :total")
            values[":total"] = {"N": str(total)}
        if result is not None:
            sets.append("#result = :result")
            values[":result"] = {"S": compact(result)}
        update = "ADD #done :add, #failed :failed" + (f" SET {', '.join(sets)}" if sets else "")
        values |= {":add": {"N": str(add)}, ":failed": {"N": str(len(failures))}}
        operation = self._change(operation_id, update, values, (RUNNING,))
        if operation is None or not failures:
            return operation
        return self._fail(operation, failures)

    def finish(
        self, operation_id: str, state: str, result: Mapping[str, Any] | None, at: datetime
    ) -> Operation | None:
        """Bring an operation to its end; None where it had come to one before, or is unknown.

        Args:
            state: `done` or `failed`.
            result: what came of it; None leaves what was told so far.
        """
        if state not in (DONE, FAILED):
            raise ValueError(f"no operation ends as {state!r}")
        return self._end(operation_id, state, at, (WAITING, QUEUED, RUNNING), result)

    def cancel(
        self, operation_id: str, at: datetime, write: Write | None = None, by: str = "", *, running: bool = True
    ) -> Operation:  # fmt: skip
        """Let nobody go on with an operation; what is done stays done.

        Args:
            by: who does so; "" where nobody did.
            running: whether one may be cancelled that is being carried out.

        Raises:
            LookupError: there is none of that id.
            NotSo: it is over, or being carried out.
        """
        when = (WAITING, QUEUED, RUNNING) if running else (WAITING, QUEUED)
        operation = self._end(operation_id, CANCELLED, at, when, None, write, by)
        return operation or self._refusal(operation_id)

    def reopen(self, operation_id: str, write: Write | None = None) -> Operation:
        """Let somebody go on with an operation that failed or was cancelled; one that runs is as it is.

        Raises:
            LookupError: there is none of that id.
            NotSo: it is done, or waits.
        """
        values = {":queued": {"S": QUEUED}, ":open": {"S": parts.OPERATIONS}}
        update = "SET #state = :queued, #part = :open REMOVE finished, cancelled_by"
        reopened = self._change(operation_id, update, values, (QUEUED, RUNNING, FAILED, CANCELLED), write)
        return reopened or self._refusal(operation_id)

    def approve(self, operation_id: str, by: str, write: Write | None = None) -> Operation:
        """Let an operation begin that waited for somebody else to agree; asked again by the same, it is as it is.

        Raises:
            LookupError: there is none of that id.
            NotSo: it does not wait, or whoever asked for it may not approve it.
        """
        waiting = self.get(operation_id)
        if waiting is not None and waiting.by == by:
            if waiting.state != WAITING:
                return self._refusal(operation_id)
            raise NotSo(f"operation {operation_id} was asked for by {by}: somebody else must approve it")
        if waiting is not None and waiting.approved_by == by and not waiting.is_over:
            return waiting
        values = {":queued": {"S": QUEUED}, ":by": {"S": by}}
        update = "SET #state = :queued, approved_by = :by"
        approved = self._change(operation_id, update, values, (WAITING,), write)
        return approved or self._refusal(operation_id)

    def wait(self, operation_id: str, result: Mapping[str, Any]) -> Operation | None:
        """Let an operation that was taken up wait until somebody approves it; None where it is not running any more.

        Args:
            result: what whoever approves is to know of it.
        """
        values = {":waiting": {"S": WAITING}, ":result": {"S": compact(result)}}
        return self._change(operation_id, "SET #state = :waiting, #result = :result", values, (RUNNING,))

    def place(self, operation_id: str, part: str) -> str:
        """Return after what a part of the work goes on; "" at its beginning."""
        answer = self._call("get_item", Key=_strand(operation_id, part), ConsistentRead=True)
        return str(answer["Item"]["after"]["S"]) if "Item" in answer else ""

    def move(self, operation_id: str, part: str, before: str, after: str) -> bool:
        """Let a part go on after a place; return False where somebody else has moved it on from *before*.

        A place may name a customer: it goes `PLACE_DAYS` after nobody moved it any more.
        """
        expires = str(int(self._now()) + PLACE_DAYS * 86_400)
        names, values = {"#after": "after"}, {":after": {"S": after}, ":expires": {"N": expires}}
        condition = "attribute_not_exists(#after)"
        if before:
            condition, values = "#after = :before", {**values, ":before": {"S": before}}
        try:
            self._call(
                "update_item", Key=_strand(operation_id, part),
                UpdateExpression="SET #after = :after, expires = :expires", ConditionExpression=condition,
                ExpressionAttributeNames=names, ExpressionAttributeValues=values,
            )  # fmt: skip
        except Refused:
            # It may have been this very call: botocore repeats one that was not answered.
            return self.place(operation_id, part) == after
        return True

    def _end(
        self, operation_id: str, state: str, at: datetime, when: tuple[str, ...], result: Mapping[str, Any] | None,
        write: Write | None = None, by: str = "",
    ) -> Operation | None:  # fmt: skip
        values = {":state": {"S": state}, ":at": {"S": iso(at)}}
        update = "SET #state = :state, finished = :at"
        if result is not None:
            update += ", #result = :result"
            values[":result"] = {"S": compact(result)}
        if by:
            update += ", cancelled_by = :by"
            values[":by"] = {"S": by}
        return self._change(operation_id, f"{update} REMOVE #part", values, when, write)

    def _fail(self, operation: Operation, failures: Sequence[Mapping[str, str]]) -> Operation | None:
        """Keep the first failures; two who add some at the same moment may keep a few more."""
        room = MOST_FAILURES - len(operation.failures)
        if room <= 0:
            return operation
        told = {"L": [{"S": compact(dict(one))} for one in failures[:room]]}
        update = "SET failures = list_append(if_not_exists(failures, :none), :failures)"
        values = {":failures": told, ":none": {"L": []}}
        return self._change(operation.id, update, values, (RUNNING,))

    def _refusal(self, operation_id: str) -> Operation:
        operation = self.get(operation_id)
        if operation is None:
            raise LookupError(f'there is no operation "{operation_id}"')
        raise NotSo(f"operation {operation_id} is {operation.state}")

    def _change(
        self, operation_id: str, update: str, values: Mapping[str, Any], when: tuple[str, ...],
        write: Write | None = None,
    ) -> Operation | None:  # fmt: skip
        """Change an operation that is in one of these states, and return it; None where it is not."""
        states = {f":s{number}": {"S": state} for number, state in enumerate(when)}
        touched = "SET touched = :touched"
        update = update.replace("SET ", f"{touched}, ") if "SET " in update else f"{update} {touched}"
        named = {
            f"#{name}": name
            for name in ("state", "done", "total", "failed", "result", "part")
            if f"#{name}" in update
        }
        change: Action = {
            "Key": key_of(operation_id), "UpdateExpression": update,
            "ConditionExpression": f"#state IN ({', '.join(states)})",
            "ExpressionAttributeNames": {**named, "#state": "state"},
            "ExpressionAttributeValues": {**values, **states, ":touched": {"N": str(int(self._now()))}},
        }  # fmt: skip
        with suppress(Refused):
            if write is None:
                answer = self._call("update_item", **change, ReturnValues="ALL_NEW")
                return operation_of(answer["Attributes"])
            write({"Update": {"TableName": self._table, **change}})
            return self.get(operation_id)
        return None

    def _call(self, name: str, **asked: Any) -> Mapping[str, Any]:
        with reading():
            try:
                answer: Mapping[str, Any] = getattr(self._client, name)(TableName=self._table, **asked)
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise
                raise Refused from error
        return answer


def _strand(operation_id: str, part: str) -> Item:
    return {"pk": {"S": engine_keys.strands(operation_id)}, "sk": {"S": part}}

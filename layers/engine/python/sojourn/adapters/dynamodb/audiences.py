"""How far an audience is, in the table: what was cut into batches, which batches are done, what became of their rows.

    G#operation#<operation>    audience               who enters what; how many rows, batches, parts; the counts
                               strand#<n>             where cutting a file, or a part of all customers, goes on
                               part#<part>            a file of batches that an execution works on
                               batch#<part>#<n>       that a batch is done; gone after `KEPT_DAYS`

A part comes to be in the transaction that moves its strand on, under the condition that nobody moved it meanwhile; a
batch is counted in the transaction that says for the first time that it is done. So the counts add up, however often a
batch is delivered and whoever dies. It knows no file and no state machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sojourn.adapters.dynamodb.audience_rows import (
    BATCH,
    COUNT,
    HEAD,
    PART,
    STRAND,
    Part,
    Progress,
    Strand,
    key_of,
    part_item,
    part_of,
    progress_of,
)
from sojourn.adapters.dynamodb.engine_keys import OPERATIONS, strands
from sojourn.adapters.dynamodb.engine_keys import operation as operation_key
from sojourn.adapters.dynamodb.failures import FAILED_CONDITION, reading, reasons_of
from sojourn.adapters.json_text import compact
from sojourn.application.audience import Audience, Tally
from sojourn.application.publishing import CANCELLED, FAILED
from sojourn.errors import Conflict

KEPT_DAYS = 60
"""So long a batch is known to be done: an audience may be gone on with until then."""
MOST_FAILURES = 100
"""So many rows that could not be taken are named in the audience's row; all of them in its bucket."""


class DynamoAudiences:
    """The audiences of one table; `client` is a DynamoDB client."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def create(self, audience: Audience, source: Mapping[str, Any], names: Sequence[str]) -> bool:
        """Write down an audience that is to be cut in these strands; False where it is known already."""
        item = {
            **key_of(audience.operation, HEAD), "audience": {"S": compact(asdict(audience))},
            "source": {"S": compact(source)}, "left": {"SS": list(names)}, "attempt": {"N": "1"},
        }  # fmt: skip
        return self._once(
            lambda: self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        )

    def read(self, operation: str) -> Progress | None:
        """Return how far an audience is; None where there is none of that operation."""
        return self.batch(operation, "", "")[0]

    def strand(self, operation: str, name: str) -> Strand:
        """Return where a strand is."""
        item = self._get(operation, STRAND + name)
        if not item:
            return Strand()
        return Strand(
            json.loads(item["place"]["S"]), int(item["moved"]["N"]), tuple(json.loads(item["last"]["S"]))
        )

    def move(
        self, operation: str, name: str, strand: Strand, place: Mapping[str, Any], parts: Sequence[Part],
        cut: Tally, rows: int, *, end: bool,
    ) -> bool:  # fmt: skip
        """Move a strand on from where it was, to *place*; say whether nobody else had.

        Args:
            parts: what was cut.
            cut: the rows that could not even be read.
            rows: how many rows were cut, those included.
            end: whether there is nothing left in it.
        """
        batches = sum(part.batches for part in parts)
        adds = {"#rows": rows, "#batches": batches, "#parts": len(parts)}
        names = {"#rows": "rows", "#batches": "batches", "#parts": "parts"}
        head = self._counted(operation, cut, adds, names)
        if end:
            head["UpdateExpression"] += " DELETE #left :left"
            head["ExpressionAttributeNames"]["#left"] = "left"
            head["ExpressionAttributeValues"][":left"] = {"SS": [name]}
        put = {
            **key_of(operation, STRAND + name), "place": {"S": compact(place)}, "moved": {"N": str(strand.moved + 1)},
            "last": {"S": compact([part.name for part in parts])},
        }  # fmt: skip
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if strand.moved:
            condition = {
                "ConditionExpression": "moved = :moved",
                "ExpressionAttributeValues": {":moved": {"N": str(strand.moved)}},
            }
        return self._written([
            {"Put": {"TableName": self._table, "Item": put, **condition}},
            {"Update": head},
            *([{"Update": self._told(operation, cut, rows)}] if rows else []),
            *({"Put": {"TableName": self._table, "Item": part_item(operation, part)}} for part in parts),
        ])  # fmt: skip

    def parts(self, operation: str) -> Iterator[Part]:
        """Yield all parts that were cut so far."""
        query: dict[str, Any] = {
            "TableName": self._table, "KeyConditionExpression": "pk = :pk AND begins_with(sk, :part)",
            "ExpressionAttributeValues": {":pk": {"S": strands(operation)}, ":part": {"S": PART}},
            "ConsistentRead": True,
        }  # fmt: skip
        while True:
            with reading():
                answer = self._client.query(**query)
            yield from map(part_of, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def part(self, operation: str, name: str) -> Part | None:
        """Return a part."""
        item = self._get(operation, PART + name)
        return part_of(item) if item else None

    def tried(self, operation: str, name: str) -> int:
        """Count that a part is begun once more; return how often it was."""
        with reading():
            answer = self._client.update_item(
                TableName=self._table, Key=key_of(operation, PART + name), UpdateExpression="ADD tries :one",
                ExpressionAttributeValues={":one": {"N": "1"}}, ReturnValues="UPDATED_NEW",
            )  # fmt: skip
        return int(answer["Attributes"]["tries"]["N"])

    def batch(self, operation: str, part: str, number: str) -> tuple[Progress | None, bool]:
        """Return the audience a batch is of, in one read, and whether the batch is done."""
        head, marker = key_of(operation, HEAD), key_of(operation, f"{BATCH}{part}#{number}")
        asked_for = {"pk": {"S": OPERATIONS}, "sk": {"S": operation_key(operation)}}
        found: dict[str, Any] = {}
        asked: Any = {self._table: {"Keys": [head, marker, asked_for], "ConsistentRead": True}}
        while asked:
            with reading():
                answer = self._client.batch_get_item(RequestItems=asked)
            found |= {item["sk"]["S"]: item for item in answer["Responses"].get(self._table, ())}
            asked = answer.get("UnprocessedKeys")
        state = found.get(asked_for["sk"]["S"], {}).get("state", {}).get("S", "")
        progress = progress_of(found[HEAD], stopped=state in (CANCELLED, FAILED)) if HEAD in found else None
        return progress, marker["sk"]["S"] in found

    def done(self, operation: str, part: str, number: str, tally: Tally, rows: int, now: datetime) -> bool:
        """Count a batch as done, with what became of its rows; False where it was counted before.

        Args:
            rows: how many of its rows nobody had counted yet: those of a file that Step Functions reads.
        """
        expires = int((now + timedelta(days=KEPT_DAYS)).timestamp())
        marker = {**key_of(operation, f"{BATCH}{part}#{number}"), "expires": {"N": str(expires)}}
        adds, names = {"#done": 1}, {"#done": "done"}
        if rows:
            adds, names = (
                adds | {"#rows": rows, "#batches": 1},
                names | {"#rows": "rows", "#batches": "batches"},
            )
        counted = {
            "TableName": self._table, "Key": key_of(operation, PART + part), "UpdateExpression": "ADD #done :one",
            "ExpressionAttributeNames": {"#done": "done"}, "ExpressionAttributeValues": {":one": {"N": "1"}},
        }  # fmt: skip
        put = {"TableName": self._table, "Item": marker, "ConditionExpression": "attribute_not_exists(pk)"}
        return self._written([
            {"Put": put}, {"Update": self._counted(operation, tally, adds, names)}, {"Update": counted},
            {"Update": self._told(operation, tally, rows)},
        ])  # fmt: skip

    def end(self, operation: str, part: str, attempt: int) -> Progress:
        """Say that an attempt is through with a part, well or not; return how far the audience is."""
        progress = self._changed(operation, "ADD ended :part", {":part": {"SS": [f"{attempt}/{part}"]}})
        assert progress is not None, f"there is no audience {operation}"
        return progress

    def again(self, operation: str, after: int | None = None) -> Progress:
        """Begin once more with what is not done.

        Args:
            after: the attempt after which that is; where there was another since, nothing is begun.
        """
        values, condition = {":one": {"N": "1"}}, "attribute_exists(pk)"
        if after is not None:
            values, condition = {**values, ":after": {"N": str(after)}}, "attempt = :after"
        if (progress := self._changed(operation, "ADD attempt :one", values, condition)) is not None:
            return progress
        return progress_of(self._get(operation, HEAD))

    def _changed(
        self, operation: str, update: str, values: Mapping[str, Any], condition: str = "attribute_exists(pk)"
    ) -> Progress | None:
        """Change the audience's row, and return how far it is; None where the condition does not hold."""
        with reading(), suppress(self._client.exceptions.ConditionalCheckFailedException):
            answer = self._client.update_item(
                TableName=self._table, Key=key_of(operation, HEAD), UpdateExpression=update,
                ConditionExpression=condition, ExpressionAttributeValues=values, ReturnValues="ALL_NEW",
            )  # fmt: skip
            return progress_of(answer["Attributes"])
        return None

    def _counted(
        self, operation: str, tally: Tally, adds: Mapping[str, int], names: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the update of the audience's row that adds what became of rows."""
        named, added = dict(names), dict(adds)
        for place, (outcome, rows) in enumerate(sorted(tally.counts.items())):
            named[f"#c{place}"], added[f"#c{place}"] = COUNT + outcome, rows
        values: dict[str, Any] = {f":{name[1:]}": {"N": str(number)} for name, number in added.items()}
        update = "ADD " + ", ".join(f"{name} :{name[1:]}" for name in added)
        if tally.failures and (room := self._room(operation)):
            told = [{"S": compact([bad.line, bad.why])} for bad in tally.failures[:room]]
            values |= {":failures": {"L": told}, ":none": {"L": []}}
            update = f"SET failures = list_append(if_not_exists(failures, :none), :failures) {update}"
        return {
            "TableName": self._table, "Key": key_of(operation, HEAD), "UpdateExpression": update,
            "ExpressionAttributeNames": named, "ExpressionAttributeValues": values,
        }  # fmt: skip

    def _told(self, operation: str, tally: Tally, rows: int) -> dict[str, Any]:
        """Return the update of the operation's row that adds what became of rows, for whoever looks at operations.

        Args:
            rows: how many more there are to be taken.
        """
        taken = sum(tally.counts.values())
        adds = {"done": taken, "failed": len(tally.failures), "total": rows}
        return {
            "TableName": self._table, "Key": {"pk": {"S": OPERATIONS}, "sk": {"S": operation_key(operation)}},
            "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in adds),
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {f"#{name}": name for name in adds},
            "ExpressionAttributeValues": {f":{name}": {"N": str(many)} for name, many in adds.items()},
        }  # fmt: skip

    def _room(self, operation: str) -> int:
        """Return how many failures there is room for; two who ask at once may go over that by as many."""
        progress = self.read(operation)
        return max(0, MOST_FAILURES - len(progress.failures)) if progress is not None else 0

    def _get(self, operation: str, sort_key: str) -> Mapping[str, Any]:
        with reading():
            answer = self._client.get_item(
                TableName=self._table, Key=key_of(operation, sort_key), ConsistentRead=True
            )
        found: Mapping[str, Any] = answer.get("Item", {})
        return found

    def _once(self, write: Any) -> bool:
        with reading(), suppress(self._client.exceptions.ConditionalCheckFailedException):
            write()
            return True
        return False

    def _written(self, actions: Sequence[Mapping[str, Any]]) -> bool:
        """Write all of these; False where the first of them was done before.

        Raises:
            Conflict: somebody else counts at the same time: the same call again.
        """
        with reading():
            try:
                self._client.transact_write_items(TransactItems=list(actions))
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = reasons_of(error)
                if reasons[:1] == [FAILED_CONDITION]:
                    return False
                if "TransactionConflict" in reasons:
                    raise Conflict("somebody else counts at the same time") from error
                raise
        return True

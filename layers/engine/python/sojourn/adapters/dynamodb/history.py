"""The account of who did what, in the table: entries are added, never changed, and each one seals the one before.

An entry's hash covers the hash of the entry before, and the head says how many there are and the last one's hash. So an
entry that was changed, taken out or put elsewhere shows (`verify`). Somebody who may write anything into the table
could make the whole account anew: against that helps only a hash that was noted elsewhere, which is why it is returned.

An entry and the head are written together, under the condition that nobody wrote meanwhile; whoever comes later takes
the next number. What the entry tells of is written with both, wherever it is in this table: as further actions of that
transaction (`add`), or the entry as further actions of another (`next`). With `once`, a deed that is told again after a
crash stands there once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sojourn.adapters.dynamodb import engine_keys, rows
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.dynamodb.together import Action, Refused, patiently, put_once, unless_overtaken
from sojourn.adapters.json_text import compact
from sojourn.application.publishing import Entry
from sojourn.errors import Conflict, TransientError

_HEAD = {"pk": {"S": engine_keys.HISTORY}, "sk": {"S": engine_keys.HEAD}}
_OTHERS = "too many write into the history at once"
_LAST = "999999999999"
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the account does not hold.

    Args:
        sequence: of the first entry that is not as it was written.
        why: `missing`, `changed` or `misplaced`.
    """

    sequence: int
    why: str


class History:
    """The account in one table.

    Args:
        client: `boto3.client("dynamodb")`.
        pause: waits so many seconds, where others are writing.
    """

    def __init__(self, client: Any, table: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._table = table
        self._pause = pause

    def add(
        self, at: datetime, by: str, did: str, journey: str = "", message: str = "",
        details: Mapping[str, Any] | None = None, *, once: str = "", also: Sequence[Action] = (),
    ) -> Entry:  # fmt: skip
        """Add an entry and return it.

        Args:
            did: see `sojourn.application.publishing.Entry`, as for the others.
            details: plain JSON values.
            once: an id of what is told: asked for again, the entry that tells of it is returned, and nothing written.
            also: what is written with it, or not at all.

        Raises:
            Refused: a condition of *also* does not hold.
            TransientError: the table does not answer, or too many write at once; it may be tried again.
        """

        def try_once() -> Entry:
            if once and (told := self.told(once)) is not None:
                return told
            entry, actions = self.next(at, by, did, journey, message, details, once=once)
            try:
                with unless_overtaken(_OTHERS, len(actions)):
                    self._client.transact_write_items(TransactItems=[*actions, *also])
            except (Conflict, Refused):
                # It may have been this very call: botocore repeats one that was not answered.
                there = self.told(once) if once else self._entry(entry.sequence)
                if there != entry:
                    raise
            return entry

        try:
            return patiently(try_once, self._pause)
        except Conflict as error:
            raise TransientError(str(error)) from error

    def next(
        self, at: datetime, by: str, did: str, journey: str = "", message: str = "",
        details: Mapping[str, Any] | None = None, *, once: str = "",
    ) -> tuple[Entry, list[Action]]:  # fmt: skip
        """Return the entry that comes next, and what writes it: for the transaction that does what it tells of.

        The actions hold for as long as nobody else adds an entry, and with `once` only if nothing told of it before.

        Args:
            did, details, once: as for `add`.

        Raises:
            TransientError: the table does not answer.
        """
        last, before = self._head()
        entry = Entry(last + 1, at, by, did, journey, message, dict(details or {}), before).sealed()
        return entry, self._written(entry, last, once)

    def told(self, once: str) -> Entry | None:
        """Return the entry that tells of something, by its id; None where none does.

        Raises:
            TransientError: the table does not answer.
        """
        key = {"pk": {"S": engine_keys.told_once(once)}, "sk": {"S": engine_keys.TOLD}}
        with reading():
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return self._entry(int(answer["Item"]["sequence"]["N"])) if "Item" in answer else None

    def read(
        self, journey: str | None = None, limit: int | None = 50, before: int | None = None
    ) -> Iterator[Entry]:
        """Yield entries, the newest first.

        Args:
            journey: only those about this one.
            limit: so many at most; None for all.
            before: only those with a lower number: to go on after a page.

        Raises:
            TransientError: the table does not answer.
        """
        until = engine_keys.entry(max(0, before - 1)) if before is not None else _LAST
        found = (
            entry
            for entry in self._between(engine_keys.entry(0), until, newest_first=True)
            if journey is None or entry.is_about(journey)
        )
        return islice(found, limit)

    def verify(self) -> Broken | None:
        """Say where the account does not hold; None where every entry is as it was written, and none is missing.

        Raises:
            TransientError: the table does not answer.
        """
        # What is added while this reads comes after what the head says now.
        last, seal = self._head()
        sequence, before = 0, ""
        for item in self._items(engine_keys.entry(0), engine_keys.entry(last)):
            sequence += 1
            if item["sk"]["S"] != engine_keys.entry(sequence):
                return Broken(sequence, "missing")
            try:
                entry = _entry(item)
            except (LookupError, TypeError, ValueError):
                return Broken(sequence, "changed")
            if entry.sequence != sequence:
                return Broken(sequence, "misplaced")
            if entry.before != before or entry.sealed().hash != entry.hash:
                return Broken(sequence, "changed")
            before = entry.hash
        if sequence < last:
            return Broken(sequence + 1, "missing")
        return Broken(last, "changed") if before != seal else None

    def _head(self) -> tuple[int, str]:
        with reading():
            answer = self._client.get_item(TableName=self._table, Key=_HEAD, ConsistentRead=True)
        item = answer.get("Item")
        return (int(item["sequence"]["N"]), str(item["hash"]["S"])) if item else (0, "")

    def _written(self, entry: Entry, last: int, once: str) -> list[Action]:
        """Return what writes an entry after the last one, unless somebody else came in between."""
        condition, values = "attribute_not_exists(pk)", {}
        if last:
            condition, values = "#sequence = :last", {":last": {"N": str(last)}}
        head: Action = {
            "Update": {
                "TableName": self._table,
                "Key": _HEAD,
                "UpdateExpression": "SET #sequence = :sequence, #hash = :hash",
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {"#sequence": "sequence", "#hash": "hash"},
                "ExpressionAttributeValues": {
                    ":sequence": {"N": str(entry.sequence)}, ":hash": {"S": entry.hash}, **values,
                },
            }
        }  # fmt: skip
        text = compact(entry.to_json())
        row = rows.item(engine_keys.HISTORY, engine_keys.entry(entry.sequence), text)
        actions = [head, put_once(self._table, row)]
        if once:
            told = {"pk": {"S": engine_keys.told_once(once)}, "sk": {"S": engine_keys.TOLD}}
            actions.append(put_once(self._table, {**told, "sequence": {"N": str(entry.sequence)}}))
        return actions

    def _entry(self, sequence: int) -> Entry | None:
        key = engine_keys.entry(sequence)
        return next(self._between(key, key), None)

    def _between(self, first: str, last: str, *, newest_first: bool = False) -> Iterator[Entry]:
        return map(_entry, self._items(first, last, newest_first=newest_first))

    def _items(self, first: str, last: str, *, newest_first: bool = False) -> Iterator[Mapping[str, Any]]:
        query: dict[str, Any] = {
            "TableName": self._table, "ConsistentRead": True, "Limit": _PAGE, "ScanIndexForward": not newest_first,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": {"S": engine_keys.HISTORY}, ":first": {"S": first}, ":last": {"S": last},
            },
        }  # fmt: skip
        while True:
            with reading():
                page = self._client.query(**query)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _entry(item: Mapping[str, Any]) -> Entry:
    return Entry.from_json(json.loads(item["data"]["S"]))

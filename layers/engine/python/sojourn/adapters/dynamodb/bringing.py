"""Brings rows from the place of a customer who became another to the place of the other: a few in each transaction.

A row is put there and deleted here at once, so that it is in one of both places at every instant. Two may do it at the
same time, and one that died is gone on with by the next: whatever a row's condition refuses has been done already.
Rows that tell something to the table's stream carry a mark (`keys.MOVED`), as they were told where they were first.
What an event in quarantine is listed by names its place, so that such an event stays.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.changes import NEW, Actions
from sojourn.adapters.dynamodb.failures import FAILED_CONDITION, reading, reasons_of, refusal
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.sizes import ACTIONS_LIMIT, ITEM_LIMIT, TRANSACTION_LIMIT, item_size
from sojourn.adapters.json_text import compact
from sojourn.application.ports import Clock
from sojourn.domain.customer.rows import Run
from sojourn.errors import Conflict, Throttled, TransientError

TOGETHER = (ACTIONS_LIMIT - 1) // 2
"""So many rows one transaction brings: each is put and deleted, and there is one to ask who stays."""
LARGE = TRANSACTION_LIMIT * 3 // 4
ATTEMPTS = 6
PAUSE = 0.05
"""Seconds: after the n-th attempt that came to nothing, up to this times two to the power of n pass."""
STAYS = "attribute_exists(pk) AND attribute_not_exists(merged_into) AND attribute_not_exists(erasing)"
THERE = "attribute_exists(pk)"
UNREAD = "attribute_exists(pk) AND attribute_not_exists(read_at)"


@dataclass(slots=True)
class _Row:
    """A row on its way.

    Args:
        copy: as it is to be there; None where it is only taken away.
        condition: what must hold of it here, so that it is what was read.
    """

    key: Item
    copy: Item | None
    condition: str = THERE
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = item_size(self.key) + (item_size(self.copy) if self.copy else 0)


class Bringing:
    """Brings the rows of one customer to another.

    Args:
        client: `boto3.client("dynamodb")`.
    """

    def __init__(self, client: Any, table: str, clock: Clock, source: str, into: str) -> None:
        self._client, self._table, self._clock = client, table, clock
        self._source, self._into = source, into
        self._from, self._to = keys.customer(source), keys.customer(into)

    def bring(self, most: int, stop: Callable[[Run], None]) -> bool:
        """Bring so many rows at most; say whether those were all. See `Customers.bring`."""
        brought, batch, left_alone = 0, list[_Row](), False
        for item in self._rows():
            row = self._row(item, stop)
            if row is None:
                continue
            if brought >= most:
                return False
            if len(batch) == TOGETHER or sum(one.size for one in batch) + row.size > LARGE:
                left_alone |= self._write(batch)
                batch = []
            batch.append(row)
            brought += 1
        if batch:
            left_alone |= self._write(batch)
        return not left_alone

    def _rows(self) -> Iterator[Item]:
        query: dict[str, Any] = {
            "TableName": self._table, "KeyConditionExpression": "pk = :pk", "ConsistentRead": True,
            "ExpressionAttributeValues": {":pk": {"S": self._from}},
        }  # fmt: skip
        while True:
            with reading():
                page = self._client.query(**query)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _row(self, item: Item, stop: Callable[[Run], None]) -> _Row | None:
        """Return what is to be done with a row; None where it stays."""
        sort_key = item["sk"]["S"]
        key = {"pk": item["pk"], "sk": item["sk"]}
        if sort_key.startswith(keys.HOT):
            if keys.MOVED not in item:
                return None
            if "data" in item:
                stop(rows.row(Run, item))
            return _Row(key, None)
        if sort_key.startswith(keys.QUARANTINE):
            return None
        copy = {**item, "pk": {"S": self._to}}
        if sort_key.startswith((keys.LEDGER, keys.SENDS)):
            told = {**json.loads(item["data"]["S"]), "customer": self._into}
            copy |= {"data": {"S": compact(told)}, keys.MOVED: item.get(keys.MOVED, item["pk"])}
        if sort_key.startswith(keys.LEDGER):
            copy["sk"] = {"S": keys.ledger_moved(sort_key, self._source)}
        if item_size(copy) > ITEM_LIMIT:
            return None  # with its mark it would be too large; here it is found by whoever erases or exports
        unread = sort_key.startswith(keys.INBOX) and "read_at" not in item
        return _Row(key, copy, UNREAD if unread else THERE)

    def _write(self, batch: list[_Row]) -> bool:
        """Bring these rows; say whether one must be looked at again, because somebody wrote it meanwhile."""
        left, left_alone = batch, False
        attempt = 0
        while left:
            actions, places = self._actions(left)
            try:
                self._client.transact_write_items(TransactItems=actions.all)
            except (ClientError, BotoCoreError) as error:
                reasons = reasons_of(error)
                if FAILED_CONDITION in reasons:
                    left, changed = self._without_done(left, places, reasons)
                    left_alone |= changed
                    continue
                attempt += 1
                outcome = refusal(error, self._source, actions.items)
                if attempt == ATTEMPTS or not isinstance(outcome, Conflict | TransientError):
                    raise self._given_up(outcome, error) from error
                self._clock.pause(PAUSE * 2**attempt * random.uniform(0.5, 1.0))
            else:
                return left_alone
        return left_alone

    def _actions(self, batch: list[_Row]) -> tuple[Actions, list[tuple[_Row, str]]]:
        """Return the actions, and of each which row it is about, and how."""
        actions, places = Actions(0), list[tuple[_Row, str]]()
        if any(row.copy for row in batch):
            actions.check(self._table, {"pk": {"S": self._to}, "sk": {"S": keys.PROFILE}}, STAYS)
            places.append((batch[0], "stays"))
        for row in batch:
            if row.copy is not None:
                actions.put(self._table, row.copy, NEW)
                places.append((row, "put"))
            actions.delete(self._table, row.key, row.condition)
            places.append((row, "delete"))
        return actions, places

    def _without_done(
        self, batch: list[_Row], places: list[tuple[_Row, str]], reasons: list[str]
    ) -> tuple[list[_Row], bool]:
        """Return what is still to be done of a refused batch, and whether a row was written by somebody meanwhile."""
        failed = {
            (id(row), how) for (row, how), why in zip(places, reasons, strict=True) if why == FAILED_CONDITION
        }
        if any(how == "stays" for _, how in failed):
            raise Conflict(f"{self._into} became somebody else, or is no more")
        left = [row for row in batch if (id(row), "delete") not in failed]
        for row in left:
            if (id(row), "put") in failed:
                row.copy = None
        return left, any(row.condition == UNREAD for row in batch if row not in left)

    @staticmethod
    def _given_up(outcome: Exception, error: Exception) -> Exception:
        """Return what to raise: whoever is overtaken here need not read the customer again, but come again."""
        if isinstance(outcome, Throttled):
            return outcome
        return TransientError(str(error)) if isinstance(outcome, Conflict) else outcome

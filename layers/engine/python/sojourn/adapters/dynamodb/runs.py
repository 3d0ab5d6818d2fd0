"""The runs of a journey that go on, listed by the index `by_part`: for whoever ends, resumes or moves all of them.

The index follows the table by an instant: a run that begins just now may be missing, and one that ended just now may
still be there. So whoever walks reads each customer anew, and closes the entrance first where none may be left. A run
whose row an earlier release wrote last is listed from its next step on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sojourn.adapters.dynamodb import keys, parts, rows
from sojourn.adapters.dynamodb.failures import reading
from sojourn.domain.customer.rows import Run

_PAGE = 500
"""Runs that are listed at a time: some 50 kB of keys."""
AT_ONCE = 100
"""So many items BatchGetItem reads."""
PARTS = parts.RUN_PARTS
"""A journey's runs are walked through in so many parts, numbered from 0."""


class ActiveRuns:
    """The active runs in one table.

    Args:
        client: `boto3.client("dynamodb")`.
    """

    def __init__(self, client: Any, table: str, page: int = _PAGE) -> None:
        self._client = client
        self._table = table
        self._page = page

    def of(self, journey: str, part: int, after: str = "") -> Iterator[tuple[str, str]]:
        """Yield customer and key of the active runs in a part of a journey's, always in the same order.

        Args:
            part: from 0 up to `PARTS`.
            after: the place (see `place`) after which to go on, whether that run still is active or not; "" for all.

        Raises:
            TransientError: the table does not answer.
        """
        query: dict[str, Any] = {
            "TableName": self._table, "IndexName": parts.INDEX, "KeyConditionExpression": "#part = :part",
            "Limit": self._page, "ExpressionAttributeNames": {"#part": parts.PART},
            "ExpressionAttributeValues": {":part": {"S": parts.runs_of(journey, part)}},
        }  # fmt: skip
        if after:
            customer, key = keys.parts(after)
            query["ExclusiveStartKey"] = {
                "pk": {"S": keys.customer(customer)}, "sk": {"S": keys.run(journey, key)},
                parts.PART: {"S": parts.runs_of(journey, part)},
            }  # fmt: skip
        while True:
            with reading():
                answer = self._client.query(**query)
            for item in answer["Items"]:
                yield parts.customer_of(item["pk"]["S"]), keys.parts(item["sk"]["S"])[3]
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def in_turn(self, journey: str) -> Iterator[tuple[str, str]]:
        """Yield customer and key of a journey's active runs, one of each part after the other: a sample of all alike.

        Raises:
            TransientError: the table does not answer.
        """
        left = [self.of(journey, part) for part in range(PARTS)]
        while left:
            for listed in list(left):
                one = next(listed, None)
                if one is None:
                    left.remove(listed)
                else:
                    yield one

    def rows(self, journey: str, listed: Sequence[tuple[str, str]]) -> Iterator[Run]:
        """Yield the runs that were listed, as they are now, in any order; one that is no more is left out.

        Args:
            listed: customer and key of `AT_ONCE` runs at most.

        Raises:
            TransientError: the table does not answer.
        """
        wanted = [
            {"pk": {"S": keys.customer(customer)}, "sk": {"S": keys.run(journey, key)}}
            for customer, key in listed
        ]
        left: Any = {self._table: {"Keys": wanted}} if wanted else {}
        while left:
            with reading():
                answer = self._client.batch_get_item(RequestItems=left)
            for item in answer["Responses"].get(self._table, ()):
                if "data" in item and keys.MOVED not in item:
                    yield rows.row(Run, item)
            left = answer.get("UnprocessedKeys")


def place(customer: str, key: str) -> str:
    """Return the place of a run in its part, as a strand of the work may note it."""
    return keys.joined(customer, key)

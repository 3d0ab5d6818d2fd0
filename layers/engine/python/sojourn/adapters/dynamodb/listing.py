"""Lists all customers, by the part of them that each is in: an index has them, and nothing but their keys.

Who was written before there was that index is listed after a first daily sweep (`sweeps`), or with their next event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sojourn.adapters.dynamodb import keys, parts
from sojourn.adapters.dynamodb.failures import reading

_PAGE = 1_000


class CustomerListing:
    """The customers of one table; `client` is a DynamoDB client."""

    def __init__(self, client: Any, table: str, page: int = _PAGE) -> None:
        self._client = client
        self._table = table
        self._page = page

    def customers_after(self, part: int, after: str) -> Iterator[str]:
        """Yield a part's customers that come after one, always in the same order; they may be gone by then."""
        name = {"S": parts.name_of(part)}
        query: dict[str, Any] = {
            "IndexName": parts.INDEX, "KeyConditionExpression": "#part = :part", "Limit": self._page,
            "ExpressionAttributeNames": {"#part": parts.PART}, "ExpressionAttributeValues": {":part": name},
        }  # fmt: skip
        if after:
            query["ExclusiveStartKey"] = {
                "pk": {"S": keys.customer(after)}, "sk": {"S": keys.PROFILE}, parts.PART: name,
            }  # fmt: skip
        while True:
            with reading():
                answer = self._client.query(TableName=self._table, **query)
            for item in answer["Items"]:
                yield parts.customer_of(item["pk"]["S"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

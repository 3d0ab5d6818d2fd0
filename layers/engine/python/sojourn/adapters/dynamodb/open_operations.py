"""Operations that are not over, however long ago they were asked for: an audience may be entered for days.

Their rows have a part until they end, by which the index `by_part` lists them. The index follows the table by an
instant, and lacks what an earlier release wrote and nobody has taken up since; so the latest are looked at besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.adapters.dynamodb import parts
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.dynamodb.operation_rows import key_of, operation_of
from sojourn.adapters.dynamodb.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.application.publishing import Operation

LATEST = 50
AT_ONCE = 100
"""So many items BatchGetItem reads."""


def open_operations(client: Any, table: str) -> tuple[Operation, ...]:
    """Return them, the newest first.

    Args:
        client: `boto3.client("dynamodb")`.

    Raises:
        TransientError: the table does not answer.
    """
    found = [*Operations(client, table).list(LATEST)]
    latest = {key_of(one.id)["sk"]["S"] for one in found}
    keys = [key for key in _listed(client, table) if key["sk"]["S"] not in latest]
    for first in range(0, len(keys), AT_ONCE):
        found += _read(client, table, keys[first : first + AT_ONCE])
    return tuple(sorted((one for one in found if not one.is_over), key=lambda one: one.id, reverse=True))


def _listed(client: Any, table: str) -> Iterator[Mapping[str, Any]]:
    asked: dict[str, Any] = {
        "TableName": table, "IndexName": parts.INDEX, "KeyConditionExpression": "#part = :part",
        "ExpressionAttributeNames": {"#part": parts.PART},
        "ExpressionAttributeValues": {":part": {"S": parts.OPERATIONS}},
    }  # fmt: skip
    while True:
        with reading():
            page = client.query(**asked)
        for item in page["Items"]:
            yield {"pk": item["pk"], "sk": item["sk"]}
        if "LastEvaluatedKey" not in page:
            return
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _read(client: Any, table: str, keys: list[Mapping[str, Any]]) -> Iterator[Operation]:
    left: Any = {table: {"Keys": keys, "ConsistentRead": True}}
    while left:
        with reading():
            answer = client.batch_get_item(RequestItems=left)
        yield from map(operation_of, answer["Responses"].get(table, ()))
        left = answer.get("UnprocessedKeys")

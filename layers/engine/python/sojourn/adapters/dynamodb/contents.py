"""Compiled messages, read from the table when a function first sends them. Content never changes, so it is kept."""

from __future__ import annotations

import gzip
import json
from typing import Any

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.dynamodb.published import too_large
from sojourn.adapters.dynamodb.recent import Recent
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.sizes import ITEM_LIMIT, item_size
from sojourn.domain.compile.compiled import canonical
from sojourn.domain.message.compiled import CompiledMessage


class DynamoContents:
    """Messages by digest.

    Args:
        client: `boto3.client("dynamodb")`.
        keep: bytes of JSON of the messages that are kept in memory.
    """

    def __init__(self, client: Any, table: str, keep: int = 16_000_000) -> None:
        self._client = client
        self._table = table
        self._kept: Recent[str, CompiledMessage] = Recent(keep)

    def get(self, digest: str) -> CompiledMessage:
        """Return the message.

        Raises:
            LookupError: none of this digest was registered.
            TransientError: the table does not answer.
        """
        if digest in self._kept:
            return self._kept[digest]
        for consistent in (False, True):
            with reading():
                answer = self._client.get_item(
                    TableName=self._table, Key=content_key(digest), ConsistentRead=consistent
                )
            if "Item" in answer:
                message, size = content(answer["Item"]["content"]["B"])
                return self._kept.keep(digest, message, size)
        raise LookupError(f"no message with digest {digest} was registered in table {self._table}")


def content_item(message: CompiledMessage) -> Item:
    """Return the item of a message's content: its JSON, compressed; the same bytes for the same content.

    Raises:
        AuthorError: it is more than a row takes.
    """
    packed = gzip.compress(canonical(message.to_json()).encode(), mtime=0)
    item: Item = {**content_key(message.digest), "content": {"B": packed}}
    if (size := item_size(item)) > ITEM_LIMIT:
        shorter = "take embedded images and fonts out of it, and link to them"
        raise too_large(f'message "{message.name}", compressed,', size, shorter)
    return item


def content(packed: bytes) -> tuple[CompiledMessage, int]:
    """Return the message that an item's content says, and how many bytes its JSON has."""
    text = gzip.decompress(packed)
    return CompiledMessage.from_json(json.loads(text)), len(text)


def content_key(digest: str) -> Item:
    """Return the key of a message's content."""
    return {"pk": {"S": engine_keys.message(digest)}, "sk": {"S": engine_keys.CONTENT}}

"""Keeps sources in the table: each by its name, and by the hash of its write key, which is all that is kept of that.

`functions/track` may read the second row alone, by the hash; both are written, and deleted, at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from hmac import compare_digest
from typing import Any

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.together import Action
from sojourn.adapters.json_text import compact
from sojourn.adapters.transient_errors import trying_again
from sojourn.application.sources import Source, SourceError
from sojourn.domain.time.instants import iso


class DynamoSources:
    """The sources of a deployment.

    Args:
        client: `boto3.client("dynamodb")`.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, digest: str) -> Source | None:
        """Return the source whose write key has this hash; None where there is none, or no more.

        Raises:
            TransientError: the table cannot be read just now.
        """
        with trying_again("GetItem"):
            # A key that was revoked a moment ago is revoked.
            answer = self._client.get_item(
                TableName=self._table,
                Key=_key(engine_keys.write_key(digest), engine_keys.KEY),
                ConsistentRead=True,
            )
        said = json.loads(answer["Item"]["data"]["S"]) if "Item" in answer else None
        return _source(said) if said and compare_digest(said["digest"], digest) else None

    def all(self) -> list[Source]:
        """Return all sources by name."""
        return [_source(said) for said in self._all()]

    def add(self, source: Source, digest: str) -> None:
        """Add a source with the hash of its write key.

        Raises:
            SourceError: there is one of that name.
        """
        try:
            self._client.transact_write_items(TransactItems=self.adding(source, digest))
        except self._client.exceptions.TransactionCanceledException as error:
            if not any(
                why.get("Code") == "ConditionalCheckFailed" for why in error.response["CancellationReasons"]
            ):
                raise
            raise taken(source.name) from None

    def adding(self, source: Source, digest: str) -> list[Action]:
        """Return what adds a source, for a transaction; it fails where there is one of that name."""
        data = {
            "name": source.name, "rights": sorted(source.rights), "since": iso(source.since), "digest": digest,
        }  # fmt: skip
        return [
            {
                "Put": {
                    "TableName": self._table, "Item": {**place, "data": {"S": compact(data)}},
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for place in _places(source.name, digest)
        ]  # fmt: skip

    def revoke(self, name: str) -> None:
        """Take a source's write key away, and the source with it.

        Raises:
            SourceError: there is none of that name.
        """
        self._client.transact_write_items(TransactItems=self.revoking(name))

    def revoking(self, name: str) -> list[Action]:
        """Return what takes a source away, for a transaction; it fails where another is there by then.

        Raises:
            SourceError: there is none of that name.
        """
        found = next((said for said in self._all() if said["name"] == name), None)
        if found is None:
            raise SourceError(f'there is no source "{name[:40]}"')
        listed, keyed = _places(name, found["digest"])
        same_key = {
            "ConditionExpression": "contains(#data, :digest)", "ExpressionAttributeNames": {"#data": "data"},
            "ExpressionAttributeValues": {":digest": {"S": found["digest"]}},
        }  # fmt: skip
        return [
            {"Delete": {"TableName": self._table, "Key": listed, **same_key}},
            {"Delete": {"TableName": self._table, "Key": keyed}},
        ]

    def _all(self) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": engine_keys.SOURCES}},
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                yield json.loads(item["data"]["S"])


def taken(name: str) -> SourceError:
    """Return what is raised where a name is another source's."""
    return SourceError(f'there is a source "{name}": revoke it first, or give the new one another name')


def _places(name: str, digest: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return where a source is listed, and where it is found by its key."""
    return (
        _key(engine_keys.SOURCES, engine_keys.source(name)),
        _key(engine_keys.write_key(digest), engine_keys.KEY),
    )


def _key(partition: str, sort_key: str) -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": sort_key}}


def _source(said: dict[str, Any]) -> Source:
    return Source(said["name"], frozenset(said["rights"]), datetime.fromisoformat(said["since"]))

"""Lets moto's table answer in milliseconds: its transactions copy all of it for each action, its queries read it all.

Here only the rows that a transaction names are kept aside, and put back where it is cancelled; and a query looks at
its partition. It reaches into moto (5.2.5) at `DynamoDBBackend.transact_write_items` and `Table.query`; `test_cloud.py`
fails where these have moved.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from sojourn.adapters.dynamodb import parts
from tests.support.aws_table import REGION


def _copied(value: Any) -> Any:
    return value if isinstance(value, Table) else copy.deepcopy(value)


def _transact(original: Any) -> Any:
    def transact_write_items(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        kept = []
        for action in transact_items:
            (said,) = action.values()
            table = backend.tables[said["TableName"]]
            named = said.get("Key") or said["Item"]
            place = (DynamoType(named["pk"]), DynamoType(named["sk"]))
            kept.append((table, place, copy.deepcopy(table.items.get(place[0], {}).get(place[1]))))
        shards = [table.stream_shard for table in backend.tables.values() if table.stream_shard is not None]
        told = [(shard, len(shard.items)) for shard in shards]
        try:
            original(backend, transact_items)
        except Exception:
            for table, (partition, sort_key), item in kept:
                if item is not None:
                    table.items[partition][sort_key] = item
                else:
                    table.items.get(partition, {}).pop(sort_key, None)
            for shard, length in told:
                del shard.items[length:]
            raise

    return transact_write_items


def _query(original: Any) -> Any:
    def query(table: Table, hash_key: DynamoType, *args: Any, **said: Any) -> Any:
        if parts.INDEX in args:
            # That index goes by something else than the partition.
            return original(table, hash_key, *args, **said)
        everything = table.items
        table.items = defaultdict(dict, {hash_key: everything[hash_key]} if hash_key in everything else {})
        try:
            return original(table, hash_key, *args, **said)
        finally:
            table.items = everything

    return query


@contextmanager
def quick_transactions() -> Iterator[None]:
    """Let transactions copy only what they write, and queries look only where it is, while the block lasts."""
    original = DynamoDBBackend.transact_write_items
    spared = SimpleNamespace(deepcopy=_copied, copy=copy.copy)
    with (
        patch.object(DynamoDBBackend, "transact_write_items", _transact(original)),
        patch.object(models, "copy", spared),
        patch.object(Table, "query", _query(Table.query)),
    ):
        yield


class Kept:
    """A table as it is now, to come back to: a story begins where the deployment ended."""

    def __init__(self, name: str) -> None:
        self._table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name]
        self._rows = {place: dict(rows) for place, rows in copy.deepcopy(dict(self._table.items)).items()}

    def again(self) -> None:
        """Put all rows back, and forget what the stream told."""
        self._table.items.clear()
        for place, rows in self._rows.items():
            self._table.items[place] = copy.deepcopy(rows)
        del self._table.stream_shard.items[:]

    def rows(self) -> list[dict[str, Any]]:
        """Return all rows as they are now, in the order of their keys."""
        found = [
            item.to_json()["Attributes"] for rows in self._table.items.values() for item in rows.values()
        ]
        return sorted(copy.deepcopy(found), key=lambda row: (row["pk"]["S"], row["sk"]["S"]))

    def stream(self, since: int) -> list[dict[str, Any]]:
        """Return what the stream tells from that record on, as a function is given it."""
        return [
            {
                **record,
                "dynamodb": {
                    **record["dynamodb"],
                    "ApproximateCreationDateTime": record["dynamodb"][
                        "ApproximateCreationDateTime"
                    ].timestamp(),
                },
            }
            for record in (item.to_json() for item in self._table.stream_shard.items[since:])
        ]

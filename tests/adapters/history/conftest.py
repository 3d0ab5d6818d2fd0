from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.history import History
from sojourn.application.publishing import Entry
from tests.support.aws_table import aws_table, items

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA, BEN = "arn:aws:iam::1:user/ana", "arn:aws:iam::1:user/ben"


class Room:
    """A table with an account in it."""

    def __init__(self, client: Any, table: str) -> None:
        self.client, self.table = client, table
        self.pauses: list[float] = []
        self.history = self.through(client)

    def through(self, client: Any) -> History:
        return History(client, self.table, self.pauses.append)

    def entries(self) -> list[dict[str, Any]]:
        """Return the rows of the entries, the first first."""
        found = items(self.client, self.table)
        return [
            item for item in found if item["pk"]["S"] == engine_keys.HISTORY and item["sk"]["S"][0].isdigit()
        ]

    def put(self, sequence: int, item: dict[str, Any]) -> None:
        """Put what somebody made of an entry at a place, without asking."""
        place = {"pk": {"S": engine_keys.HISTORY}, "sk": {"S": engine_keys.entry(sequence)}}
        self.client.put_item(TableName=self.table, Item={**item, **place})

    def take(self, sequence: int) -> None:
        place = {"pk": {"S": engine_keys.HISTORY}, "sk": {"S": engine_keys.entry(sequence)}}
        self.client.delete_item(TableName=self.table, Key=place)

    def tell(self, count: int) -> list[Entry]:
        return [
            self.history.add(
                NOON + timedelta(minutes=n), ANA, "published", f"j{n % 3}", f"number {n}", {"n": n}
            )
            for n in range(count)
        ]


@pytest.fixture
def room() -> Iterator[Room]:
    with aws_table() as (client, table):
        yield Room(client, table)

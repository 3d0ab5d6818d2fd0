"""How far the schedules of journeys were looked through, in one row of the table (`application.occurrences`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sojourn.adapters.dynamodb.engine_keys import HEAD, SCHEDULES
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.json_text import compact
from sojourn.application.occurrences import Looked

_KEY = {"pk": {"S": SCHEDULES}, "sk": {"S": HEAD}}


class DynamoSchedules:
    """The row of one table; `client` is a DynamoDB client. Two who write it at once tell of the same times."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def read(self) -> dict[str, Looked] | None:
        """Return how far was looked, by journey; None where nobody ever did."""
        with reading():
            answer = self._client.get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        item = answer.get("Item")
        if item is None:
            return None
        told = json.loads(item["looked"]["S"])
        return {
            name: Looked(schedule, datetime.fromisoformat(until)) for name, (schedule, until) in told.items()
        }

    def write(self, looked: Mapping[str, Looked]) -> None:
        """Note how far was looked."""
        told = {name: [one.schedule, one.until.isoformat()] for name, one in looked.items()}
        with reading():
            self._client.put_item(TableName=self._table, Item={**_KEY, "looked": {"S": compact(told)}})

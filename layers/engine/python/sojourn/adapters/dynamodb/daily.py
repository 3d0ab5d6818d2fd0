"""Reads what a journey did by day: entries, goals, steps passed, messages. Counted by `counters`, exactly once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.counters import counters_of, generations_of, place_of
from sojourn.adapters.transient_errors import trying_again


def daily(
    client: Any, table: str, journey: str, days: int, *, until: date, version: str | None = None
) -> Mapping[date, Mapping[str, int]]:
    """Return a journey's figures of the days before *until*, in order; a day on which nothing was counted is missing.

    Args:
        client: `boto3.client("dynamodb")`.
        days: how many days, of UTC; figures are kept for sixty.
        until: the first day that is left out: today, which is not over, or tomorrow to have today as far as it is.
        version: only what runs of this version did; all versions' by default. A step without an id of its own may be
            another one in another version.

    Returns:
        By day, the figures by name: `entered`, `goal`, `passed@<step>`, `sent.<channel>@<step>`, `path.<path>@<step>`
        (`sojourn.domain.change.figures` reads them).

    Raises:
        TransientError: the table does not answer.
    """
    with trying_again("Query"):
        generation = generations_of(client, table).current
        pages = client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": engine_keys.counts(journey)},
                ":first": {
                    "S": engine_keys.days_from((until - timedelta(days=days)).isoformat(), generation)
                },
                ":last": {"S": engine_keys.days_from(until.isoformat(), generation)},
            },
            ConsistentRead=True,
        )
        items = [item for page in pages for item in page["Items"]]
    found: dict[date, Counter[str]] = {}
    for item in items:
        place = place_of(item)[1]
        if version in (None, place.version):
            found.setdefault(date.fromisoformat(place.day), Counter()).update(counters_of(item))
    return {day: dict(figures) for day, figures in found.items() if figures}

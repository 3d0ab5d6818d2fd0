"""Counters in the table: each change is counted once, however often and in whatever order it is delivered.

A transaction puts a marker for each change, if there is none, and adds what these changes come to. So either both are
written or neither; where a marker exists, that change is left out and the rest is counted. Sums commute, so order
does not matter. Markers expire after three days, when no stream holds their change any more (it keeps one day).
Figures by day are counted in the same transaction, in one row a version and day, and expire too (`daily` reads them).

Counters stand in a generation, which a head row names. While a new generation is built (`recount`), the head names
that one too, and everything is counted in both. The head is read after the changes were received: whoever reads it
before a rebuild began has only changes that were committed before, and those the rebuild reads itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys, keys
from sojourn.adapters.dynamodb.sizes import ACTIONS_LIMIT
from sojourn.adapters.transient_errors import code_of, trying_again
from sojourn.application.counting import Counted, Deltas, Place, added
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Clock

MARKERS_KEPT = timedelta(days=3)
DAYS_KEPT = timedelta(days=60)
"""Figures by day: forecasts look back four weeks, and a month earlier is what one compares with."""
ATTEMPTS = 8
NAMES_LIMIT = 100
"""Counters that one update adds to, as a day has those of all steps: DynamoDB takes 300 operators and 4 KB."""
LONGEST_PAUSE = 1.0
"""Seconds. Two functions that count in one row are in each other's way for some hundredths of that."""
_EXISTS = "ConditionalCheckFailed"
_BUSY = frozenset(
    (
        "TransactionConflict", "TransactionConflictException", "TransactionInProgressException", "ThrottlingError",
        "ProvisionedThroughputExceeded",
    )
)  # fmt: skip
"""What passes, besides what every service says: codes of errors, and of why an action was refused."""


@dataclass(frozen=True, slots=True)
class Generations:
    """Which counters are read, and which are being built beside them (0: none)."""

    current: int = 1
    building: int = 0

    @property
    def all(self) -> tuple[int, ...]:
        """Those in which a change is counted."""
        return (self.current, self.building) if self.building else (self.current,)


class DynamoCounters:
    """Counts changes in the table.

    Args:
        client: `boto3.client("dynamodb")`.
        clock: says when markers expire, and waits where others are counting in the same rows.
    """

    def __init__(self, client: Any, table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def count(self, changes: Sequence[Counted]) -> int:
        """Count changes; return how many of them had been counted before.

        Raises:
            TransientError: the table is busy, and not all are counted; counting all of them again is safe.
        """
        generations = generations_of(self._client, self._table)
        for generation in generations.all[1:]:
            self.count_in(generation, changes)
        return self.count_in(generations.current, changes)

    def count_in(self, generation: int, changes: Sequence[Counted]) -> int:
        """Count changes in one generation; return how many of them had been counted there before."""
        unique = {change.id: change for change in changes if change.deltas}
        twice = sum(1 for change in changes if change.deltas) - len(unique)
        parts = [part for change in unique.values() for part in _parts(change)]
        return twice + sum(self._write(generation, chunk) for chunk in _chunks(parts))

    def _write(self, generation: int, chunk: list[Counted]) -> int:
        known = 0
        attempt = 0
        while chunk:
            reasons = self._refused(generation, chunk)
            if reasons is None:
                break
            seen = {place for place, reason in enumerate(reasons[: len(chunk)]) if reason == _EXISTS}
            if seen:
                known += len(seen)
                chunk = [change for place, change in enumerate(chunk) if place not in seen]
                continue
            attempt += 1
            if attempt == ATTEMPTS:
                raise TransientError(f"counters: {', '.join(sorted(set(reasons)))}")
            self._clock.pause(random.uniform(0, min(LONGEST_PAUSE, 0.02 * 2**attempt)))
        return known

    def _refused(self, generation: int, chunk: list[Counted]) -> list[str] | None:
        """Write a chunk; return why each action was refused ("None" for those that were not), None if none was.

        Raises:
            TransientError: the table is busy in another way.
        """
        try:
            with trying_again("TransactWriteItems"):
                self._client.transact_write_items(TransactItems=self._actions(generation, chunk))
        except ClientError as error:
            code = code_of(error)
            if code == "TransactionCanceledException":
                reasons = [str(one.get("Code", "None")) for one in error.response["CancellationReasons"]]
            elif code in _BUSY:
                reasons = [code]
            else:
                raise
            if not set(reasons) & {_EXISTS, *_BUSY}:
                raise
            return reasons
        return None

    def _actions(self, generation: int, chunk: list[Counted]) -> list[dict[str, Any]]:
        expires = str(int((self._clock.now() + MARKERS_KEPT).timestamp()))
        markers = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": {
                        "pk": {"S": engine_keys.record(f"{change.id}.{generation}")},
                        "sk": {"S": engine_keys.SEEN},
                        "expires": {"N": expires},
                    },
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for change in chunk
        ]
        total = added(change.deltas for change in chunk)
        return markers + [
            {"Update": {"TableName": self._table, **addition(generation, place, counters)}}
            for place, counters in total.items()
        ]


def generations_of(client: Any, table: str) -> Generations:
    """Read which generations there are."""
    with trying_again("GetItem"):
        answer = client.get_item(TableName=table, Key=head_key(), ConsistentRead=True)
    found = answer.get("Item", {})
    numbers = {name: int(found[name]["N"]) for name in ("current", "building") if name in found}
    return Generations(**numbers)


def head_key() -> dict[str, Any]:
    """Return the key of the row that names the generations."""
    return {"pk": {"S": engine_keys.COUNTS}, "sk": {"S": engine_keys.HEAD}}


def counter_key(generation: int, place: Place) -> dict[str, Any]:
    """Return the key of a place's counters."""
    if place.day:
        sort_key = engine_keys.count_of_day(place.day, place.version, generation)
    else:
        sort_key = engine_keys.count(place.version, place.step, generation)
    return {"pk": {"S": engine_keys.counts(place.journey)}, "sk": {"S": sort_key}}


def place_of(item: Mapping[str, Any]) -> tuple[int, Place]:
    """Return which counters an item holds: their generation and place."""
    journey, sort_key = keys.parts(item["pk"]["S"])[2], item["sk"]["S"]
    if sort_key.startswith(engine_keys.DAYS):
        _, generation, day, version = keys.parts(sort_key)
        return int(generation), Place(journey, version, "", day)
    generation, version, step = keys.parts(sort_key)
    return int(generation), Place(journey, version, step)


def addition(generation: int, place: Place, counters: Mapping[str, int]) -> dict[str, Any]:
    """Return what adds to a place's counters, as parameters of an update."""
    names = sorted(counters)
    update: dict[str, Any] = {
        "Key": counter_key(generation, place),
        "UpdateExpression": "ADD " + ", ".join(f"#{n} :{n}" for n in range(len(names))),
        "ExpressionAttributeNames": {f"#{n}": name for n, name in enumerate(names)},
        "ExpressionAttributeValues": {f":{n}": {"N": str(counters[name])} for n, name in enumerate(names)},
    }
    if place.day:
        update["UpdateExpression"] += " SET expires = :expires"
        update["ExpressionAttributeValues"][":expires"] = {"N": str(_expires(place.day))}
    return update


def counts(client: Any, table: str, journey: str) -> Deltas:
    """Return a journey's counters by place; one that came back to zero is left out."""
    prefix = engine_keys.generation_of(generations_of(client, table).current)
    found: Deltas = {}
    for item in rows_of(client, table, journey, prefix):
        if counters := counters_of(item):
            found[place_of(item)[1]] = counters
    return found


def counters_of(item: Mapping[str, Any]) -> dict[str, int]:
    """Return the counters that an item holds, without those that came back to zero."""
    return {
        name: int(value["N"])
        for name, value in item.items()
        if name != "expires" and "N" in value and value["N"] != "0"
    }


def is_kept(day: str, now: datetime) -> bool:
    """Say whether figures of a day have not expired."""
    return _expires(day) > now.timestamp()


def under_way(client: Any, table: str, journey: str) -> int:
    """Return how many runs of a journey have not ended, over all its versions, as far as `export` has come.

    Raises:
        TransientError: the table does not answer.
    """
    with trying_again("Query"):
        return sum(counters.get("active", 0) for counters in counts(client, table, journey).values())


def rows_of(client: Any, table: str, journey: str, prefix: str = "") -> Iterator[Mapping[str, Any]]:
    """Yield the items of a journey's counters whose sort key begins with *prefix*."""
    condition, values = "pk = :pk", {":pk": {"S": engine_keys.counts(journey)}}
    if prefix:
        condition, values = f"{condition} AND begins_with(sk, :sk)", {**values, ":sk": {"S": prefix}}
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    for page in pages:
        yield from page["Items"]


def _parts(change: Counted) -> Iterator[Counted]:
    """Yield a change in pieces that a transaction has room for: nearly always the one."""
    room, numbers = ACTIONS_LIMIT - 1, count()
    longest = max((len(counters) for counters in change.deltas.values()), default=0)
    for first in range(0, longest, NAMES_LIMIT):
        pieces = {
            place: {name: counters[name] for name in sorted(counters)[first : first + NAMES_LIMIT]}
            for place, counters in sorted(change.deltas.items())
            if len(counters) > first
        }
        places = list(pieces)
        for start in range(0, len(places), room):
            number = next(numbers)
            deltas = {place: pieces[place] for place in places[start : start + room]}
            yield Counted(f"{change.id}/{number}" if number else change.id, deltas)


def _chunks(changes: Sequence[Counted]) -> Iterator[list[Counted]]:
    """Yield as many changes as fit into one transaction: an action for each, and one for each place they count at."""
    chunk: list[Counted] = []
    names: dict[Place, set[str]] = {}
    for change in changes:
        places = names.keys() | change.deltas.keys()
        full = len(chunk) + 1 + len(places) > ACTIONS_LIMIT or any(
            len(names.get(place, set()) | counters.keys()) > NAMES_LIMIT
            for place, counters in change.deltas.items()
        )
        if chunk and full:
            yield chunk
            chunk, names = [], {}
        chunk.append(change)
        for place, counters in change.deltas.items():
            names.setdefault(place, set()).update(counters)
    if chunk:
        yield chunk


def _expires(day: str) -> int:
    """Return when figures of a day expire, in epoch seconds."""
    return int((datetime.fromisoformat(day).replace(tzinfo=UTC) + DAYS_KEPT).timestamp())

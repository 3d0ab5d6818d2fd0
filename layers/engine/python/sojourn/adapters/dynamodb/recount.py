"""Builds the counters anew from the table, while traffic goes on.

A new generation is announced in the head, and from then on functions count in both (`counters`). Then the whole table
is scanned. What a customer's ledger tells is counted in the new generation: what is so young that the stream may
still deliver it with a marker, so that it counts once by whichever way it comes first; what is older without one.
Ledger rows expire, so `now` and `active` are set right by the runs' own rows: what they say, less what the moves told
that are still there, is what the expired ones came to; it does not change while traffic goes on. At last the head
names the new generation alone, and the rows of others are deleted. A rebuild that dies leaves the old counters as
they were; the next one begins again, under a further number.

What it cannot know: sums over rows that expired, and over customers who were erased, are gone; so counters that only
grow cover what the ledger still holds, and figures by day that have expired do not come back. A customer erased during
the scan may stay in `now`, or be taken off it twice; one who becomes another meanwhile may be missed, or counted twice.
A transaction that is being written at the very instant its customer is read may be seen in part, where no revision
shows it: the window is milliseconds, its effect one customer one step off. Another rebuild mends all of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys, keys, rows
from sojourn.adapters.dynamodb.counters import (
    DynamoCounters,
    generations_of,
    head_key,
    is_kept,
    place_of,
    rows_of,
)
from sojourn.adapters.dynamodb.stream import committed
from sojourn.adapters.transient_errors import code_of
from sojourn.application.counting import Counted, Deltas, Place, added, counted
from sojourn.domain.customer.rows import Run
from sojourn.errors import Conflict, TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Clock

STREAM_KEEPS = timedelta(hours=25)
"""A ledger row older than this is in no stream any more: DynamoDB keeps a day, and clocks differ."""
SEGMENTS = 4
READINGS = 5
"""How often a customer is read who is written all the time."""
TOGETHER = 500


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild did.

    Args:
        customers: customers read; commits: ledger rows counted; places: where counters stand now.
    """

    generation: int
    customers: int = 0
    commits: int = 0
    places: int = 0


@dataclass(slots=True)
class _Found:
    """What one segment of the table came to."""

    old: Deltas = field(default_factory=dict)
    customers: int = 0
    commits: int = 0
    journeys: set[str] = field(default_factory=set)


def rebuild_counters(client: Any, table: str, clock: Clock, *, segments: int = SEGMENTS) -> Rebuilt:
    """Count everything anew in a further generation, then let it be the one that is read.

    Args:
        client: `boto3.client("dynamodb")`; it is used by as many threads as there are segments.

    Raises:
        Conflict: another rebuild began meanwhile, or has a higher number.
        TransientError: the table is busy; begin again.
    """
    generation = _announce(client, table)
    recount = _Recount(client, table, clock, generation, segments)
    with ThreadPoolExecutor(segments) as pool:
        found = list(pool.map(recount.segment, range(segments)))
    total = added(one.old for one in found)
    recount.counters.count_in(generation, [Counted("recount", total)])
    journeys = {place.journey for place in total}.union(*(one.journeys for one in found))
    _set_head(
        client,
        table,
        "SET #current = :new REMOVE #building",
        "#building = :new",
        {":new": {"N": str(generation)}},
    )
    places = sum(_tidied(client, table, journey, generation) for journey in journeys)
    customers, commits = sum(one.customers for one in found), sum(one.commits for one in found)
    return Rebuilt(generation, customers, commits, places)


def _announce(client: Any, table: str) -> int:
    """Let everybody count in a further generation from now on; return its number."""
    known = generations_of(client, table)
    generation = max(known.all) + 1
    numbers = {":now": {"N": str(known.current)}, ":new": {"N": str(generation)}}
    unchanged = "(attribute_not_exists(#current) OR #current = :now)"
    condition = f"{unchanged} AND (attribute_not_exists(#building) OR #building < :new)"
    _set_head(client, table, "SET #current = :now, #building = :new", condition, numbers)
    return generation


def _set_head(client: Any, table: str, change: str, condition: str, values: Mapping[str, Any]) -> None:
    names = {name: name[1:] for name in ("#current", "#building")}
    try:
        client.update_item(
            TableName=table, Key=head_key(), UpdateExpression=change, ConditionExpression=condition,
            ExpressionAttributeNames=names, ExpressionAttributeValues=values,
        )  # fmt: skip
    except ClientError as error:
        if code_of(error) == "ConditionalCheckFailedException":
            raise Conflict("another rebuild of the counters has begun") from error
        raise


@dataclass(slots=True)
class _Recount:
    client: Any
    table: str
    clock: Clock
    generation: int
    segments: int
    counters: DynamoCounters = field(init=False)
    since: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.counters = DynamoCounters(self.client, self.table, self.clock)
        self.since = self.clock.now() - STREAM_KEEPS

    def segment(self, number: int) -> _Found:
        """Count what one segment of the table tells."""
        found = _Found()
        young: list[Counted] = []
        # A scan reads one partition after the other, each by its sort keys.
        for partition, items in groupby(self._scan(number), key=lambda item: str(item["pk"]["S"])):
            if partition.startswith(engine_keys.counts("")):
                found.journeys |= {place_of(item)[1].journey for item in items}
                continue
            rows_now = list(items)
            for _ in range(READINGS):
                if _is_whole(rows_now):
                    break
                rows_now = self._customer(partition)
            else:
                raise TransientError(f"{partition} changes too often to be counted: begin again")
            young += self._counted(rows_now, found)
            if len(young) >= TOGETHER:
                self.counters.count_in(self.generation, young)
                young.clear()
        self.counters.count_in(self.generation, young)
        return found

    def _counted(self, items: list[Mapping[str, Any]], found: _Found) -> list[Counted]:
        """Count a customer; return what must be counted with a marker, and add the rest to what was found."""
        if not items or items[0]["sk"]["S"] != keys.PROFILE:
            return []
        commits = [committed(item) for item in items if item["sk"]["S"].startswith(keys.LEDGER)]
        runs = [
            rows.row(Run, item)
            for item in items
            if item["sk"]["S"].startswith(keys.RUNS) and keys.MOVED not in item
        ]
        told = {one.id: counted(one) for one in commits}
        young = [told[one.id] for one in commits if one.at >= self.since]
        old = [self._kept(told[one.id].deltas) for one in commits if one.at < self.since]
        found.old = added([found.old, *old, _forgotten(runs, added(one.deltas for one in told.values()))])
        found.customers += 1
        found.commits += len(commits)
        return young

    def _kept(self, deltas: Mapping[Place, Mapping[str, int]]) -> Mapping[Place, Mapping[str, int]]:
        """Return what is counted of a change that may be of a day whose figures have expired."""
        now = self.clock.now()
        return {place: by for place, by in deltas.items() if not place.day or is_kept(place.day, now)}

    def _scan(self, segment: int) -> Iterator[Mapping[str, Any]]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table,
            ConsistentRead=True,
            Segment=segment,
            TotalSegments=self.segments,
            FilterExpression="sk = :profile OR begins_with(sk, :runs) OR begins_with(sk, :ledger)"
            " OR begins_with(pk, :counts)",
            ProjectionExpression="pk, sk, #data, revision, moved",
            ExpressionAttributeNames={"#data": "data"},
            ExpressionAttributeValues={
                ":profile": {"S": keys.PROFILE}, ":runs": {"S": keys.RUNS}, ":ledger": {"S": keys.LEDGER},
                ":counts": {"S": engine_keys.counts("")},
            },
        )  # fmt: skip
        for page in pages:
            yield from page["Items"]

    def _customer(self, partition: str) -> list[Mapping[str, Any]]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table, ConsistentRead=True, KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
        )  # fmt: skip
        return [item for page in pages for item in page["Items"]]


def _is_whole(items: list[Mapping[str, Any]]) -> bool:
    """Say whether nothing shows that the customer was written between reading their first row and their last."""
    if not items or items[0]["sk"]["S"] != keys.PROFILE:
        return True
    revision = rows.revision(items[0])
    return all(_revision(item) <= revision for item in items)


def _revision(item: Mapping[str, Any]) -> int:
    sort_key = item["sk"]["S"]
    if keys.MOVED in item and sort_key.startswith(keys.LEDGER):
        return 0  # by another customer's revisions
    return (
        int(keys.parts(sort_key)[2])
        if sort_key.startswith(keys.LEDGER)
        else int(item.get("revision", {"N": 0})["N"])
    )


def _forgotten(runs: list[Run], told: Mapping[Place, Mapping[str, int]]) -> Deltas:
    """Return what runs add to `now` and `active` that is not told by the ledger rows which are left."""
    truth: Deltas = {}
    for run in runs:
        if run.active:
            places = [(Place(run.journey, run.version, step), "now") for step in run.at.values()]
            for place, name in [*places, (Place(run.journey, run.version), "active")]:
                truth = added([truth, {place: {name: 1}}])
    less = {
        place: {name: -counters[name] for name in ("now", "active") if name in counters}
        for place, counters in told.items()
    }
    return added([truth, less])


def _tidied(client: Any, table: str, journey: str, generation: int) -> int:
    """Delete a journey's counters of earlier generations; return how many steps have counters in this one."""
    places = 0
    for item in list(rows_of(client, table, journey)):
        number, place = place_of(item)
        places += number == generation and not place.day
        if number < generation:
            client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
    return places

"""Everything about one customer at once: to hand out what is kept of a person, and to take all of it away.

Erasing, step by step, so that it may crash anywhere and be repeated:

1. The profile's row is marked, and its revision moved on. Whoever read the customer before cannot write any more;
   whoever reads them now is told to come again (`TransientError`). So nobody writes while rows are taken away.
2. The executions of all runs are stopped. A task that is under way finds no run, and ends without a word.
3. Everybody who became this customer is erased in the same way: what was theirs is the customer's.
4. All rows but the profile's are deleted, until none is found; then the profile's, and with it the mark.

An event that arrives meanwhile waits in its queue and is delivered again. When the erasing is over it makes the
customer known anew, without a past: they have done something since. While an erasing that crashed is not repeated,
their events end in the dead-letter queue. Only the in-app inbox is written by somebody who does not read the customer:
a message put there in the last moment stays until it expires, or until they are erased again.

Nothing tells the ledger, as nothing may remain; what was removed is returned. What is kept outside of the table is
named in `OUTSIDE`: it goes by itself, or has to be seen to.
"""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import keys, parts, rows
from sojourn.adapters.dynamodb.failures import code, reading
from sojourn.adapters.dynamodb.quarantine import listing_key
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.same_customer import links_of, who_became, who_is
from sojourn.application.ports import Executions
from sojourn.domain.customer.rows import Run
from sojourn.domain.time.instants import iso
from sojourn.errors import Throttled, TransientError

T = TypeVar("T")
BATCH = 25
"""So many rows BatchWriteItem takes."""
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between repetitions of what DynamoDB had no room for."""
REASON = "erased"
"""What stopped executions are told."""

OUTSIDE: Mapping[str, str] = {
    "table backups": "point-in-time recovery goes back up to 35 days, and copies made by hand stay: erase again after"
    " restoring one",
    "table stream": "holds the deleted rows for 24 hours",
    "step functions": "the history of executions, with the customer's id and their steps' outcomes, goes 90 days after"
    " each ended",
    "queues": "events on their way, and those in dead-letter queues, up to 14 days",
    "exported lines": "what happened was written to the delivery bucket: delete the customer's lines there",
    "audience files": "files of customers, and the rows they were cut into, lie in the bucket of uploads for 30 days; a"
    " file that is entered after this makes the customer known anew",
    "logs": "ids in log lines go with the log groups' retention",
    "providers": "messages sent are with SES, SMS, push and WhatsApp providers, under their rules; addresses may stand"
    " on their suppression lists",
    "subscribers": "whoever listens to the bus or a webhook has what they were told",
}
"""Where else something about a customer may be, and what becomes of it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing a customer took away.

    Args:
        customer: who was erased: of somebody who became another, the other.
        removed: rows by kind: `profile`, `runs`, `waiters`, `events`, `sends`, `ledger`, `inbox`, `quarantined`,
            `merged` (who became them), `links` (from their addresses to them), `other`. A repetition after a crash
            counts what was left.
        stopped: the executions that were stopped.
        outside: see `OUTSIDE`.
        others: the ids of those who became this customer, and were erased with them.
    """

    customer: str
    removed: Mapping[str, int]
    stopped: tuple[str, ...] = ()
    outside: Mapping[str, str] = field(default_factory=lambda: OUTSIDE)
    others: tuple[str, ...] = ()


def export_customer(client: Any, table: str, customer: str) -> dict[str, Any]:
    """Return everything the table holds about a customer, as JSON can say it; rows past their time among it.

    Of somebody who became another it is everything about the other. Task tokens are left out: they are keys to running
    executions, and say nothing about anybody. What is written while this reads may be in it or not.

    Raises:
        TransientError: DynamoDB is busy or does not answer.
    """
    whole: dict[str, Any] = {
        "customer": customer, "profile": None, "runs": [], "waiters": [], "events": [], "sends": [], "ledger": [],
        "inbox": [], "quarantined": [], "merged": [], "links": [], "other": [],
    }  # fmt: skip

    def items(one: str) -> Iterator[Item]:
        return _items(client, table, keys.customer(one), time.sleep)

    whole["customer"] = who = who_is(items, customer)[-1]
    for item in (item for one in (who, *who_became(items, who)) for item in items(one)):
        kind = keys.kind(item["sk"]["S"])
        row = _readable(item)
        if kind == "profile":
            if item["pk"]["S"] == keys.customer(who):
                whole["profile"] = row
                whole["links"] = [key["pk"]["S"] for key in links_of(item)]
        elif kind in ("runs", "waiters") and keys.MOVED in item:
            continue
        elif kind == "other":
            whole["other"].append({"key": item["sk"]["S"], **row})
        else:
            row.pop("token", None)
            whole[kind].append(row)
    for kind in ("events", "sends"):
        whole[kind].sort(key=lambda row: row["at"])
    return whole


def erase_customer(
    client: Any, table: str, customer: str, executions: Executions, *, pause: Callable[[float], None] = time.sleep
) -> Erased:  # fmt: skip
    """Stop a customer's runs and delete every row about them; done twice it changes nothing.

    Raises:
        TransientError: something could not be reached; what is left is removed by calling this again.
    """

    def items(one: str) -> Iterator[Item]:
        return _items(client, table, keys.customer(one), pause)

    *before, who = who_is(items, customer)
    removed: Counter[str] = Counter()
    stopped: list[str] = []
    if next(iter(items(who)), None) is None:
        return Erased(who, removed)
    _mark(client, table, keys.customer(who), pause)
    others = [one for one in dict.fromkeys((*before, *who_became(items, who))) if one != who]
    for one in (*others, who):
        _erase(client, table, keys.customer(one), executions, pause, removed, stopped)
    return Erased(who, dict(removed), tuple(stopped), others=tuple(others))


def _erase(
    client: Any, table: str, partition: str, executions: Executions, pause: Callable[[float], None],
    removed: Counter[str], stopped: list[str],
) -> None:  # fmt: skip
    """Delete every row of one partition, and what leads to it."""
    profile = _mark(client, table, partition, pause)
    if "data" in profile:
        removed["profile"] += 1
    if links := links_of(profile):
        _delete(client, table, links, pause)
        removed["links"] += len(links)
    while found := _unless_over(_items(client, table, partition, pause)):
        for item in found:
            if item["sk"]["S"].startswith(keys.RUNS) and (run := _run(item)) is not None:
                executions.stop(run.journey, run.version, run.execution, REASON)
                stopped.append(run.execution)
        # First what an event in quarantine is listed by: it is only known from the event's own row.
        doomed = [*filter(None, map(listing_key, found)), *found]
        for first in range(0, len(doomed), BATCH):
            _delete(client, table, doomed[first : first + BATCH], pause)
        removed.update(keys.kind(item["sk"]["S"]) for item in found)
    _unmark(client, table, partition, pause)


def _run(item: Item) -> Run | None:
    """Return a run whose execution must be stopped; one that lost to another's is perhaps not stopped yet."""
    run = rows.row(Run, item) if "data" in item else None
    return run if run is not None and (run.active or keys.MOVED in item) else None


def _mark(client: Any, table: str, partition: str, pause: Callable[[float], None]) -> Mapping[str, Any]:
    """Keep everybody from writing the customer; return the profile's row as it was, empty where there was none."""
    answer: Mapping[str, Any] = _patiently(
        lambda: client.update_item(
            TableName=table,
            Key={"pk": {"S": partition}, "sk": {"S": keys.PROFILE}},
            UpdateExpression="SET erasing = :yes, revision = if_not_exists(revision, :zero) + :one",
            ExpressionAttributeValues={":yes": {"BOOL": True}, ":zero": {"N": "0"}, ":one": {"N": "1"}},
            ReturnValues="ALL_OLD",
        ),
        pause,
    )
    old: Mapping[str, Any] = answer.get("Attributes", {})
    return old


def _unless_over(items: Iterator[Item]) -> list[Item]:
    """Return all rows but the marked profile; none where another erasing took that: what is there now is new."""
    found = list(items)
    if not any("erasing" in item for item in found):
        return []
    return [item for item in found if item["sk"]["S"] != keys.PROFILE]


def _unmark(client: Any, table: str, partition: str, pause: Callable[[float], None]) -> None:
    """Delete the profile's row, if it is the marked one."""

    def delete() -> None:
        try:
            client.delete_item(
                TableName=table,
                Key={"pk": {"S": partition}, "sk": {"S": keys.PROFILE}},
                ConditionExpression="attribute_exists(erasing)",
            )
        except ClientError as error:
            if code(error) != "ConditionalCheckFailedException":
                raise

    _patiently(delete, pause)


def _items(client: Any, table: str, partition: str, pause: Callable[[float], None]) -> Iterator[Item]:
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": partition}},
        "ConsistentRead": True,
    }
    while True:
        answer = _patiently(lambda: client.query(**request), pause)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _delete(client: Any, table: str, items: list[Item], pause: Callable[[float], None]) -> None:
    """Delete up to 25 rows; those that DynamoDB had no room for are asked for again."""
    left = [{"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}} for item in items]

    def delete() -> None:
        left[:] = (
            client.batch_write_item(RequestItems={table: left}).get("UnprocessedItems", {}).get(table, [])
        )
        if left:
            raise Throttled(f"{len(left)} rows were not deleted yet")

    _patiently(delete, pause)


def _patiently(call: Callable[[], T], pause: Callable[[float], None]) -> T:
    """Call, and call again while it may help; what is called does no harm when it is done twice."""
    for seconds in PAUSES:
        try:
            with reading():
                return call()
        except TransientError:
            pause(seconds)
    with reading():
        return call()


def _readable(item: Item) -> dict[str, Any]:
    """Return an item's row, and what stands beside it, in words that JSON has."""
    row: dict[str, Any] = json.loads(item["data"]["S"]) if "data" in item else {}
    for name, value in item.items():
        if name == "expires":
            row[name] = iso(datetime.fromtimestamp(int(value["N"]), UTC))
        elif name == "recent":
            row[name] = json.loads(value["S"])
        elif name not in ("pk", "sk", "data", keys.INDEX, parts.PART, "revision"):
            row[name] = _plain(value)
    return row


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, held),) = value.items()
    if kind == "N":
        return json.loads(held)
    if kind == "B":
        return base64.b64encode(held).decode()
    if kind == "L":
        return [_plain(one) for one in held]
    if kind == "M":
        return {name: _plain(one) for name, one in held.items()}
    if kind in ("SS", "NS", "BS"):
        return [_plain({kind[0]: one}) for one in held]
    return None if kind == "NULL" else held

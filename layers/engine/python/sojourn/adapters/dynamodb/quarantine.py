"""Keeps events aside that are not as the tracking plan says, until somebody replays or drops them, or they expire.

An event is a row among its customer's own, so that whoever erases the customer finds it, and a row of the day on
which it came, by which it is listed. Both are written together and expire together.

A replay marks the row before the event goes on the bus, and takes it away afterwards only if the mark is still there:
an event that comes back at once has taken the mark off, and stays. A replay that dies in between leaves it listed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys, keys, rows
from sojourn.adapters.dynamodb.failures import FAILED_CONDITION, code, reading, reasons_of
from sojourn.adapters.dynamodb.same_customer import who_became
from sojourn.adapters.dynamodb.together import Refused, unless_overtaken
from sojourn.adapters.json_text import compact
from sojourn.application.quarantine import Quarantined
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Clock

DAYS = 30
AT_MOST = 100
"""So many events are read at once by whom they are of: as many rows as BatchGetItem takes."""
READINGS = 30
"""So often is asked for what there was no room for in an answer."""
AT_ONCE = 200
"""So many rows of a day are read with one call: most who list look at the first few."""
_NOT_HIDDEN = "attribute_not_exists(pk) OR attribute_exists(replayed)"


@dataclass(frozen=True, slots=True)
class Listed:
    """An event in quarantine, as a list shows it; see `Quarantined`.

    Args:
        customer: whose it was when it came; it is kept under that id, whoever they became since.
        happened: when it did, as it says itself; it came later where it was put again. "" of rows of before.
    """

    customer: str
    id: str
    name: str
    received: datetime
    reasons: tuple[str, ...]
    happened: str = ""


class DynamoQuarantine:
    """The quarantine of one table.

    Args:
        client: `boto3.client("dynamodb")`.
        days: for how many days an event is kept.
    """

    def __init__(self, client: Any, table: str, clock: Clock, days: int = DAYS) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._days = days

    def put(self, event: Quarantined) -> bool:
        """Keep an event; say whether it was not kept already.

        Raises:
            TransientError: DynamoDB is busy or does not answer, or the customer is just being erased.
        """
        expires = ceil((event.received + timedelta(days=self._days)).timestamp())
        partition, listed = (
            keys.customer(event.customer),
            engine_keys.quarantine_listed(event.received, event.customer, event.id),
        )
        day = engine_keys.quarantine(event.received.date())
        said = {
            "customer": event.customer, "id": event.id, "name": event.name,
            "received": keys.instant(event.received), "reasons": list(event.reasons),
            "happened": str(event.detail.get("time", "")),
        }  # fmt: skip
        actions = [
            # While somebody takes the customer's rows away, nobody adds one that would be left over.
            {
                "ConditionCheck": {
                    "TableName": self._table, "Key": _key(partition, keys.PROFILE),
                    "ConditionExpression": "attribute_not_exists(erasing)",
                }
            },
            {
                "Put": {
                    "TableName": self._table, "ConditionExpression": _NOT_HIDDEN,
                    "Item": rows.item(
                        partition, keys.quarantined(event.id), compact({**said, "detail": event.detail}), expires,
                        listed=listed, day=day,
                    ),
                }
            },
            {"Put": {"TableName": self._table, "Item": rows.item(day, listed, compact(said), expires)}},
        ]  # fmt: skip
        with reading():
            try:
                self._client.transact_write_items(TransactItems=actions)
            except ClientError as error:
                reasons = reasons_of(error)
                if reasons and reasons[0] == FAILED_CONDITION:
                    raise TransientError(f"{event.customer} is being erased") from error
                if reasons and reasons[1] == FAILED_CONDITION:
                    return False
                if reasons:
                    raise TransientError(f"PutItem: {', '.join(reasons)}") from error
                raise
        return True

    def listed(self, since: datetime, until: datetime) -> Iterator[Listed]:
        """Yield what came from *since* on and before *until*, oldest first; read as far as somebody asks for it."""
        day = since.date()
        while day <= until.date():
            yield from self._of_day(day, since, until)
            day += timedelta(days=1)

    def whose(self, customer: str) -> frozenset[str]:
        """Return under which ids a customer's events are kept: their own, and those of everybody who became them."""
        return frozenset((customer, *who_became(self._merged, customer)))

    def _merged(self, customer: str) -> Iterator[rows.Item]:
        query: dict[str, Any] = {
            "TableName": self._table, "KeyConditionExpression": "pk = :pk AND begins_with(sk, :merged)",
            "ExpressionAttributeValues": {":pk": {"S": keys.customer(customer)}, ":merged": {"S": keys.MERGED}},
        }  # fmt: skip
        return self._items(query)

    def _items(self, query: dict[str, Any]) -> Iterator[rows.Item]:
        """Yield what a query finds, a page after the other: whoever stops early reads no further."""
        while True:
            with reading():
                page = self._client.query(**query)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def found(self, listed: Listed) -> Quarantined | None:
        """Return an event; None where it is gone meanwhile."""
        with reading():
            item = self._client.get_item(
                TableName=self._table, Key=self._key_of(listed), ConsistentRead=True
            ).get("Item")
        return None if item is None else _event(item)

    def these(self, named: Sequence[tuple[str, str]]) -> list[Listed]:
        """Return those of these events that are there, in the same order.

        Args:
            named: under whose id each is kept, and its own id; up to `AT_MOST`, each once.

        Raises:
            TransientError: DynamoDB is busy or does not answer.
        """
        wanted = [_key(keys.customer(customer), keys.quarantined(id_)) for customer, id_ in named]
        asked: dict[str, Any] = {self._table: {"Keys": wanted, "ConsistentRead": True}}
        found: dict[tuple[str, str], Listed] = {}
        now = self._clock.now()
        for _ in range(READINGS):
            with reading():
                answer = self._client.batch_get_item(RequestItems=asked)
            for item in answer["Responses"][self._table]:
                if not rows.expired(item, now):
                    one = _listed(json.loads(item["data"]["S"]))
                    found[item["pk"]["S"], item["sk"]["S"]] = one
            asked = answer.get("UnprocessedKeys", {})
            if not asked:
                break
        else:
            raise TransientError("BatchGetItem: not all is read")
        places = ((key["pk"]["S"], key["sk"]["S"]) for key in wanted)
        return [found[place] for place in places if place in found]

    def mark(self, listed: Listed, replay: str) -> Quarantined | None:
        """Mark an event as going on the bus again, by *replay*, and return it; None where it is gone meanwhile."""
        try:
            with reading():
                item = self._client.update_item(
                    TableName=self._table, Key=self._key_of(listed), UpdateExpression="SET replayed = :replay",
                    ConditionExpression="attribute_exists(pk)", ReturnValues="ALL_NEW",
                    ExpressionAttributeValues={":replay": {"S": replay}},
                )["Attributes"]  # fmt: skip
        except TransientError as error:
            if code(error.__cause__) == "ConditionalCheckFailedException":
                return None
            raise
        return _event(item)

    def remove(self, listed: Listed, replay: str | None = None) -> None:
        """Take an event away, and from the list; after a *replay* only from the list where it has come back.

        Raises:
            Conflict: somebody else does something with it just now.
            TransientError: DynamoDB is busy or does not answer.
        """
        pointer = {
            "TableName": self._table,
            "Key": _key(
                engine_keys.quarantine(listed.received.date()),
                engine_keys.quarantine_listed(listed.received, listed.customer, listed.id),
            ),
        }
        event: dict[str, Any] = {"TableName": self._table, "Key": self._key_of(listed)}
        if replay is not None:
            event["ConditionExpression"] = "replayed = :replay"
            event["ExpressionAttributeValues"] = {":replay": {"S": replay}}
        try:
            # Together: what is listed and not there could be taken off the list by nobody.
            with unless_overtaken(f"{listed.customer} is just being written", bound=0):
                self._client.transact_write_items(TransactItems=[{"Delete": event}, {"Delete": pointer}])
        except Refused:
            with reading():
                self._client.delete_item(**pointer)

    def _of_day(self, day: date, since: datetime, until: datetime) -> Iterator[Listed]:
        query: dict[str, Any] = {
            "TableName": self._table, "Limit": AT_ONCE,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :since AND :until",
            "ExpressionAttributeValues": {
                ":pk": {"S": engine_keys.quarantine(day)},
                ":since": {"S": keys.instant(since)}, ":until": {"S": keys.instant(until)},
            },
        }  # fmt: skip
        now = self._clock.now()
        for item in self._items(query):
            if not rows.expired(item, now):
                yield _listed(json.loads(item["data"]["S"]))

    def _key_of(self, listed: Listed) -> rows.Item:
        return _key(keys.customer(listed.customer), keys.quarantined(listed.id))


def listing_key(item: Mapping[str, Any]) -> rows.Item | None:
    """Return the key of the row by which an event is listed, given the event's own item; None for any other item."""
    return _key(item["day"]["S"], item["listed"]["S"]) if "listed" in item else None


def _key(partition: str, sort_key: str) -> rows.Item:
    return {"pk": {"S": partition}, "sk": {"S": sort_key}}


def _listed(said: Mapping[str, Any]) -> Listed:
    return Listed(
        said["customer"],
        said["id"],
        said["name"],
        datetime.fromisoformat(said["received"]),
        tuple(said["reasons"]),
        said.get("happened", ""),
    )


def _event(item: Mapping[str, Any]) -> Quarantined:
    said = json.loads(item["data"]["S"])
    one = _listed(said)
    return Quarantined(one.customer, one.id, one.name, one.received, one.reasons, said["detail"])

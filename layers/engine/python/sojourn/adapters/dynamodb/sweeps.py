"""Where the daily sweep of segments is, in the table, and the customers that it goes through.

A sweep has as many strands as customers have parts. Each strand's row says after which customer it goes on, and is
moved on under the condition that nobody moved it meanwhile: of two who work at one strand, one finds that out and
stops. The head knows the strands that are left. With the last one the sweep is complete, and only then does the next
one ask what has changed since it *began*; so a sweep that is given up, or overtaken by the next, loses nobody.

Customers are found by the index `by_part`. Rows that were written before there was one lack what it lists them by:
until a first sweep is complete, the table itself is read instead, once, and they are put right on the way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sojourn.adapters.dynamodb import engine_keys, keys, parts
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.json_text import compact

_HEAD = {"pk": {"S": engine_keys.SWEEP}, "sk": {"S": engine_keys.HEAD}}
_PAGE = 500
"""Customers that are listed at a time: some 25 kB of keys."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep.

    Args:
        id: the instant for which it was scheduled, as text; a later sweep's is larger.
        begun: when it began.
        asks: what it asks: segment -> a word that changes with what the segment asks.
        left: the parts of the customers that are left.
        since: when the last one began that was completed; None where none was.
        asked: what that one asked.
        whole: the table itself is read.
        done: it is complete.
    """

    id: str
    begun: datetime
    asks: Mapping[str, str]
    left: frozenset[int]
    since: datetime | None
    asked: Mapping[str, str]
    whole: bool
    done: bool

    @property
    def new(self) -> frozenset[str]:
        """The segments that nobody was asked about yet, as they are now."""
        return frozenset(name for name, word in self.asks.items() if self.asked.get(name) != word)


class Sweeps:
    """The sweeps of one table; `client` is `boto3.client("dynamodb")`."""

    def __init__(self, client: Any, table: str, page: int = _PAGE) -> None:
        self._client = client
        self._table = table
        self._page = page

    def read(self) -> Sweep | None:
        """Return the sweep that began last; None where none ever did."""
        with reading():
            answer = self._client.get_item(TableName=self._table, Key=_HEAD, ConsistentRead=True)
        return _sweep(answer.get("Item", {}))

    def begin(self, sweep_id: str, now: datetime, asks: Mapping[str, str]) -> Sweep | None:
        """Begin a sweep, in place of an earlier one that is not complete; None where a later one has begun.

        Asked for again, it returns the sweep as it is.
        """
        strands = [parts.name_of(number) for number in range(parts.PARTS)]
        with suppress(_Refused):
            self._update(
                _HEAD,
                "SET sweep = :sweep, begun = :begun, asks = :asks, #left = :left REMOVE done",
                "attribute_not_exists(sweep) OR sweep < :sweep",
                {
                    ":sweep": {"S": sweep_id}, ":begun": {"S": keys.instant(now)}, ":asks": {"S": compact(asks)},
                    ":left": {"SS": strands},
                },
                {"#left": "left"},
            )  # fmt: skip
        sweep = self.read()
        return sweep if sweep is not None and sweep.id == sweep_id else None

    def forget(self) -> None:
        """Forget what was asked: there is no segment any more, so that one that comes is new to everybody."""
        with suppress(_Refused):
            self._update(_HEAD, "REMOVE asked", "attribute_exists(asked)", {})

    def place(self, sweep: Sweep, part: int) -> str:
        """Return after which customer a strand goes on; "" at its beginning."""
        with reading():
            answer = self._client.get_item(TableName=self._table, Key=_strand(part), ConsistentRead=True)
        item = answer.get("Item", {})
        return str(item["after"]["S"]) if item.get("sweep", {}).get("S") == sweep.id else ""

    def move(self, sweep: Sweep, part: int, before: str, after: str) -> bool:
        """Let a strand go on after a customer; return False where somebody else has moved it on from *before*."""
        values = {":sweep": {"S": sweep.id}, ":after": {"S": after}}
        condition = "attribute_not_exists(sweep) OR sweep < :sweep"
        if before:
            condition = "sweep = :sweep AND #after = :before"
            values[":before"] = {"S": before}
        try:
            self._update(
                _strand(part), "SET sweep = :sweep, #after = :after", condition, values, {"#after": "after"}
            )
        except _Refused:
            # It may have been this very call: botocore repeats one that was not answered.
            return self.place(sweep, part) == after
        return True

    def finish(self, sweep: Sweep, part: int) -> bool:
        """Say that a strand is at its end; return whether that was the last one, and the sweep is complete."""
        values = {":sweep": {"S": sweep.id}, ":part": {"SS": [parts.name_of(part)]}}
        with suppress(_Refused):
            self._update(_HEAD, "DELETE #left :part", "sweep = :sweep", values, {"#left": "left"})
        values = {
            ":sweep": {"S": sweep.id}, ":since": {"S": keys.instant(sweep.begun)},
            ":asked": {"S": compact(sweep.asks)}, ":yes": {"BOOL": True},
        }  # fmt: skip
        try:
            self._update(
                _HEAD,
                "SET since = :since, asked = :asked, listed = :yes, done = :yes",
                "sweep = :sweep AND attribute_not_exists(#left) AND attribute_not_exists(done)",
                values,
                {"#left": "left"},
            )
        except _Refused:
            return False
        return True

    def customers(self, sweep: Sweep, part: int, after: str) -> Iterator[str]:
        """Yield the customers of a part that come after one, always in the same order; they may be gone by then."""
        if sweep.whole:
            yield from self._in_table(part, after)
            return
        query: dict[str, Any] = {
            "IndexName": parts.INDEX, "KeyConditionExpression": "#part = :part", "Limit": self._page,
            "ExpressionAttributeNames": {"#part": parts.PART},
            "ExpressionAttributeValues": {":part": {"S": parts.name_of(part)}},
        }  # fmt: skip
        if after:
            query["ExclusiveStartKey"] = {**_profile(after), parts.PART: {"S": parts.name_of(part)}}
        for item in self._pages(self._client.query, query):
            yield parts.customer_of(item["pk"]["S"])

    def _in_table(self, part: int, after: str) -> Iterator[str]:
        """Yield the customers of a segment of the table, and let the index list each from now on."""
        scan: dict[str, Any] = {
            "TotalSegments": parts.PARTS, "Segment": part, "ProjectionExpression": "pk, #part",
            "FilterExpression": "sk = :profile", "ExpressionAttributeNames": {"#part": parts.PART},
            "ExpressionAttributeValues": {":profile": {"S": keys.PROFILE}},
        }  # fmt: skip
        if after:
            scan["ExclusiveStartKey"] = _profile(after)
        for item in self._pages(self._client.scan, scan):
            customer = parts.customer_of(item["pk"]["S"])
            if parts.PART not in item:
                with suppress(_Refused):
                    self._update(
                        _profile(customer), "SET #part = :part", "attribute_exists(pk)",
                        {":part": {"S": parts.name_of(parts.part_of(customer))}}, {"#part": parts.PART},
                    )  # fmt: skip
            yield customer

    def _pages(self, ask: Any, query: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        while True:
            with reading():
                answer = ask(TableName=self._table, **query)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _update(
        self, key: Mapping[str, Any], update: str, condition: str, values: Mapping[str, Any],
        names: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        asked: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        if names:
            asked["ExpressionAttributeNames"] = names
        with reading():
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    **asked,
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise _Refused from error


class _Refused(Exception):
    """A condition of ours did not hold."""


def _strand(part: int) -> dict[str, Any]:
    return {"pk": {"S": engine_keys.SWEEP}, "sk": {"S": parts.name_of(part)}}


def _profile(customer: str) -> dict[str, Any]:
    return {"pk": {"S": keys.customer(customer)}, "sk": {"S": keys.PROFILE}}


def _sweep(item: Mapping[str, Any]) -> Sweep | None:
    if "sweep" not in item:
        return None
    since = item.get("since", {}).get("S")
    return Sweep(
        id=item["sweep"]["S"],
        begun=datetime.fromisoformat(item["begun"]["S"]),
        asks=json.loads(item["asks"]["S"]),
        left=frozenset(int(name.rpartition("#")[2]) for name in item.get("left", {}).get("SS", ())),
        since=datetime.fromisoformat(since) if since else None,
        asked=json.loads(item.get("asked", {}).get("S", "{}")),
        whole="listed" not in item,
        done="done" in item,
    )

"""The customers' rows in DynamoDB: one query reads the hot rows, one transaction writes a change.

`changes` says what is written and under which conditions, `failures` what an error means, `keys` where rows are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.bringing import Bringing
from sojourn.adapters.dynamodb.changes import Actions, ReadFile, Writing
from sojourn.adapters.dynamodb.failures import CANCELLED, code, reading, refusal
from sojourn.adapters.dynamodb.keeping import Keep
from sojourn.adapters.dynamodb.merging import writing_of
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.sizes import ACTIONS_LIMIT
from sojourn.application.ports import Clock
from sojourn.domain.customer.identity import key_hash
from sojourn.domain.customer.rows import (
    Change,
    CustomerFile,
    Event,
    Merge,
    Profile,
    Run,
    Send,
    Unfinished,
    Waiter,
)
from sojourn.domain.decide.bounding import MOST_KNOWN_BY
from sojourn.errors import Throttled, TooLarge, TransientError

__all__ = ["DynamoCustomers", "Keep"]

PAUSES = (0.05, 0.1, 0.2)
"""Seconds before a transaction that DynamoDB cancelled for its load is asked for again: botocore does not."""


class DynamoCustomers:
    """Keeps customers in the table.

    Args:
        client: `boto3.client("dynamodb")`; its own repetitions do no harm, as every write has a condition.
    """

    def __init__(self, client: Any, table: str, clock: Clock, *, keep: Keep = Keep()) -> None:  # noqa: B008 - frozen
        self._client = client
        self._table = table
        self._clock = clock
        self._keep = keep

    def load(self, customer: str, *, leaving: bool = False) -> CustomerFile:
        """Return the hot rows of a customer, as they are now, in one query; an empty file for one never seen.

        Of one who became another, the other's: that is a query for each they became.

        Raises:
            TransientError: DynamoDB is busy or does not answer, or the customer is just being erased, or becoming
                another.
        """
        while True:
            file = self._load(customer)
            if not file.profile.merged_into:
                break
            customer = file.profile.merged_into
        if file.becoming and not leaving:
            raise TransientError(f"{customer} is just becoming {file.becoming}")
        return file

    def _load(self, customer: str) -> CustomerFile:
        now = self._clock.now()
        file = ReadFile(Profile(customer))
        runs: dict[tuple[str, str], Run] = {}
        waiters: dict[tuple[str, str], Waiter] = {}
        written: dict[str, int] = {}
        unfinished: Unfinished | None = None
        values = {":pk": {"S": keys.customer(customer)}, ":hot": {"S": keys.HOT}}
        for item in self._query("pk = :pk AND begins_with(sk, :hot)", values):
            sort_key = item["sk"]["S"]
            if rows.expired(item, now) or keys.MOVED in item:
                continue
            written[sort_key] = rows.revision(item)
            if sort_key == keys.PROFILE:
                if "erasing" in item:
                    raise TransientError(f"{customer} is being erased")
                file.profile = rows.row(Profile, item)
                file.revision = written[sort_key]
                file.recent = rows.recent_from(item["recent"]["S"]) if "recent" in item else ()
                file.becoming = item[keys.MERGING_INTO]["S"] if keys.MERGING_INTO in item else ""
            elif sort_key == keys.UNFINISHED:
                unfinished = rows.row(Unfinished, item)
            elif sort_key.startswith(keys.RUNS):
                run = rows.row(Run, item)
                runs[(run.journey, run.key)] = run
            elif sort_key.startswith(keys.WAITS):
                waiter = rows.row(Waiter, item)
                waiters[(waiter.run, waiter.step)] = waiter
        if file.revision:
            file.runs, file.waiters, file.written = runs, waiters, written
            file.unfinished = unfinished
        return file

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        """Write *change* in one transaction and return the file as it is now.

        Raises:
            EventKnown: the event was stored before, whoever else wrote.
            Conflict: somebody wrote since *file* was read, or the claimed send exists already; or no answer came,
                so that only reading again shows whether this was written.
            Throttled: DynamoDB is busy, and nothing was written.
            TooLarge: the change is larger than DynamoDB takes.
        """
        writing = Writing(self._table, self._keep, file, change, self._clock.now())
        actions = writing.actions()
        if len(actions.all) > ACTIONS_LIMIT:
            raise TooLarge(
                f'customer "{file.profile.id}": {len(actions.all)} rows would change at once, DynamoDB takes '
                f"{ACTIONS_LIMIT}: {len(change.runs)} runs, {len(change.waiters)} waits and {len(change.moved)} "
                "segment changes; let fewer runs of a journey go on at once, or react to events by their key"
            )
        self._write_patiently(actions, file.profile.id)
        return writing.after()

    def merge(self, merge: Merge) -> CustomerFile:
        """Write what makes one customer another in one transaction; return the file of the one who stays.

        Raises:
            Conflict: somebody wrote either since they were read, or no answer came.
            Throttled: DynamoDB is busy, and nothing was written.
            TooLarge: it is more than DynamoDB takes at once.
        """
        writing, actions = writing_of(self._table, self._keep, merge, self._clock.now())
        customer = merge.into.profile.id
        if len(actions.all) > ACTIONS_LIMIT:
            raise TooLarge(
                f'customer "{customer}": {len(actions.all)} rows would change at once for "{merge.source.profile.id}" '
                f"to become them, DynamoDB takes {ACTIONS_LIMIT}"
            )
        self._write_patiently(actions, customer)
        return writing.after()

    def bring(self, source: str, into: str, most: int, stop: Callable[[Run], None]) -> bool:
        """Bring over so many rows at most of what is left of somebody who became another; say whether that was all.

        Raises:
            Conflict: *into* became somebody else meanwhile, or is no more.
            TransientError: DynamoDB is busy, or others write these rows.
        """
        return Bringing(self._client, self._table, self._clock, source, into).bring(most, stop)

    def known_by(self, kind: str, value: str) -> Sequence[str]:
        """Return who has an address now, whoever had it first being the first: `MOST_KNOWN_BY` at most."""
        values = {":pk": {"S": keys.link(kind, key_hash(kind, value))}}
        read = islice(self._query("pk = :pk", values, Limit=MOST_KNOWN_BY), MOST_KNOWN_BY)
        found = sorted(read, key=lambda item: str(item["since"]["S"]))
        return [keys.linked(item["sk"]["S"]) for item in found]

    def _write_patiently(self, actions: Actions, customer: str) -> None:
        for pause in PAUSES:
            try:
                self._write(actions, customer)
            except Throttled as busy:
                if code(busy.__cause__) != CANCELLED:
                    raise
                self._clock.pause(random.uniform(pause / 2, pause))
            else:
                return
        self._write(actions, customer)

    def _write(self, actions: Actions, customer: str) -> None:
        try:
            if len(actions.all) == 1:
                # Alone, the profile's row needs no transaction, which costs twice as much.
                self._client.update_item(**actions.all[0]["Update"])
            else:
                self._client.transact_write_items(TransactItems=actions.all)
        except (ClientError, BotoCoreError) as error:
            outcome = refusal(error, customer, actions.items, actions.event)
            if outcome is error:
                raise
            raise outcome from error

    def events(
        self, customer: str, name: str, since: datetime | None = None, also: Sequence[str] = ()
    ) -> Sequence[Event]:
        """Return a customer's events of one name, by `at`, oldest first.

        Args:
            since: only what was received at that instant or later: what came before is not even read.
            also: whose events are just brought to this customer. Theirs are read first: none is missed on its way.
        """
        begins, ends = keys.by_name_between(name, since)
        condition = f"pk = :pk AND {keys.INDEX} BETWEEN :begins AND :ends"
        now, found = self._clock.now(), dict[str, Event]()
        for one in (*also, customer):
            values = {":pk": {"S": keys.customer(one)}, ":begins": {"S": begins}, ":ends": {"S": ends}}
            for item in self._query(condition, values, IndexName=keys.INDEX):
                if not rows.expired(item, now):
                    found[item["sk"]["S"]] = rows.row(Event, item)
        return sorted(found.values(), key=lambda event: event.at)

    def event(self, customer: str, event_id: str, also: Sequence[str] = ()) -> Event | None:
        """Return an event by its id, whatever it is called; arguments as above."""
        item = self._item((*also, customer), keys.event(event_id))
        return rows.row(Event, item) if item is not None else None

    def send(self, customer: str, send_id: str, also: Sequence[str] = ()) -> Send | None:
        """Return a send; arguments as above."""
        item = self._item((*also, customer), keys.send(send_id))
        return rows.row(Send, item) if item is not None else None

    def _item(self, customers: Sequence[str], sort_key: str) -> Item | None:
        """Return the first customer's row of a key who has one, as it is now."""
        for one in customers:
            key = {"pk": {"S": keys.customer(one)}, "sk": {"S": sort_key}}
            with reading():
                item: Item | None = self._client.get_item(
                    TableName=self._table, Key=key, ConsistentRead=True
                ).get("Item")
            if item is not None and not rows.expired(item, self._clock.now()):
                return item
        return None

    def _query(self, condition: str, values: Item, **further: Any) -> Iterator[Item]:
        """Yield what a strongly consistent query finds; it is asked on where one answer, 1 MB, does not hold it."""
        while True:
            with reading():
                answer = self._client.query(
                    TableName=self._table,
                    KeyConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ConsistentRead=True,
                    **further,
                )
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            further["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

"""Takes everything about one customer away, so that it may crash anywhere, or run out of time, and be repeated.

1. The profile's row is marked, and its revision moved on. Whoever read the customer before cannot write any more;
   whoever reads them now is told to come again (`TransientError`). So nobody writes while rows are taken away.
2. Everybody who became this customer is erased in the same way, those who became them first: what was theirs is the
   customer's. With each goes the row that leads to them. By whom somebody was asked for, if it was one of those, goes
   last: it leads to the customer.
3. The rows that one call reads are deleted, then the next, until only the profile's is found. The execution of a run
   is stopped before its row goes: a task that is under way finds no run, and ends without a word.
4. What leads to them by their addresses goes; then the profile's row, and with it the mark.

An event that arrives meanwhile waits in its queue and is delivered again. When the erasing is over it makes the
customer known anew, without a past: they have done something since. While an erasing that crashed is not repeated,
their events end in the dead-letter queue. Only the in-app inbox is written by somebody who does not read the customer:
a message put there in the last moment stays until it expires, or until they are erased again.

Nothing tells the ledger, as nothing may remain; what was removed is returned. What is kept outside of the table is
named in `erased.OUTSIDE`: it goes by itself, or has to be seen to.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.erased import Doomed, Erased
from sojourn.adapters.dynamodb.failures import code
from sojourn.adapters.dynamodb.partition import Partitions, in_batches
from sojourn.adapters.dynamodb.quarantine import listing_key
from sojourn.adapters.dynamodb.rows import Item
from sojourn.adapters.dynamodb.same_customer import links_of, who_is
from sojourn.adapters.dynamodb.together import Action
from sojourn.application.ports import Executions
from sojourn.domain.customer.rows import Run

REASON = "erased"
"""What stopped executions are told."""
FEW = 8
"""So many of those who became somebody are named before they are erased: there may be thousands."""
DEED = "erased_by"
"""The attribute of a profile's row that says, while it is marked, in which deed the customer is erased."""


def erase_customer(
    client: Any, table: str, customer: str, executions: Executions, *, pause: Callable[[float], None] = time.sleep
) -> Erased:  # fmt: skip
    """Stop a customer's runs and delete every row about them; done twice it changes nothing.

    Raises:
        TransientError: something could not be reached; what is left is removed by calling this again.
    """
    erasing = Erasing(client, table, executions, pause=pause)
    doomed = erasing.find(customer)
    return erasing.erase(doomed) if doomed is not None else Erased(customer, {})


class Erasing:
    """Erases customers of one table.

    Args:
        client: `boto3.client("dynamodb")`.
        has_time: whether there is time for more; asked after every few rows.
        pause: waits so many seconds.

    Every method raises TransientError where something cannot be reached: what was done is done, and the same call does
    the rest.
    """

    def __init__(
        self, client: Any, table: str, executions: Executions, has_time: Callable[[], bool] = lambda: True,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._client = client
        self._table = table
        self._executions = executions
        self._has_time = has_time
        self._all = Partitions(client, table, pause)

    def find(self, customer: str) -> Doomed | None:
        """Return whom erasing *customer* is about; None where there is no row about them."""
        deeds: list[str] = []

        def profile(one: str) -> Iterator[Item]:
            for item in self._all.rows(keys.customer(one), keys.PROFILE):
                if DEED in item:
                    deeds.append(item[DEED]["S"])
                yield item

        *before, who = who_is(profile, customer)
        if not before and not self._all.first_page(keys.customer(who)):
            return None
        became = map(_named, self._all.rows(keys.customer(who), keys.MERGED))
        others = tuple(islice((one for one in became if one != who and one not in before), FEW))
        # The customer is marked first; once their row is gone, whoever leads to them still says it.
        return Doomed(who, tuple(before), others, deeds[-1] if deeds else "")

    def erase(self, doomed: Doomed, deed: str = "") -> Erased:
        """Stop their runs and delete every row about them, as far as there is time.

        Args:
            deed: what this is done in; it is noted until all is done.
        """
        taken = _Taken(doomed, deed)
        persons = (doomed.customer, *doomed.before)
        for one in persons:
            self._mark(keys.customer(one), deed)
        finished = all(self._became(one, taken) for one in persons)
        # Whoever was asked for leads to the customer, so that one goes last, and the same call finds what is left.
        finished = finished and all(
            self._one(one, taken) for one in (doomed.customer, *reversed(doomed.before))
        )
        others = (*doomed.before, *taken.others)
        return Erased(
            doomed.customer, dict(taken.removed), tuple(taken.stopped), others=others, finished=finished
        )  # fmt: skip

    def _became(self, customer: str, taken: _Taken) -> bool:
        """Erase everybody who became a customer, those who became them first; say whether there was time for all."""
        way = [(customer, Item(), self._all.rows(keys.customer(customer), keys.MERGED))]
        while way:
            one, leads, became = way[-1]
            if (item := next(became, None)) is None:
                way.pop()
                if way and not (self._one(one, taken) and self._forget(one, leads, taken)):
                    return False
            elif (other := _named(item)) not in taken.seen:
                taken.seen.add(other)
                way.append((other, item, self._all.rows(keys.customer(other), keys.MERGED)))
        return True

    def _forget(self, one: str, leads: Item, taken: _Taken) -> bool:
        """Delete the row that leads to somebody who is erased; say whether there is time for more."""
        self._all.delete([leads])
        taken.removed["merged"] += 1
        taken.others.append(one)
        return self._has_time()

    def _one(self, customer: str, taken: _Taken) -> bool:
        """Delete every row of one customer, and what leads to them; say whether there was time for all of it."""
        partition, removed = keys.customer(customer), taken.removed
        links = links_of(self._mark(partition, taken.deed))
        while found := _unless_over(self._all.first_page(partition)):
            for batch in in_batches(found):
                for item in batch:
                    if item["sk"]["S"].startswith(keys.RUNS) and (run := _run(item)) is not None:
                        self._executions.stop(run.journey, run.version, run.execution, REASON)
                        taken.stopped.append(run.execution)
                # First what an event in quarantine is listed by: it is only known from the event's own row.
                doomed = [*filter(None, map(listing_key, batch)), *batch]
                for part in in_batches(doomed):
                    self._all.delete(part)
                removed.update(keys.kind(item["sk"]["S"]) for item in batch)
                if not self._has_time():
                    return False
        # Last: whoever knows no more than an address of theirs finds by it what an earlier call left.
        for part in in_batches(links):
            self._all.delete(part)
        # Who goes on with it does all of this again; so it is counted when it is over.
        gone = self._unmark(partition)
        if "data" in gone:
            removed["profile"] += 1
        if gone and links:
            removed["links"] += len(links)
        return True

    def beginning(self, doomed: Doomed, deed: str) -> Action:
        """Return what begins it, for a transaction: the customer is marked, so that nobody else writes them."""
        return {"Update": {"TableName": self._table, **_marking(keys.customer(doomed.customer), deed)}}

    def _mark(self, partition: str, deed: str) -> Item:
        """Keep everybody from writing the customer; return the profile's row as it was, empty where there was none."""
        answer: Mapping[str, Any] = self._all.patiently(
            lambda: self._client.update_item(
                TableName=self._table, ReturnValues="ALL_OLD", **_marking(partition, deed)
            )
        )
        old: Item = answer.get("Attributes", {})
        return old

    def _unmark(self, partition: str) -> Item:
        """Delete the profile's row, if it is the marked one; return it as it was, empty where it was not."""

        def delete() -> Item:
            try:
                gone: Item = self._client.delete_item(
                    TableName=self._table, Key={"pk": {"S": partition}, "sk": {"S": keys.PROFILE}},
                    ConditionExpression="attribute_exists(erasing)", ReturnValues="ALL_OLD",
                ).get("Attributes", {})  # fmt: skip
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise
                return {}
            return gone

        return self._all.patiently(delete)


class _Taken:
    """What one call took away so far.

    Args:
        deed: what it is done in.
    """

    def __init__(self, doomed: Doomed, deed: str) -> None:
        self.deed = deed
        self.removed: Counter[str] = Counter()
        self.stopped: list[str] = []
        self.others: list[str] = []
        self.seen = {doomed.customer, *doomed.before}


def _named(item: Item) -> str:
    """Return who became somebody, by the row that says it."""
    return keys.parts(item["sk"]["S"])[1]


def _marking(partition: str, deed: str) -> dict[str, Any]:
    """Return what DynamoDB is asked to mark a customer with."""
    noted = f", {DEED} = if_not_exists({DEED}, :deed)" if deed else ""
    values: Item = {":yes": {"BOOL": True}, ":zero": {"N": "0"}, ":one": {"N": "1"}}
    return {
        "Key": {"pk": {"S": partition}, "sk": {"S": keys.PROFILE}},
        "UpdateExpression": "SET erasing = :yes, revision = if_not_exists(revision, :zero) + :one" + noted,
        "ExpressionAttributeValues": values | ({":deed": {"S": deed}} if deed else {}),
    }


def _run(item: Item) -> Run | None:
    """Return a run whose execution must be stopped; one that lost to another's is perhaps not stopped yet."""
    run = rows.row(Run, item) if "data" in item else None
    return run if run is not None and (run.active or keys.MOVED in item) else None


def _unless_over(found: list[Item]) -> list[Item]:
    """Return all rows but the marked profile, which comes first of all; none where another erasing took that.

    What is there then is new.
    """
    if not any("erasing" in item for item in found):
        return []
    return [item for item in found if item["sk"]["S"] != keys.PROFILE]

"""Writes into the table what customers enter: versions and contents first, then one switch for all journeys at once.

A registration has three steps. It writes what never changes: contents of messages, versions of journeys; nobody looks
for them yet. Then it claims the head and writes the rows that change (journeys, and what their triggers enter) with an
edition that holds from the next revision on: see `editions`. Last it moves the head to that revision, and gives up
the claim, in one write. Readers see all of the old until then and all of the new afterwards; a registration that
stops half-way changed nothing, and the next one tidies up.

Every write but the first kind is bound to the claim. Whoever registers takes the claim from whoever holds it, who
then finds that he lost it: of two registrations at once the later wins, and the earlier ends with `Conflict`.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import published
from sojourn.adapters.dynamodb.contents import content_item
from sojourn.adapters.dynamodb.failures import OVERTAKEN, code, reading, reasons_of
from sojourn.adapters.dynamodb.registration import Change, Published, State, Wish, state, transactions
from sojourn.adapters.dynamodb.rows import Item
from sojourn.errors import AuthorError, Conflict, SojournError

if TYPE_CHECKING:
    from sojourn.domain.compile.bundle import Bundle

OTHERS = "somebody else registers journeys at the same time"
GONE_AFTER = 3600
"""How many seconds a row stays that says nothing any more, for readers that have not heard so."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a registration.

    Args:
        revision: of the registry, afterwards.
        published: journeys that have another version or machine than before.
        withdrawn: journeys that nobody enters any more.
    """

    revision: int
    published: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


class Registry:
    """The registry of one table.

    Args:
        client: `boto3.client("dynamodb")`.
        owner: who registers. One owner's journeys are not withdrawn, nor replaced, by another.
        now: the time in epoch seconds.
    """

    def __init__(
        self, client: Any, table: str, owner: str = "cdk", now: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._table = table
        self._owner = owner
        self._now = now

    def register(self, bundle: Bundle, machines: Mapping[str, str]) -> Registered:
        """Let customers enter the bundle's journeys, and no others of this owner; a repetition changes nothing.

        Args:
            machines: journey -> ARN of the version of its state machine.

        Raises:
            AuthorError: a row is larger than the table takes, a journey is another owner's, has too many triggers
                or no machine.
            Conflict: somebody else registers at the same time; it may be tried again.
            TransientError: the table does not answer; it may be tried again.
        """
        # Whatever may be wrong with a bundle is found before anything is written.
        if lacking := sorted({journey.name for journey in bundle.journeys} - machines.keys()):
            raise AuthorError(f"these journeys have no state machine: {', '.join(lacking)}")
        text = published.head_text(bundle.policy, bundle.segments, bundle.traits)
        versions = {
            journey.name: published.version_item(journey, machines[journey.name])
            for journey in bundle.journeys
        }
        contents = {digest: content_item(message) for digest, message in bundle.messages.items()}
        wanted: dict[str, Published] = {
            journey.name: {
                "owner": self._owner, "version": journey.version, "machine": machines[journey.name],
                "triggers": sorted([trigger.kind, trigger.name] for trigger in set(journey.enter.triggers)),
            }
            for journey in bundle.journeys
        }  # fmt: skip

        def wish(now: Mapping[str, Published | None]) -> Mapping[str, Published | None]:
            for name in wanted:
                if (there := now.get(name)) is not None and there["owner"] != self._owner:
                    raise AuthorError(
                        f'journey "{name}" was published by "{there["owner"]}": withdraw it there, or rename this one'
                    )
            mine = {
                name for name, there in now.items() if there is not None and there["owner"] == self._owner
            }
            return {**dict.fromkeys(mine), **wanted}

        before = self._read()
        changed = {change.name for change in before.changes(wish)}
        journeys = [journey for journey in bundle.journeys if journey.name in changed]
        for digest in sorted({digest for journey in journeys for digest in journey.messages.values()}):
            self._put_new(contents[digest])
        for journey in journeys:
            self._put_version(versions[journey.name])
        return self._switch(before, wish, text)

    def left_out(self, staying: Iterable[str]) -> tuple[str, ...]:
        """Return this owner's journeys that registering only these would take out, in order of their names.

        Raises:
            TransientError: the table does not answer.
        """
        before = self._read()
        mine = {
            name
            for name, row in before.journeys.items()
            if (there := row.at(before.revision)) is not None and there["owner"] == self._owner
        }
        return tuple(sorted(mine.difference(staying)))

    def withdraw(self, journeys: Iterable[str] | None = None) -> Registered:
        """Let nobody enter these journeys of this owner, or any of them; runs that are on their way go on.

        Raises:
            Conflict: somebody else registers at the same time.
            TransientError: the table does not answer.
        """
        named = None if journeys is None else set(journeys)

        def wish(now: Mapping[str, Published | None]) -> Mapping[str, Published | None]:
            return {
                name: None
                for name, there in now.items()
                if there is not None and there["owner"] == self._owner and (named is None or name in named)
            }

        return self._switch(self._read(), wish, None)

    def _switch(self, before: State, wish: Wish, text: str | None) -> Registered:
        if not before.changes(wish) and text in (None, before.text):
            return Registered(before.revision)
        claim = secrets.token_hex(8)
        self._claim(before, claim)
        # Whoever held the claim before may have written until now.
        held = self._read()
        changes = held.changes(wish)
        for rows in transactions(changes):
            puts = [{"Put": {"TableName": self._table, "Item": row.item(self._gone)}} for row in rows]
            with _unless_overtaken():
                self._client.transact_write_items(TransactItems=[self._check(claim), *puts])
        self._move_on(held, claim, held.text if text is None else text)
        self._let_expire(changes)
        changed = {change.name: change.row.latest for change in changes if change.row.since > held.revision}
        return Registered(
            held.revision + 1,
            tuple(name for name, to in changed.items() if to is not None),
            tuple(name for name, to in changed.items() if to is None),
        )

    def _read(self) -> State:
        items: list[Item] = []
        query: dict[str, Any] = {
            "TableName": self._table, "ConsistentRead": True, "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": published.HEAD_KEY["pk"]},
        }  # fmt: skip
        while True:
            with reading():
                page = self._client.query(**query)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return state(items)
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _put_new(self, item: Item) -> None:
        """Put a row that is always the same, if there is none."""
        with reading():
            try:
                self._client.put_item(
                    TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)"
                )
            except ClientError as error:
                if code(error) != "ConditionalCheckFailedException":
                    raise

    def _put_version(self, item: Item) -> None:
        """Put a version's row if there is none; where it runs may change, if its machine was made anew."""
        with reading():
            self._client.update_item(
                TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET #data = if_not_exists(#data, :data), machine = :machine",
                ExpressionAttributeNames={"#data": "data"},
                ExpressionAttributeValues={":data": item["data"], ":machine": item["machine"]},
            )  # fmt: skip

    def _claim(self, seen: State, claim: str) -> None:
        values: Item = {":claim": {"S": claim}}
        conditions = []
        for name, old in (("revision", seen.revision), ("claim", seen.claim)):
            if old:
                conditions.append(f"{name} = :old_{name}")
                values[f":old_{name}"] = {"S": old} if isinstance(old, str) else {"N": str(old)}
            else:
                conditions.append(f"attribute_not_exists({name})")
        with _unless_overtaken():
            self._client.update_item(
                TableName=self._table, Key=published.HEAD_KEY, UpdateExpression="SET claim = :claim",
                ConditionExpression=" AND ".join(conditions), ExpressionAttributeValues=values,
            )  # fmt: skip

    def _check(self, claim: str) -> dict[str, Any]:
        return {
            "ConditionCheck": {
                "TableName": self._table, "Key": published.HEAD_KEY, "ConditionExpression": "claim = :claim",
                "ExpressionAttributeValues": {":claim": {"S": claim}},
            }
        }  # fmt: skip

    def _move_on(self, held: State, claim: str, text: str) -> None:
        with _unless_overtaken():
            self._client.update_item(
                TableName=self._table, Key=published.HEAD_KEY,
                UpdateExpression="SET revision = :next, #data = :data REMOVE claim",
                ConditionExpression="claim = :claim",
                ExpressionAttributeNames={"#data": "data"},
                ExpressionAttributeValues={
                    ":next": {"N": str(held.revision + 1)}, ":data": {"S": text}, ":claim": {"S": claim},
                },
            )  # fmt: skip

    def _let_expire(self, changes: Iterable[Change]) -> None:
        """Let rows go that say nothing any more; where that fails they lie about and do no harm."""
        for row in (row for change in changes for row in change.rows):
            if row.heeded and row.editions.latest is None:
                with suppress(SojournError), _unless_overtaken():
                    self._client.update_item(
                        TableName=self._table,
                        Key={"pk": {"S": row.partition}, "sk": {"S": row.sort_key}},
                        UpdateExpression="SET expires = :expires",
                        ConditionExpression="#data = :data",
                        ExpressionAttributeNames={"#data": "data"},
                        ExpressionAttributeValues={
                            ":expires": {"N": str(self._gone)},
                            ":data": {"S": row.editions.to_text()},
                        },
                    )

    @property
    def _gone(self) -> int:
        return int(self._now()) + GONE_AFTER


@contextmanager
def _unless_overtaken() -> Iterator[None]:
    """Around a write that is bound to the claim: raise Conflict where somebody else has it now."""
    with reading():
        try:
            yield
        except ClientError as error:
            if not OVERTAKEN.isdisjoint({code(error), *reasons_of(error)}):
                raise Conflict(OTHERS) from error
            raise

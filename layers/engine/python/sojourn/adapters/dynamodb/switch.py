"""Moves the registry on: writes rows that nobody heeds yet, then the head, by which all of them hold at once.

A change has three steps. First it claims the head and writes the rows that change (journeys, and what their triggers
enter) with an edition that holds from the next revision on: see `editions`. Last it moves the head to that revision,
and gives up the claim, in one write. Readers see all of the old until then and all of the new afterwards; a change
that stops half-way changed nothing, and the next one tidies up.

Every write is bound to the claim. Whoever changes something takes the claim from whoever holds it, who then finds that
he lost it: of two at once the later wins, and the earlier ends with `Conflict`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from sojourn.adapters.dynamodb import engine_keys, published, rows
from sojourn.adapters.dynamodb.failures import OVERTAKEN, code, reading, reasons_of
from sojourn.adapters.dynamodb.registration import Change, Settled, State, Wish, state, transactions
from sojourn.adapters.dynamodb.sizes import ACTIONS_LIMIT
from sojourn.adapters.json_text import compact
from sojourn.errors import Conflict, SojournError

if TYPE_CHECKING:
    from sojourn.adapters.dynamodb.rows import Item
    from sojourn.application.publishing import Publication

OTHERS = "somebody else registers journeys at the same time"
GONE_AFTER = 3600
"""How many seconds a row stays that says nothing any more, for readers that have not heard so."""

Settle = Callable[[State], Settled]
"""Given what is registered, what the head is to say of the workspace."""
Tell = Callable[[State, Settled, Sequence[Change]], Sequence["Publication"]]
"""Given what was registered, what the head is to say and what changes: the publications that this is."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a registration or publication.

    Args:
        revision: of the registry, afterwards.
        published: journeys that have another version, machine or draft than before.
        withdrawn: journeys that nobody enters any more.
        publications: what was noted of it: none where nobody signed, or nothing changed.
    """

    revision: int
    published: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    publications: tuple[Publication, ...] = ()


class Moved(NamedTuple):
    """What a change did.

    Args:
        revision: of the registry, afterwards.
        held: what was registered until then.
        changes: the journeys that changed.
        publications: what was noted of it.
    """

    revision: int
    held: State
    changes: Sequence[Change] = ()
    publications: Sequence[Publication] = ()


def as_it_is(held: State) -> Settled:
    """Return what the head says already."""
    return held.head


def nothing_told(*_: object) -> Sequence[Publication]:
    """Return that nobody is told of a change."""
    return ()


class Switch:
    """The registry's head and the rows below it.

    Args:
        client: `boto3.client("dynamodb")`.
        now: the time in epoch seconds.
    """

    def __init__(self, client: Any, table: str, now: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._now = now

    def read(self) -> State:
        """Return what is registered.

        Raises:
            TransientError: the table does not answer.
        """
        return state(list(query(self._client, self._table, engine_keys.CATALOGUE)))

    def move(self, before: State, wish: Wish, settle: Settle = as_it_is, tell: Tell = nothing_told) -> Moved:
        """Let a wish come true, and the head say what *settle* says; nothing is written where that is so already.

        Args:
            before: what was read last; what is found once the head is claimed counts.

        Raises:
            Conflict: somebody else changed something at the same time, and nothing came of this.
            Exception: what *wish* and *settle* raise.
        """
        if not before.changes(wish) and settle(before) == before.head:
            return Moved(before.revision, before)
        claim = secrets.token_hex(8)
        self._claim(before, claim)
        # Whoever held the claim before may have written until now.
        held = self.read()
        settled, changes = settle(held), held.changes(wish)
        text = published.whole_text(settled.settings, settled.controls)
        for together in transactions(changes):
            puts = [{"Put": {"TableName": self._table, "Item": row.item(self._gone)}} for row in together]
            with _unless_overtaken():
                self._client.transact_write_items(TransactItems=[self._check(claim), *puts])
        new = [change for change in changes if change.row.since > held.revision]
        publications = tell(held, settled, new)
        self._move_on(held, claim, settled, text, publications)
        self._let_expire(changes)
        return Moved(held.revision + 1, held, new, publications)

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

    def _move_on(
        self, held: State, claim: str, settled: Settled, text: str, publications: Sequence[Publication]
    ) -> None:
        """Move the head on, and note the publications with it: as many as one transaction holds, the rest after it."""
        update: dict[str, Any] = {
            "TableName": self._table, "Key": published.HEAD_KEY, "ConditionExpression": "claim = :claim",
            "UpdateExpression": "SET revision = :next, #data = :data, #owner = :owner REMOVE claim",
            "ExpressionAttributeNames": {"#data": "data", "#owner": "owner"},
            "ExpressionAttributeValues": {
                ":next": {"N": str(held.revision + 1)}, ":data": {"S": text}, ":claim": {"S": claim},
                ":owner": {"S": settled.owner},
            },
        }  # fmt: skip
        if settled.settings != held.head.settings:
            update["UpdateExpression"] = update["UpdateExpression"].replace(
                " REMOVE", ", settled = :next REMOVE"
            )
        notes = [publication_item(one) for one in publications]
        with _unless_overtaken():
            if notes:
                puts = [
                    {"Put": {"TableName": self._table, "Item": item}} for item in notes[: ACTIONS_LIMIT - 1]
                ]
                self._client.transact_write_items(TransactItems=[{"Update": update}, *puts])
            else:
                self._client.update_item(**update)
        for item in notes[ACTIONS_LIMIT - 1 :]:
            put_new(self._client, self._table, item)

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


def query(
    client: Any, table: str, partition: str, prefix: str = "", *, newest_first: bool = False, limit: int = 0
) -> Iterator[Item]:
    """Yield the rows of a partition, whose sort keys begin so; it is asked on where one answer does not hold them.

    Args:
        limit: about so many are wanted: no more are asked for at a time. 0 for all.

    Raises:
        TransientError: the table does not answer.
    """
    asked: dict[str, Any] = {
        "TableName": table, "ConsistentRead": True, "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": partition}},
    }  # fmt: skip
    if prefix:
        asked["KeyConditionExpression"] += " AND begins_with(sk, :sk)"
        asked["ExpressionAttributeValues"][":sk"] = {"S": prefix}
    if newest_first:
        asked["ScanIndexForward"] = False
    if limit:
        asked["Limit"] = limit
    while True:
        with reading():
            page = client.query(**asked)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def registered(moved: Moved) -> Registered:
    """Return what came of a change, for whoever asked for it."""
    latest = {change.name: change.row.latest for change in moved.changes}
    return Registered(
        moved.revision,
        tuple(name for name, to in latest.items() if to is not None),
        tuple(name for name, to in latest.items() if to is None),
        tuple(moved.publications),
    )


def put_new(client: Any, table: str, item: Item) -> bool:
    """Put a row that is always the same, if there is none; say whether there was none."""
    with reading():
        try:
            client.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except ClientError as error:
            if code(error) != "ConditionalCheckFailedException":
                raise
            return False
    return True


def publication_item(publication: Publication) -> Item:
    """Return the item of a publication."""
    return rows.item(
        engine_keys.journey(publication.journey),
        engine_keys.publication(publication.at, publication.id),
        compact(publication.to_json()),
    )


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

"""Moves the registry on: writes rows that nobody heeds yet, then the head, by which all of them hold at once.

A change has three steps. First it claims the head and writes the rows that change (journeys, and what their triggers
enter) with an edition that holds from the next revision on: see `editions`. Last it moves the head to that revision,
and gives up the claim, in one write. Readers see all of the old until then and all of the new afterwards; a change
that stops half-way changed nothing, and the next one tidies up.

Every write is bound to the claim. Whoever changes something takes the claim from whoever holds it, who then finds that
he lost it: of two at once the later wins, and the earlier ends with `Conflict`. A change of the head alone, such as a
pause, needs no claim where nobody holds one: it is one write, and of many at once one always comes through.

What tells of a change (publications, the entry in the history) and what carries it on (an operation) is written in the
transaction that moves the head: neither is ever there without the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.adapters.dynamodb import engine_keys, published, rows
from sojourn.adapters.dynamodb.editions import NOTHING
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.dynamodb.registration import (
    Change,
    Published,
    Settled,
    State,
    Wish,
    state,
    transactions,
)
from sojourn.adapters.dynamodb.sizes import ACTIONS_LIMIT
from sojourn.adapters.dynamodb.together import Action, put_new, unless_overtaken
from sojourn.adapters.json_text import compact
from sojourn.errors import SojournError

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
    """What a change did, or is about to do.

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

    def was(self, journey: str) -> Published:
        """Return a journey as it was registered until then; empty where it was not."""
        return self.held.journeys.get(journey, NOTHING).at(self.held.revision) or {}


Also = Callable[[Moved], Sequence[Action]]
"""Given a change: what else is written with it, or not at all. It may be asked again, for another attempt."""
Bound = tuple[str, "Item"]
"""A condition of the head, and the values in it."""


def as_it_is(held: State) -> Settled:
    """Return what the head says already."""
    return held.head


def nothing_told(*_: object) -> Sequence[Publication]:
    """Return that nobody is told of a change."""
    return ()


def nothing_else(_: Moved) -> Sequence[Action]:
    """Return that nothing else is written with a change."""
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

    def move(
        self, before: State, wish: Wish, settle: Settle = as_it_is, tell: Tell = nothing_told,
        also: Also = nothing_else,
    ) -> Moved:  # fmt: skip
        """Let a wish come true, and the head say what *settle* says; nothing is written where that is so already.

        Args:
            before: what was read last; what is found once the head is claimed counts.
            also: what else is written with it; nothing, where nothing changes.

        Raises:
            Conflict: somebody else changed something at the same time, and nothing came of this.
            Exception: what *wish*, *settle* and *also* raise.
        """
        changes, settled = before.changes(wish), settle(before)
        if not changes and settled == before.head:
            return Moved(before.revision, before)
        held, bound = before, _as_seen(before)
        if changes or before.claim:
            claim = secrets.token_hex(8)
            self._claim(before, claim)
            # Whoever held the claim before may have written until now.
            held, bound = self.read(), ("claim = :claim", {":claim": {"S": claim}})
            changes, settled = held.changes(wish), settle(held)
        text = published.whole_text(settled.settings, settled.controls)
        for together in transactions(changes):
            puts = [{"Put": {"TableName": self._table, "Item": row.item(self._gone)}} for row in together]
            with unless_overtaken(OTHERS):
                self._client.transact_write_items(TransactItems=[self._check(bound), *puts])
        new = [change for change in changes if change.row.since > held.revision]
        moved = Moved(held.revision + 1, held, new, tell(held, settled, new))
        changed = new or settled != held.head
        self._move_on(moved, bound, settled, text, also(moved) if changed else ())
        self._let_expire(changes)
        return moved

    def _claim(self, seen: State, claim: str) -> None:
        condition, values = _as_seen(seen)
        with unless_overtaken(OTHERS):
            self._client.update_item(
                TableName=self._table, Key=published.HEAD_KEY, UpdateExpression="SET claim = :claim",
                ConditionExpression=condition,
                ExpressionAttributeValues={**values, ":claim": {"S": claim}},
            )  # fmt: skip

    def _check(self, bound: Bound) -> Action:
        condition, values = bound
        return {
            "ConditionCheck": {
                "TableName": self._table, "Key": published.HEAD_KEY, "ConditionExpression": condition,
                "ExpressionAttributeValues": values,
            }
        }  # fmt: skip

    def _move_on(
        self, moved: Moved, bound: Bound, settled: Settled, text: str, also: Sequence[Action]
    ) -> None:
        """Move the head on, and write what belongs to it: of publications as many as there is room, the rest after."""
        condition, values = bound
        update: dict[str, Any] = {
            "TableName": self._table, "Key": published.HEAD_KEY, "ConditionExpression": condition,
            "UpdateExpression": "SET revision = :next, #data = :data, #owner = :owner REMOVE claim",
            "ExpressionAttributeNames": {"#data": "data", "#owner": "owner"},
            "ExpressionAttributeValues": {
                ":next": {"N": str(moved.revision)}, ":data": {"S": text}, ":owner": {"S": settled.owner}, **values,
            },
        }  # fmt: skip
        if settled.settings != moved.held.head.settings:
            update["UpdateExpression"] = update["UpdateExpression"].replace(
                " REMOVE", ", settled = :next REMOVE"
            )
        notes = [publication_item(one) for one in moved.publications]
        room = ACTIONS_LIMIT - 1 - len(also)
        puts = [{"Put": {"TableName": self._table, "Item": item}} for item in notes[:room]]
        with unless_overtaken(OTHERS):
            if also or puts:
                self._client.transact_write_items(TransactItems=[{"Update": update}, *also, *puts])
            else:
                self._client.update_item(**update)
        for item in notes[room:]:
            put_new(self._client, self._table, item)

    def _let_expire(self, changes: Iterable[Change]) -> None:
        """Let rows go that say nothing any more; where that fails they lie about and do no harm."""
        for row in (row for change in changes for row in change.rows):
            if row.heeded and row.editions.latest is None:
                with suppress(SojournError), unless_overtaken(OTHERS):
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


def publication_item(publication: Publication) -> Item:
    """Return the item of a publication."""
    return rows.item(
        engine_keys.journey(publication.journey),
        engine_keys.publication(publication.at, publication.id),
        compact(publication.to_json()),
    )


def _as_seen(seen: State) -> Bound:
    """Return that nobody moved the head on or claimed it since it was read."""
    values: Item = {}
    conditions = []
    for name, old in (("revision", seen.revision), ("claim", seen.claim)):
        if old:
            conditions.append(f"{name} = :old_{name}")
            values[f":old_{name}"] = {"S": old} if isinstance(old, str) else {"N": str(old)}
        else:
            conditions.append(f"attribute_not_exists({name})")
    return " AND ".join(conditions), values

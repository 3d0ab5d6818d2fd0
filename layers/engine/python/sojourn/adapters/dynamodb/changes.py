"""Turns a `Change` into the actions of one transaction: which rows it writes, under which conditions.

The profile's row guards all hot rows: its revision must be the one that was read. Besides, a hot row that is
written over must be the one that was read: a query reads row by row, so that it may see a transaction's profile and
not yet its run (read-committed, "Isolation levels for DynamoDB transactions"). It knows no client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sojourn.adapters.dynamodb import keys, parts, rows
from sojourn.adapters.dynamodb.keeping import Keep
from sojourn.adapters.dynamodb.rows import Item, Move
from sojourn.domain.customer.rows import Change, CustomerFile, Profile, Run
from sojourn.domain.decide.learning import address_keys, is_found_alike

NEW = "attribute_not_exists(pk)"
NEW_OR_OVER = "attribute_not_exists(pk) OR expires <= :now"
"""A row that has expired is gone for whoever reads, so it is for whoever writes."""
AS_READ = "revision = :read"


@dataclass(slots=True, eq=False)
class ReadFile(CustomerFile):
    """The hot rows as read from the table.

    Args:
        written: sort key -> at which revision the row was written.
    """

    written: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Actions:
    """The actions of one transaction, in order.

    Args:
        all: as TransactWriteItems wants them; the first updates the profile.
        items: what each writes: its keys, and the attributes it sets.
        event: the places of the event that must be new, and of what asks that it is stored nowhere else.
    """

    revision: int
    all: list[dict[str, Any]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    event: list[int] = field(default_factory=list)

    def put(self, table: str, item: Item, condition: str = "", values: Item | None = None) -> None:
        """Put an item."""
        put: dict[str, Any] = {"TableName": table, "Item": item}
        if condition:
            put["ConditionExpression"] = condition
            if values:
                put["ExpressionAttributeValues"] = values
        self.all.append({"Put": put})
        self.items.append(item)

    def delete(self, table: str, key: Item, condition: str = "", values: Item | None = None) -> None:
        """Delete an item."""
        delete: dict[str, Any] = {"TableName": table, "Key": key}
        if condition:
            delete["ConditionExpression"] = condition
            if values:
                delete["ExpressionAttributeValues"] = values
        self.all.append({"Delete": delete})
        self.items.append(key)

    def check(self, table: str, key: Item, condition: str) -> None:
        """Ask that something holds of an item that is not written."""
        self.all.append(
            {"ConditionCheck": {"TableName": table, "Key": key, "ConditionExpression": condition}}
        )
        self.items.append(key)


class Writing:
    """Writes one change of one customer, at one instant, into actions.

    Args:
        moved: where runs move by it, where that does not show in the file and the change.
    """

    def __init__(
        self, table: str, keep: Keep, file: CustomerFile, change: Change, now: datetime,
        moved: list[Move] | None = None,
    ) -> None:  # fmt: skip
        self._moved = moved
        self._table, self._keep, self._file, self._change, self._now = table, keep, file, change, now
        self._customer = file.profile.id
        self._pk = keys.customer(self._customer)
        self._over: Item = {":now": {"N": str(int(now.timestamp()))}}
        # A customer's first revision tells the time: after they were erased, and came again, nobody who read them
        # before finds the revision he read.
        self._actions = Actions(file.revision + 1 if file.revision else int(now.timestamp() * 1000))

    def actions(self) -> Actions:
        """Return the actions."""
        change = self._change
        self._profile()
        for run in change.runs.values():
            sort_key = keys.run(run.journey, run.key)
            # Only while it goes on: the index lists active runs, and is written when one begins and when one ends.
            listed = {parts.PART: parts.run_part(run.journey, self._customer)} if run.active else {}
            self._hot(rows.item(self._pk, sort_key, rows.to_text(run), self._keep.run(run), **listed))
        for (run_id, step), waiter in change.waiters.items():
            sort_key = keys.wait(run_id, step)
            if waiter is not None:
                self._hot(rows.item(self._pk, sort_key, rows.to_text(waiter)))
            elif (run_id, step) in self._file.waiters:
                self._remove(sort_key)
        if change.unfinished is not None:
            self._hot(rows.item(self._pk, keys.UNFINISHED, rows.to_text(change.unfinished)))
        elif change.finished and self._file.unfinished is not None:
            self._remove(keys.UNFINISHED)
        if change.event is not None:
            self._actions.event.append(len(self._actions.all))
            self._put_new(rows.event_item(self._customer, change.event, self._keep.event(change.event)))
            for other in self._file.profile.merging:
                # It may have come when they were still somebody else, whose events are not all here yet.
                self._actions.event.append(len(self._actions.all))
                self._check_none(other, keys.event(change.event.id))
        for event in change.moved:
            self._put(rows.event_item(self._customer, event, self._keep.event(event)))
        self._sends()
        link(self._actions, self._table, self._file.profile, change.profile, self._now)
        self._ledger(moves(self._file, change) if self._moved is None else self._moved)
        return self._actions

    def _profile(self) -> None:
        """Move the revision on, and set of the profile's row what is to change: the rest need not be sent."""
        file, change = self._file, self._change
        values: Item = {":revision": {"N": str(self._actions.revision)}}
        sets, condition = ["revision = :revision"], NEW
        if change.profile is not None or not file.revision:
            values[":data"] = {"S": rows.to_text(change.profile or file.profile)}
            sets.append("#data = :data")
        if change.recent is not None and change.recent != file.recent:
            values[":recent"] = {"S": rows.recent_text(change.recent)}
            sets.append("recent = :recent")
        if not file.revision:
            values[":part"] = {"S": parts.name_of(parts.part_of(self._customer))}
            sets.append("#part = :part")
        written = {name[1:]: value for name, value in values.items()}
        if file.revision:
            condition = AS_READ
            values[":read"] = {"N": str(file.revision)}
        update: dict[str, Any] = {
            "TableName": self._table,
            "Key": {"pk": {"S": self._pk}, "sk": {"S": keys.PROFILE}},
            "UpdateExpression": "SET " + ", ".join(sets),
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        if named := {f"#{name}": name for name in ("data", parts.PART) if f":{name}" in values}:
            update["ExpressionAttributeNames"] = named
        self._actions.all.append({"Update": update})
        self._actions.items.append({**update["Key"], **written})

    def _sends(self) -> None:
        claim, send = self._change.claim, self._change.send
        if claim is not None:
            # One row may be written once: a claim whose outcome is known already is written as that.
            row = send if send is not None and send.id == claim.id else claim
            self._put_new(rows.send_item(self._customer, row, self._keep.send(row)))
            for other in self._file.profile.merging:
                self._check_none(other, keys.send(claim.id))
        if send is not None and (claim is None or claim.id != send.id):
            self._put(rows.send_item(self._customer, send, self._keep.send(send)))

    def _ledger(self, moved: list[Move]) -> None:
        if self._change.happened or moved:
            revision, expires = self._actions.revision, self._keep.ledger(self._now)
            self._put(
                rows.ledger_item(self._customer, self._now, revision, self._change.happened, moved, expires)
            )

    def _hot(self, item: Item) -> None:
        """Put a hot row over the one that was read, if any."""
        written = self._revisions()
        sort_key = item["sk"]["S"]
        item["revision"] = {"N": str(self._actions.revision)}
        if written is None:
            self._put(item)
        elif sort_key in written:
            self._put(item, AS_READ, {":read": {"N": str(written[sort_key])}})
        else:
            self._put_new(item)

    def _remove(self, sort_key: str) -> None:
        written = self._revisions()
        key = {"pk": {"S": self._pk}, "sk": {"S": sort_key}}
        if written is not None and sort_key in written:
            self._actions.delete(self._table, key, AS_READ, {":read": {"N": str(written[sort_key])}})
        else:
            self._actions.delete(self._table, key)

    def _put_new(self, item: Item) -> None:
        self._put(item, NEW_OR_OVER, self._over)

    def _put(self, item: Item, condition: str = "", values: Item | None = None) -> None:
        self._actions.put(self._table, item, condition, values)

    def _check_none(self, customer: str, sort_key: str) -> None:
        key = {"pk": {"S": keys.customer(customer)}, "sk": {"S": sort_key}}
        self._actions.check(self._table, key, NEW)

    def _revisions(self) -> Mapping[str, int] | None:
        """Return when the hot rows that were read were written; None where only the profile's row can guard them.

        That is so for a customer without a profile's row: rows that were left without one hold nobody up.
        """
        return self._file.written if isinstance(self._file, ReadFile) and self._file.revision else None

    def after(self) -> ReadFile:
        """Return the file as it is once the actions are done."""
        file, change, revision = self._file, self._change, self._actions.revision
        waiters = {**file.waiters, **change.waiters}
        written = dict(self._revisions() or {})
        unfinished = None if change.finished else file.unfinished
        if change.unfinished is not None:
            unfinished = change.unfinished
            written[keys.UNFINISHED] = revision
        elif change.finished:
            written.pop(keys.UNFINISHED, None)
        for run in change.runs.values():
            written[keys.run(run.journey, run.key)] = revision
        for (run_id, step), waiter in change.waiters.items():
            if waiter is None:
                written.pop(keys.wait(run_id, step), None)
            else:
                written[keys.wait(run_id, step)] = revision
        return ReadFile(
            change.profile or file.profile,
            revision,
            {key: run for key, run in {**file.runs, **change.runs}.items() if self._lasts(run)},
            {key: waiter for key, waiter in waiters.items() if waiter is not None},
            file.recent if change.recent is None else change.recent,
            unfinished,
            written=written,
        )

    def _lasts(self, run: Run) -> bool:
        expires = self._keep.run(run)
        return expires is None or expires > self._now.timestamp()


def link(actions: Actions, table: str, before: Profile, after: Profile | None, now: datetime) -> None:
    """Let a customer be found by the addresses they have now, and no more by those they had."""
    if after is None or is_found_alike(before, after):
        return
    had, has = address_keys(before), address_keys(after)
    for key in sorted(had - has):
        actions.delete(table, link_key(*key, before.id))
    for key in sorted(has - had):
        actions.put(table, {**link_key(*key, after.id), "since": {"S": keys.instant(now)}})


def link_key(kind: str, digest: str, customer: str) -> Item:
    """Return the key of the row that says that a customer has an address."""
    return {"pk": {"S": keys.link(kind, digest)}, "sk": {"S": keys.customer(customer)}}


def moves(file: CustomerFile, change: Change) -> list[Move]:
    """Return, per lane, where a change moves runs: from and to which step, "" being nowhere."""
    found: list[Move] = []
    for key, run in change.runs.items():
        before = file.runs.get(key)
        if before is not None and (before.id, before.version) != (run.id, run.version):
            found += moved(before, before.at, {})
            before = None
        found += moved(run, before.at if before is not None else {}, run.at)
    return found


def moved(run: Run, before: Mapping[str, str], after: Mapping[str, str]) -> list[Move]:
    """Return, per lane, from where to where a run moves that stood here before, and stands there after."""
    return [
        (run.journey, run.version, before.get(lane, ""), after.get(lane, ""))
        for lane in sorted({*before, *after})
        if before.get(lane, "") != after.get(lane, "")
    ]

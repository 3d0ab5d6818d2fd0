"""Turns a `Merge` into the actions of one transaction, over both customers' rows, each guarded by its revision.

What was the source's is taken off its rows without being told as erased: where a run was, a row stays that says it was
`moved`, and the stream's readers pass it over. It knows no client.
"""

from __future__ import annotations

from datetime import datetime

from sojourn.adapters.dynamodb import keys, rows
from sojourn.adapters.dynamodb.changes import AS_READ, NEW, Actions, ReadFile, Writing, link, moved
from sojourn.adapters.dynamodb.keeping import Keep
from sojourn.adapters.dynamodb.rows import Item, Move
from sojourn.adapters.json_text import compact
from sojourn.domain.customer.rows import Merge
from sojourn.domain.decide.merging import tombstone


def writing_of(table: str, keep: Keep, merge: Merge, now: datetime) -> tuple[Writing, Actions]:
    """Return what writes the part of the one who stays, and the actions of both."""
    writing = Writing(table, keep, merge.into, merge.change, now, _moves(merge))
    actions = writing.actions()
    _Leaving(table, merge, now, actions).write()
    return writing, actions


class _Leaving:
    """Writes what becomes of the source's rows."""

    def __init__(self, table: str, merge: Merge, now: datetime, actions: Actions) -> None:
        self._table, self._merge, self._now, self._actions = table, merge, now, actions
        source = merge.source
        self._pk = keys.customer(source.profile.id)
        self._written = source.written if isinstance(source, ReadFile) else {}
        self._revision = source.revision + 1 if source.revision else int(now.timestamp() * 1000)

    def write(self) -> None:
        """Add the actions."""
        merge = self._merge
        if merge.whole:
            self._leave_for_good()
        else:
            self._mark()
        for key in merge.taken:
            beaten = merge.beaten.get(key)
            left: Item = {keys.MOVED: {"S": self._pk}, "revision": {"N": str(self._revision)}}
            if beaten is not None:
                left["data"] = {"S": rows.to_text(beaten)}
            sort_key = keys.run(*key)
            self._actions.put(self._table, {**self._key(sort_key), **left}, *self._as_read(sort_key))
        taken = {merge.source.runs[key].id for key in merge.taken}
        for run_id, step in merge.source.waiters:
            if run_id in taken:
                sort_key = keys.wait(run_id, step)
                self._actions.delete(self._table, self._key(sort_key), *self._as_read(sort_key))

    def _leave_for_good(self) -> None:
        source, into = self._merge.source.profile, self._merge.into.profile.id
        gone = tombstone(source, into)
        item = {
            **self._key(keys.PROFILE), "data": {"S": rows.to_text(gone)}, keys.MERGED_INTO: {"S": into},
            "revision": {"N": str(self._revision)},
        }  # fmt: skip
        self._actions.put(self._table, item, *self._as_it_was())
        link(self._actions, self._table, source, gone, self._now)
        known = bool(self._merge.source.revision)
        told = compact({"at": keys.instant(self._now), "customer": source.id, "known": known})
        self._actions.put(self._table, rows.item(keys.customer(into), keys.merged(source.id), told))

    def _mark(self) -> None:
        """Let nobody read the source until all of it is taken over."""
        condition, values = self._as_it_was()
        update = {
            "TableName": self._table,
            "Key": self._key(keys.PROFILE),
            "UpdateExpression": f"SET revision = :revision, {keys.MERGING_INTO} = :into",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {
                ":revision": {"N": str(self._revision)},
                ":into": {"S": self._merge.into.profile.id},
                **(values or {}),
            },
        }
        self._actions.all.append({"Update": update})
        self._actions.items.append(self._key(keys.PROFILE))

    def _as_it_was(self) -> tuple[str, Item | None]:
        revision = self._merge.source.revision
        return (AS_READ, {":read": {"N": str(revision)}}) if revision else (NEW, None)

    def _as_read(self, sort_key: str) -> tuple[str, Item | None]:
        if sort_key not in self._written:
            return "", None
        return AS_READ, {":read": {"N": str(self._written[sort_key])}}

    def _key(self, sort_key: str) -> Item:
        return {"pk": {"S": self._pk}, "sk": {"S": sort_key}}


def _moves(merge: Merge) -> list[Move]:
    """Return where runs move: who takes a run over does not move it, whoever loses theirs does."""
    before = {run.id: run for file in (merge.source, merge.into) for run in file.runs.values()}
    found = []
    for run in (*merge.beaten.values(), *merge.change.runs.values()):
        found += moved(run, before[run.id].at, run.at)
    return found

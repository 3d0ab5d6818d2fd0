"""Reads records of the table's stream: what changed, as a Lambda function or the streams API is given it.

A row that DynamoDB took away because it had expired is no change of a customer, and what is no row of a customer is
none either. It decides nothing else: what a change means is `sojourn.application.counting` and `outbound`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sojourn.adapters.dynamodb import keys, rows
from sojourn.application.changes import Changed, Committed, ProfileChanged, RunChanged, SendChanged
from sojourn.domain.customer.rows import Profile, Run, Send
from sojourn.domain.ledger import Happening

_TIME_TO_LIVE = "dynamodb.amazonaws.com"
"""Who deletes what has expired, as `userIdentity` names it ("DynamoDB Streams and Time to Live")."""


def change_of(record: Mapping[str, Any]) -> Changed | None:
    """Return what a record of the stream tells, None where it is nothing that anybody counts or is told.

    Raises:
        KeyError, ValueError, TypeError: the record is nothing this version can read.
    """
    told = record["dynamodb"]
    before, after = told.get("OldImage"), told.get("NewImage")
    if (
        record["eventName"] == "REMOVE"
        and (record.get("userIdentity") or {}).get("principalId") == _TIME_TO_LIVE
    ):
        return None
    if keys.MOVED in (after or before or {}):
        # Another customer's once: it was told when it was theirs.
        return None
    sort_key = told["Keys"]["sk"]["S"]
    if sort_key.startswith(keys.LEDGER):
        return committed(after) if record["eventName"] == "INSERT" else None
    record_id, at = record["eventID"], _instant(told["ApproximateCreationDateTime"])
    if sort_key == keys.PROFILE:
        if after and "erasing" in after:
            # Nobody is to write this customer any more; they are erased when the row goes.
            return None
        return ProfileChanged(record_id, at, _profile(before), _profile(after))
    if sort_key.startswith(keys.RUNS):
        return RunChanged(record_id, at, _row(Run, before), _row(Run, after))
    if sort_key.startswith(keys.SENDS) and after:
        return SendChanged(record_id, at, _row(Send, before), rows.row(Send, after))
    return None


def committed(item: Mapping[str, Any]) -> Committed:
    """Return what the ledger row of a commit tells; its id is made of the key alone that the row had first."""
    told = json.loads(item["data"]["S"])
    customer = told["customer"]
    return Committed(
        id=blake2b("\x1f".join(_first_key(item)).encode(), digest_size=13).hexdigest(),
        at=datetime.fromisoformat(told["at"]),
        customer=customer,
        happened=[_happening(customer, one) for one in told["happened"]],
        moves=[(journey, version, origin, target) for journey, version, origin, target in told["moves"]],
    )


def _first_key(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return the key that a row of the ledger was written under, wherever it was brought since."""
    partition, sort_key = item.get(keys.MOVED, item["pk"])["S"], item["sk"]["S"]
    return partition, keys.ledger_first(sort_key)


def _happening(customer: str, told: Mapping[str, Any]) -> Happening:
    return Happening(
        datetime.fromisoformat(told["at"]), customer, told["journey"], told["version"], told["run"], told["what"],
        told["step"], told["reason"], told["details"],
    )  # fmt: skip


def _row(kind: type[rows.Row], image: Mapping[str, Any] | None) -> rows.Row | None:
    return rows.row(kind, image) if image else None


def _profile(image: Mapping[str, Any] | None) -> Profile | None:
    if not image:
        return None
    # A customer of whom only events are known has a revision and no data.
    return rows.row(Profile, image) if "data" in image else Profile(keys.parts(image["pk"]["S"])[1])


def _instant(value: float | datetime) -> datetime:
    """Seconds since 1970 in what a function is given, an instant in what the streams API answers."""
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromtimestamp(float(value), UTC)

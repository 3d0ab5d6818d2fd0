"""What the table has of an audience, as records: its parts, its strands, how far it is. `audiences` writes them.

Every row of an audience is in the partition of its operation's strands, see `audiences`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sojourn.adapters.dynamodb.engine_keys import strands
from sojourn.application.audience import Audience, BadRow

HEAD, STRAND, PART, BATCH = "audience", "strand#", "part#", "batch#"
"""What the rows' sort keys are, or begin with."""
COUNT = "n#"
"""What the attributes begin with that count rows by their outcome."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of batches.

    Args:
        name: of this audience's parts; it is part of an execution's name.
        key: where it is in the bucket.
        batches: how many it has; 0 where only Step Functions counts them.
        at: when it begins; None for at once.
        done: how many of its batches are done.
        tries: how often it was begun anew.
    """

    name: str
    key: str
    batches: int
    at: datetime | None = None
    done: int = 0
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Strand:
    """Where one strand is.

    Args:
        place: as whoever cuts understands it; empty at the beginning.
        moved: how often it was moved on.
        last: the parts that came to be with the last move, which are perhaps not begun.
    """

    place: Mapping[str, Any] = field(default_factory=dict)
    moved: int = 0
    last: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an audience is.

    Args:
        source: what its strands cut, see `sojourn.aws_runtime.audience.cutting`.
        left: the strands that are left.
        rows, batches, parts: how many there are so far.
        done: how many batches are done.
        ended: the parts that this attempt is through with, well or not.
        counts: outcome -> rows.
        failures: the first rows that could not be taken.
        attempt: how often it was begun.
        stopped: whether the operation was cancelled, or has failed: nobody enters any more.
    """

    audience: Audience
    source: Mapping[str, Any]
    left: frozenset[str]
    rows: int = 0
    batches: int = 0
    parts: int = 0
    done: int = 0
    ended: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[BadRow, ...] = ()
    attempt: int = 1
    stopped: bool = False

    @property
    def undone(self) -> int:
        """How many of the batches that there are so far are not done."""
        return max(0, self.batches - self.done)


def key_of(operation: str, sort_key: str) -> dict[str, Any]:
    """Return the key of a row of an audience."""
    return {"pk": {"S": strands(operation)}, "sk": {"S": sort_key}}


def progress_of(item: Mapping[str, Any], *, stopped: bool = False) -> Progress:
    """Return how far an audience is, as its row says."""

    def number(name: str) -> int:
        return int(item[name]["N"]) if name in item else 0

    attempt = number("attempt")
    ended = (one.split("/", 1) for one in item.get("ended", {}).get("SS", ()))
    counts = {name.removeprefix(COUNT): number(name) for name in item if name.startswith(COUNT)}
    failures = (json.loads(one["S"]) for one in item.get("failures", {}).get("L", ()))
    return Progress(
        Audience(**json.loads(item["audience"]["S"])), json.loads(item["source"]["S"]),
        frozenset(item.get("left", {}).get("SS", ())), number("rows"), number("batches"), number("parts"),
        number("done"), frozenset(part for begun, part in ended if int(begun) == attempt), counts,
        tuple(BadRow(line, why) for line, why in failures), attempt, stopped,
    )  # fmt: skip


def part_of(item: Mapping[str, Any]) -> Part:
    """Return the part that is in a row."""
    at = item.get("at", {}).get("S")
    return Part(
        item["sk"]["S"].removeprefix(PART), item["key"]["S"], int(item["batches"]["N"]),
        datetime.fromisoformat(at) if at else None, int(item.get("done", {"N": "0"})["N"]),
        int(item.get("tries", {"N": "0"})["N"]),
    )  # fmt: skip


def part_item(operation: str, part: Part) -> dict[str, Any]:
    """Return the row of a part."""
    item = {
        **key_of(operation, PART + part.name),
        "key": {"S": part.key},
        "batches": {"N": str(part.batches)},
    }
    return item | ({"at": {"S": part.at.isoformat()}} if part.at is not None else {})

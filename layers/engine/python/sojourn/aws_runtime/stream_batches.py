"""Works through a batch of the table's stream, and says from which record on it must come again.

Lambda takes the earliest record that is named and delivers it and all after it once more. A record that cannot be
read would stand in the way of all behind it for as long as the stream keeps it, so it is told and passed over: the
table still has its row, and counters can be built anew from there. It knows no client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sojourn.application.exporting import Exported, Prepared
from sojourn.errors import TransientError


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of a batch, for logs and metrics.

    Args:
        exported: records that are done with; duplicates: of those, the ones counted before.
        refused: events that the bus will never take.
        unreadable: the ids of records that nobody could read, with the class of what reading them raised.
        left: records that must come again, and fault: why.
    """

    exported: int
    duplicates: int
    refused: int
    unreadable: Sequence[tuple[str, str]]
    left: int
    fault: TransientError | None


class StreamBatches:
    """How batches are worked on.

    Args:
        read: makes of a record what goes out of it; None where nothing does.
        export: does it.
        tell: told of every batch.
    """

    def __init__(
        self,
        read: Callable[[Mapping[str, Any]], Prepared | None],
        export: Callable[[Sequence[Prepared]], Exported],
        tell: Callable[[BatchOutcome], None],
    ) -> None:
        self._read = read
        self._export = export
        self._tell = tell

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Work through a batch; return the partial batch response."""
        positions: list[str] = []
        changes: list[Prepared] = []
        unreadable: list[tuple[str, str]] = []
        for record in event["Records"]:
            try:
                change = self._read(record)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it stays wrong
                unreadable.append((str(record.get("eventID", "")), type(error).__name__))
                continue
            if change is not None:
                positions.append(record["dynamodb"]["SequenceNumber"])
                changes.append(change)
        exported = self._export(changes)
        left = positions[exported.done :]
        self._tell(
            BatchOutcome(
                exported.done, exported.duplicates, exported.refused, unreadable, len(left), exported.fault
            )
        )
        return {"batchItemFailures": [{"itemIdentifier": position} for position in left[:1]]}

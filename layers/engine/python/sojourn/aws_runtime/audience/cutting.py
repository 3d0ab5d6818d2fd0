"""Cuts an audience into parts of batches, as the function `operate` does it: slice by slice, resumable, never twice.

A file is one strand. A segment's audience has a strand for each part of all customers: they are listed, and asked only
when they are to enter, by the batch they are in, so that a million of them costs no more than to be listed here.

A part is written to the bucket before the table knows of it, under a name that says which move of its strand it comes
of; so whoever dies in between has written a file that is written over. It knows no state machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.adapters.dynamodb.audience_rows import Part
from sojourn.application.audience import BadRow, Tally
from sojourn.aws_runtime.audience.batches import batch_line, failure_lines, failures_key, row_bytes
from sojourn.domain.audience.lines import BEGINNING, PARQUET, Cutting, Place
from sojourn.domain.time.local_time import instant_of
from sojourn.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.adapters.dynamodb.audience_rows import Progress, Strand
    from sojourn.adapters.dynamodb.audiences import DynamoAudiences
    from sojourn.adapters.s3.files import S3Files
    from sojourn.application.ports import Catalogue

ENOUGH = 60.0
"""Seconds that must be left to cut one more part."""
MOVES = 8
"""So often a strand is moved on while others write the same row, as the batches that are just entered do."""
SPARE = 30.0
"""Seconds that must be left to write down what is cut."""
PART_ROWS = 50_000
PART_BYTES = 32_000_000
"""A part is no larger than that: it is made in memory."""
BATCH_BYTES = 150_000
"""Of a batch: Step Functions takes 262,144 as an execution's input."""
FILE, SEGMENT = "file", "segment"
ONLY = "file"
"""The name of a file's only strand."""


class Listing(Protocol):
    """Lists customers by the part of all that they are in."""

    def customers_after(self, part: int, after: str) -> Iterator[str]:
        """Yield a part's customers that come after one, always in the same order."""


@dataclass(slots=True)
class Slice:
    """What is cut at one go.

    Args:
        lines: the batches, one a line, by when they begin; None for at once.
        rows: how many rows there were, those that could not be read included.
        place: where the strand goes on.
    """

    place: Mapping[str, Any]
    lines: Mapping[datetime | None, Sequence[bytes]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    rows: int = 0
    end: bool = False


class Cutter:
    """Cuts audiences.

    Args:
        listing: of the customers, for the members of segments.
        zone_of: the time zone of a customer.
        part_rows: so many rows a part has at most.
    """

    def __init__(
        self, catalogue: Catalogue, audiences: DynamoAudiences, files: S3Files, listing: Listing,
        zone_of: Callable[[str], str], part_rows: int = PART_ROWS,
    ) -> None:  # fmt: skip
        self._zone_of = zone_of
        self._catalogue, self._audiences, self._files, self._listing = catalogue, audiences, files, listing
        self._part_rows = part_rows

    def cut(self, operation: str, strand: str, seconds_left: Callable[[], float]) -> bool:
        """Cut a part of a strand, and more as long as there is time; say whether it is to be gone on with.

        Raises:
            Unreadable: it is no file of customers; nothing more is taken of it.
        """
        while True:
            progress = self._audiences.read(operation)
            if progress is None or progress.stopped or strand not in progress.left:
                return False
            here = self._audiences.strand(operation, strand)
            cut = self._slice(progress, strand, here.place, seconds_left)
            name = f"{strand}-{here.moved:05d}"
            parts = self._written(operation, name, progress, cut)
            if not self._moved(operation, strand, here, cut, parts):
                return False
            if cut.end:
                return False
            if seconds_left() < ENOUGH:
                return True

    def _moved(self, operation: str, strand: str, here: Strand, cut: Slice, parts: Sequence[Part]) -> bool:
        """Move a strand on; of who counts at the same time nothing is to be heard: all would be cut once more."""

        def move() -> bool:
            return self._audiences.move(
                operation, strand, here, cut.place, parts, cut.tally, cut.rows, end=cut.end
            )

        for _ in range(MOVES - 1):
            with suppress(Conflict):
                return move()
        return move()

    def _slice(
        self, progress: Progress, strand: str, place: Mapping[str, Any], seconds_left: Callable[[], float]
    ) -> Slice:
        source = progress.source
        if source["kind"] == SEGMENT:
            return self._members(int(strand), place, source, seconds_left)
        if source["format"] == PARQUET:
            return Slice({}, end=True)
        return self._rows(source, place)

    def _rows(self, source: Mapping[str, Any], place: Mapping[str, Any]) -> Slice:
        begins = Place.from_json(place) if place else BEGINNING
        lines = self._files.lines(source["key"], begins.offset)
        cutting = Cutting(source["format"], lines, self._catalogue.policy.attributes, begins)
        batches, tally = Batching(int(source["batch"])), Tally()
        rows, end = 0, True
        for record in cutting:
            rows += 1
            if record.wrong:
                tally.fail(BadRow(record.line, record.wrong))
            else:
                batches.add(record.line, record.said)
            if rows >= self._part_rows or batches.size > PART_BYTES:
                end = False
                break
        cut = batches.lines()
        return Slice(cutting.place.to_json(), {None: cut} if cut else {}, tally, rows, end)

    def _members(
        self,
        part: int,
        place: Mapping[str, Any],
        source: Mapping[str, Any],
        seconds_left: Callable[[], float],
    ) -> Slice:
        """List customers; whether they are members is asked when they are to enter.

        Each is read where it matters in which zone they are: that takes longer than to list them.
        """
        first, number = place.get("row", 0), place.get("row", 0)
        last, end = place.get("after", ""), True
        lines: dict[datetime | None, Batching] = {}
        wall = datetime.fromisoformat(source["wall"]) if source.get("wall") else None
        for customer in self._listing.customers_after(part, last):
            at = None if wall is None else instant_of(wall, self._zone_of(customer))
            batches = lines.setdefault(at, Batching(int(source["batch"])))
            last, number = customer, number + 1
            batches.add(number, {"customer": customer})
            if number - first == self._part_rows or seconds_left() < SPARE:
                end = False
                break
        cut = {at: batches.lines() for at, batches in lines.items()}
        # Where all are listed nobody goes on, and nobody's id stays.
        return Slice({} if end else {"after": last, "row": number}, cut, Tally(), number - first, end)

    def _written(self, operation: str, name: str, progress: Progress, cut: Slice) -> list[Part]:
        if cut.tally.failures:
            self._files.put(failures_key(operation, name, "cut"), failure_lines(cut.tally.failures))
        source = progress.source
        if source["kind"] == FILE and source["format"] == PARQUET:
            return [Part(name, source["key"], 0)]
        parts = []
        for at, lines in cut.lines.items():
            named = name if at is None else f"{name}-{at:%m%dT%H%M}"
            key = f"audiences/{operation}/rows/{named}.jsonl"
            self._files.put(key, b"".join(lines))
            parts.append(Part(named, key, len(lines), at))
        return parts


class Batching:
    """Puts rows into batches, one a line: of so many rows at most, and no larger than Step Functions takes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: list[bytes] = []
        self._rows: list[bytes] = []
        self._bytes = 0
        self.size = 0

    def add(self, line: int, said: Mapping[str, Any]) -> None:
        """Add a row."""
        row = row_bytes(line, said)
        if len(self._rows) == self._most or (self._rows and self._bytes + len(row) > BATCH_BYTES):
            self._close()
        self._rows.append(row)
        self._bytes += len(row)
        self.size += len(row)

    def lines(self) -> list[bytes]:
        """Return all batches."""
        self._close()
        return self._lines

    def _close(self) -> None:
        if self._rows:
            self._lines.append(batch_line(len(self._lines), self._rows))
        self._rows, self._bytes = [], 0

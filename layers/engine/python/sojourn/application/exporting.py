"""Takes changes out of the table: into counters, into files, onto the bus, in this order, a stretch at a time.

What a crash leaves, wherever it comes: the changes of the stretch are delivered again, from its first one on.

1. Counters first. Each change is counted with a marker, in one transaction, so that a second time adds nothing:
   exactly once.
2. Then lines. Those written before the crash are written again, with the same ids: at least once.
3. Then events. The same; they come last so that a stream of files that refuses them for hours puts nothing on the bus
   twice. Whoever listens and must not act twice keeps the ids he has seen.

A stretch that fails ends the work: what comes after it is not begun, so that a customer's changes stay in order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sojourn.application.counting import Counted, counted
from sojourn.application.outbound import Announcement, announcements, lines
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from sojourn.application.changes import Changed

STRETCH = 250
"""Changes that go out together. A commit is three or four of them, one of which is counted: a transaction's worth."""


class Counters(Protocol):
    """Where changes are counted."""

    def count(self, changes: Sequence[Counted]) -> int:
        """Count each change once; return how many had been counted before.

        Raises:
            TransientError: not all are counted.
        """


class Lines(Protocol):
    """Where lines are written."""

    def put(self, lines: Iterable[Mapping[str, str]]) -> None:
        """Write lines.

        Raises:
            TransientError: not all are written.
        """


class Announcements(Protocol):
    """Where others are told."""

    def put(self, announcements: Iterable[Announcement]) -> int:
        """Put events on the bus; return how many it refuses for good.

        Raises:
            TransientError: not all are there.
        """


@dataclass(slots=True)
class Exported:
    """How far an export came.

    Args:
        done: changes exported, from the first on; the rest must be delivered again.
        duplicates: changes that had been counted before.
        refused: events that the bus will never take.
        fault: why it stopped before the end.
    """

    done: int = 0
    duplicates: int = 0
    refused: int = 0
    fault: TransientError | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change, with everything that is to go out of it."""

    counted: Counted
    lines: Sequence[Mapping[str, str]]
    announcements: Sequence[Announcement]


def prepared(change: Changed, kinds: Collection[str]) -> Prepared:
    """Work out what goes out of a change.

    Args:
        kinds: the events that go on the bus, see `sojourn.application.outbound.chosen`.
    """
    return Prepared(counted(change), tuple(lines(change)), tuple(announcements(change, kinds)))


@dataclass(frozen=True, slots=True)
class Exporter:
    """Exports changes."""

    counters: Counters
    lines: Lines
    bus: Announcements

    def export(self, changes: Sequence[Prepared]) -> Exported:
        """Export changes in their order, and say how far it came."""
        exported = Exported()
        for start in range(0, len(changes), STRETCH):
            stretch = changes[start : start + STRETCH]
            try:
                exported.duplicates += self.counters.count([change.counted for change in stretch])
                self.lines.put(line for change in stretch for line in change.lines)
                exported.refused += self.bus.put(
                    event for change in stretch for event in change.announcements
                )
            except TransientError as fault:
                exported.fault = fault
                break
            exported.done += len(stretch)
        return exported

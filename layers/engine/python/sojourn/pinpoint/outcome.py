"""What became of each part of an export: the rows of the report, and what is wrong with an export.

A `Problem` is why nothing was imported; a `Row` is what became of one part of what was. They know no format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How much of a part's meaning the workspace keeps."""

    SAME = "same"
    NOTED = "same, with a note"
    LOST = "not expressible"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in an export that is wrong, so that nothing is imported.

    Args:
        file: the file, as it was named.
        where: the part of it: `journey "Welcome", activity "wait1"`.
        what: what is wrong.
        repair: what to write instead.
    """

    file: str
    where: str
    what: str
    repair: str = ""


@dataclass(slots=True)
class Row:
    """What became of one activity, setting, segment or template.

    Args:
        part: what it belongs to: a journey's name, `segments` or `messages`.
        name: what it is called in the export.
        kind: what it is: `EMAIL`, `QuietTime`, `segment`.
        became: what it is now: the id of a step, a file.
    """

    part: str
    name: str
    kind: str
    became: str = ""
    outcome: Outcome = Outcome.SAME
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say something about the part that its author should know; it means the same."""
        self._say(text)
        if self.outcome is Outcome.SAME:
            self.outcome = Outcome.NOTED

    def lose(self, text: str) -> None:
        """Say what of the part has no equal here."""
        self._say(text)
        self.outcome = Outcome.LOST

    def _say(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


@dataclass(slots=True)
class Rows:
    """All rows, in the order in which they were begun."""

    all: list[Row] = field(default_factory=list)

    def begin(self, part: str, name: str, kind: str, became: str = "") -> Row:
        """Add a row; it means the same until something is said of it."""
        row = Row(part, name, kind, became)
        self.all.append(row)
        return row

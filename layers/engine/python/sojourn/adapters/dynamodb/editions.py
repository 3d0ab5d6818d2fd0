"""What a row of the registry says as of which revision: the last two editions of it, so that one write switches all.

A registration writes the rows that change with an edition "since the next revision", which nobody heeds yet, and then
moves the head to that revision. A reader takes from each row the edition that holds at the revision of the head he
read: all of the old, or all of the new, over however many rows and transactions. It knows no client.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.adapters.json_text import compact


class OutdatedError(Exception):
    """The row has moved on since the revision that is asked for: read the head again."""


@dataclass(frozen=True, slots=True)
class Editions:
    """The last two editions: what holds since which revision, None where there is nothing.

    Args:
        earlier: what held before, and since when; None where nobody can ask for it any more.
    """

    since: int
    latest: Any
    earlier: tuple[int, Any] | None = (0, None)

    def at(self, revision: int) -> Any:
        """Return what holds at *revision*.

        Raises:
            OutdatedError: both editions are newer.
        """
        return self._holding(revision)[1]

    def then(self, revision: int, value: Any) -> Editions:
        """Return what is to be written so that *value* holds after *revision*, and what holds then until then."""
        return Editions(revision + 1, value, self._holding(revision))

    def only(self, revision: int) -> Editions:
        """Return what is to be written so that what holds at *revision* goes on: nothing came of what follows."""
        since, value = self._holding(revision)
        return Editions(since, value, None)

    def mapped(self, of: Callable[[Any], Any]) -> Editions:
        """Return editions of something that follows from what this says."""
        earlier = self.earlier and (self.earlier[0], of(self.earlier[1]))
        return Editions(self.since, of(self.latest), earlier)

    def all(self) -> tuple[Any, ...]:
        """Return what it says, at whichever revision."""
        return (self.latest, *((self.earlier[1],) if self.earlier else ()))

    def to_text(self) -> str:
        """Return both as JSON."""
        return compact({"since": self.since, "latest": self.latest, "earlier": self.earlier})

    def _holding(self, revision: int) -> tuple[int, Any]:
        if self.since <= revision:
            return self.since, self.latest
        if self.earlier is not None and self.earlier[0] <= revision:
            return self.earlier
        raise OutdatedError


NOTHING = Editions(0, None, None)
"""What a row says that does not exist."""


def editions(item: Mapping[str, Any] | None) -> Editions:
    """Return the editions that an item holds."""
    if item is None:
        return NOTHING
    told = json.loads(item["data"]["S"])
    return Editions(told["since"], told["latest"], told["earlier"] and tuple(told["earlier"]))

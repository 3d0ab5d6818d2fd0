"""Named audiences: which segments a change can move a customer in or out of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.domain.condition.references import references

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sojourn.domain.customer.rows import Event


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """A segment's condition, and what it reads: only then must it be asked again.

    Args:
        ages: (event, seconds) for every window: so long after such an event the condition may change.
        clock: it reads the time itself, so that it may change at any instant.
    """

    name: str
    when: str
    attributes: frozenset[str]
    events: frozenset[str]
    ages: frozenset[tuple[str, float]]
    clock: bool

    @property
    def timed(self) -> bool:
        """Whether it can change by the passing of time alone: then the daily sweep asks it."""
        return self.clock or bool(self.ages)

    def may_have_changed(
        self, events: Callable[[str], Sequence[Event]], since: datetime, now: datetime
    ) -> bool:
        """Say whether the passing of time alone can have changed what was true at *since*."""
        if self.clock:
            return True
        for name, seconds in self.ages:
            window = timedelta(seconds=seconds)
            # The newest first: of what happened long ago, nothing leaves a window any more.
            for event in reversed(events(name)):
                left = event.at + window
                if left <= since:
                    break
                if left <= now:
                    return True
        return False


def segment_rule(name: str, when: str) -> SegmentRule:
    """Read what a segment's condition depends on."""
    attributes: set[str] = set()
    events: set[str] = set()
    ages: set[tuple[str, float]] = set()
    clock = False
    for reference in references(when):
        path = reference.path
        if path[0] == "customer" and len(path) > 1:
            attributes.add(str(path[1]))
        elif path[0] in ("did", "times", "last"):
            events.add(str(path[1]))
            clock = clock or path[0] == "last"
            if len(path) > 2:
                ages.add((str(path[1]), float(str(path[2]))))
        elif path[0] in ("now", "local"):
            clock = True
        elif path[0] in ("consented", "reachable", "in_segment"):
            attributes.add("*")
    return SegmentRule(name, when, frozenset(attributes), frozenset(events), frozenset(ages), clock)

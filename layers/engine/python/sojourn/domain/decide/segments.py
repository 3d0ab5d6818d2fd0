"""Named audiences: which segments a change can move a customer in or out of."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domain.condition.references import references


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """A segment's condition, and what it reads: only then must it be asked again.

    Args:
        timed: it can change by the passing of time alone; the daily sweep asks it.
    """

    name: str
    when: str
    attributes: frozenset[str]
    events: frozenset[str]
    timed: bool


def segment_rule(name: str, when: str) -> SegmentRule:
    """Read what a segment's condition depends on."""
    attributes: set[str] = set()
    events: set[str] = set()
    timed = False
    for reference in references(when):
        path = reference.path
        if path[0] == "customer" and len(path) > 1:
            attributes.add(str(path[1]))
        elif path[0] in ("did", "times", "last"):
            events.add(str(path[1]))
            timed = timed or len(path) > 2 or path[0] == "last"
        elif path[0] in ("now", "local"):
            timed = True
        elif path[0] in ("consented", "reachable", "in_segment"):
            attributes.add("*")
    return SegmentRule(name, when, frozenset(attributes), frozenset(events), timed)

"""Named audiences: which segments a change can move a customer in or out of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from sojourn.domain.decide.feedback import CLICKED, OPENED, REPLIED

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from sojourn.domain.customer.rows import Event
    from sojourn.domain.decide.traits import TraitRule

    Engagement: TypeAlias = Mapping[str, Mapping[str, datetime]]

ENGAGES = {"opened": OPENED, "clicked": CLICKED, "replied": REPLIED}
"""What counts as engaging with a message, by its name in `Profile.engagement` -> the event that tells it."""


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """A segment's condition, and what it reads: only then must it be asked again.

    Args:
        ages: (event, seconds) for every window: so long after such an event the condition may change.
        clock: it reads the time itself, so that it may change at any instant.
        segments: the segments it is built on.
        engagements: (channel, seconds) for every window of an engagement, likewise.
        traits: the computed traits it reads; what they depend on is among the events and ages.
    """

    name: str
    when: str
    attributes: frozenset[str]
    events: frozenset[str]
    ages: frozenset[tuple[str, float]]
    clock: bool
    segments: frozenset[str] = frozenset()
    engagements: frozenset[tuple[str, float]] = frozenset()
    traits: frozenset[str] = frozenset()

    @property
    def timed(self) -> bool:
        """Whether it can change by the passing of time alone: then the daily sweep asks it."""
        return self.clock or bool(self.ages) or bool(self.engagements)

    def may_have_changed(
        self, events: Callable[[str, datetime], Sequence[Event]], engaged: Engagement, since: datetime, now: datetime
    ) -> bool:  # fmt: skip
        """Say whether the passing of time alone can have changed what was true at *since*.

        Args:
            events: returns the events of a name that were received since an instant, by `at`, oldest first.
            engaged: when the customer last did what, by channel.
        """
        if self.clock:
            return True
        for channel, seconds in self.engagements:
            at = last_engaged(engaged, channel)
            if at is not None and since < at + timedelta(seconds=seconds) <= now:
                return True
        for name, seconds in self.ages:
            window = timedelta(seconds=seconds)
            # The newest first: of what happened long ago, nothing leaves a window any more.
            for event in reversed(events(name, since - window)):
                left = event.at + window
                if left <= since:
                    break
                if left <= now:
                    return True
        return False


def last_engaged(engaged: Engagement, channel: str) -> datetime | None:
    """Return when a customer last opened, clicked or replied on a channel; None for never."""
    did = engaged.get(channel, {})
    return max((at for how in ENGAGES if (at := did.get(how)) is not None), default=None)


def segment_rule(name: str, when: str, traits: Mapping[str, TraitRule] | None = None) -> SegmentRule:
    """Read what a segment's condition depends on.

    Args:
        traits: the workspace's computed traits, by name.
    """
    # Imported here: reading conditions takes long to import, and a workspace need not have segments.
    from sojourn.domain.condition.references import references

    attributes: set[str] = set()
    events: set[str] = set()
    ages: set[tuple[str, float]] = set()
    segments: set[str] = set()
    engagements: set[tuple[str, float]] = set()
    read: set[str] = set()
    clock = False
    for reference in references(when):
        path = reference.path
        if path[0] == "customer" and len(path) > 1:
            trait = (traits or {}).get(str(path[1]))
            if trait is None:
                attributes.add(str(path[1]))
                continue
            read.add(trait.name)
            events.add(trait.event)
            if trait.within:
                ages.add((trait.event, trait.within))
        elif path[0] == "engaged":
            events.update(ENGAGES.values())
            if len(path) > 2:
                engagements.add((str(path[1]), float(str(path[2]))))
        elif path[0] in ("did", "times", "last"):
            events.add(str(path[1]))
            clock = clock or path[0] == "last"
            if len(path) > 2:
                ages.add((str(path[1]), float(str(path[2]))))
        elif path[0] in ("now", "local"):
            clock = True
        elif path[0] == "in_segment":
            segments.add(str(path[1]))
        elif path[0] in ("consented", "reachable"):
            attributes.add("*")
    return SegmentRule(
        name, when, frozenset(attributes), frozenset(events), frozenset(ages), clock, frozenset(segments),
        frozenset(engagements), frozenset(read),
    )  # fmt: skip


def in_order(rules: Sequence[SegmentRule]) -> tuple[SegmentRule, ...]:
    """Return the rules so that each comes after those it is built on; a circle, which `check` refuses, as given."""
    by_name = {rule.name: rule for rule in rules}
    built_on = {rule.name: sorted(rule.segments & by_name.keys()) for rule in rules}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(built_on).static_order())
    except CycleError:
        return tuple(rules)


def membership(
    rules: Sequence[SegmentRule],
    asked: Container[str],
    before: frozenset[str],
    holds: Callable[[SegmentRule, frozenset[str]], bool],
) -> frozenset[str]:
    """Return the segments a customer is in once some were asked again, and those that are built on what changed.

    Args:
        rules: as `in_order` returns them.
        holds: whether a rule's condition holds for a customer who is in these segments.
    """
    now, changed = before, set[str]()
    for rule in rules:
        if rule.name in asked or not rule.segments.isdisjoint(changed):
            after = now | {rule.name} if holds(rule, now) else now - {rule.name}
            if after != now:
                changed.add(rule.name)
            now = after
    return now

"""Which names a condition may use, at each place of a project.

What the tracking plan does not tell (rows of an audience file, what an API call brings) is left open rather than
refused. This module checks nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from sojourn.domain.condition.types import OPEN as ANY_NAME
from sojourn.domain.condition.types import Fields, Names, ValueType
from sojourn.domain.journey.builtin_events import OF_RELEASE
from sojourn.domain.journey.model.journey import EnteredSegment, LeftSegment
from sojourn.domain.journey.model.steps import Branch, Call, Release, Send, Split, StepBase, Task, WaitFor
from sojourn.domain.journey.model.workspace import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.domain.journey.model.workspace import Property, Trait
    from sojourn.domain.journey.rules.context import Context, JourneyView

OPEN: Final[Mapping[str, ValueType]] = {ANY_NAME: ValueType.ANY}
"""The fields of something that nothing describes."""

_S, _B, _N = ValueType.STRING, ValueType.BOOLEAN, ValueType.NUMBER


def properties_of(event: Mapping[str, Property]) -> dict[str, ValueType]:
    """Return the types of an event's properties."""
    return {name: one.type for name, one in event.items()}


WHO = dict.fromkeys(("id", "email", "phone", "timezone", "locale"), _S)
"""What is known of every customer, beside the workspace's attributes."""


def type_of(trait: Trait, events: Mapping[str, Fields]) -> ValueType:
    """Return the type of a computed trait."""
    if trait.count is not None or trait.sum is not None:
        return ValueType.NUMBER
    return events.get(trait.event, OPEN).get(trait.property_, ValueType.ANY)


def outcome_of(step: StepBase, events: Mapping[str, Fields]) -> Mapping[str, ValueType | Fields]:
    """Return what `steps.<id>` holds after *step*, by its verb."""
    if isinstance(step, Send):
        return {"sent": _B, "channel": _S, "reason": _S, "path": _S}
    if isinstance(step, Branch | Split):
        return {"path": _S}
    if isinstance(step, WaitFor):
        merged: dict[str, ValueType] = {}
        for release in step.wait_for:
            for name, type_ in released_by(release, events).items():
                merged[name] = type_ if merged.get(name, type_) == type_ else ValueType.ANY
        return {"path": _S, "event": merged}
    if isinstance(step, Task):
        return {"path": _S, "reason": _S, "outcome": _S, "answer": OPEN}
    if isinstance(step, Call):
        return {"path": _S, "reason": _S, "status": _N, "answer": OPEN}
    return {"path": _S}


def released_by(release: Release, events: Mapping[str, Fields]) -> Fields:
    """Return the properties of the event that ends a wait through *release*."""
    return events.get(event_of(release), OPEN)


def event_of(release: Release) -> str:
    """Return the name of the event that ends a wait through *release*."""
    kind = release.kinds[0] if release.kinds else "event"
    return OF_RELEASE.get(kind) or release.event or ""


def event_of_trigger(trigger: object) -> str:
    """Return the name of the event that a trigger waits for."""
    if isinstance(trigger, EnteredSegment):
        return OF_RELEASE["entered_segment"]
    if isinstance(trigger, LeftSegment):
        return OF_RELEASE["left_segment"]
    return str(trigger)


class ProjectNames:
    """Makes the `Names` of each place; places alike share one object, so that checks can be remembered by it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._made: dict[object, Names] = {}

    @cached_property
    def attributes(self) -> Fields:
        """The attributes of the workspace."""
        return properties_of(self.context.workspace.attributes)

    @cached_property
    def traits(self) -> Fields:
        """The computed traits of the workspace."""
        return {
            name: type_of(trait, self.context.event_types)
            for name, trait in self.context.project.traits.items()
        }

    @cached_property
    def _everywhere(self) -> dict[str, frozenset[str]]:
        return {
            "events": frozenset(self.context.event_types),
            "segments": frozenset(self.context.project.segments),
            "topics": frozenset(self.context.workspace.topics),
            "channels": frozenset(CHANNELS),
        }

    def segment(self) -> Names:
        """Return the names that a segment's condition may use."""
        return self._names(("segment",), {})

    def entering(self, view: JourneyView, *, event: bool = True) -> Names:
        """Return the names of `enter.where` and `enter.key`: there is no run yet, so no entry and no step."""
        brought = self.context.entry_types[view.journey.journey] if event else None
        return self._names(("entering", view.file), {"event": brought})

    def running(self, view: JourneyView, event: Fields | None = None) -> Names:
        """Return the names of a place within a run; *event* is what a `where` is about."""
        key = ("running", view.file, None if event is None else tuple(sorted(event.items())))
        if (made := self._made.get(key)) is None:
            steps = {name: outcome_of(step, self.context.event_types) for name, step in view.named.items()}
            entry = self.context.entry_types[view.journey.journey]
            made = self._names(key, {"entry": entry, "event": event, "steps": steps, "sends": view.sends})
        return made

    def trait(self, event: str) -> Names:
        """Return the names that a trait's `where` may use: the event, and nothing of the customer."""
        fields = self.context.event_types.get(event, OPEN)
        return self._names(("trait", event), {"event": fields, "only_event": True})

    def _names(self, key: object, parts: dict[str, Any]) -> Names:
        if key not in self._made:
            known = {**WHO, **self.attributes, **self.traits}
            self._made[key] = Names(customer=known, **{**self._everywhere, **parts})
        return self._made[key]

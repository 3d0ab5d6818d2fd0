"""Which values an attribute or property can have at a place of a project, as far as `one_of` says so.

Where what is read may come from several events, the values of all of them are possible; where one of them leaves
open what it brings, everything is. This module judges nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.condition.types import OPEN, ValueType
from sojourn.domain.journey.builtin_events import BUILTIN
from sojourn.domain.journey.model.steps import Task, WaitFor
from sojourn.domain.journey.rules.scope import event_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from sojourn.domain.journey.model.workspace import Property
    from sojourn.domain.journey.rules.context import Context
    from sojourn.domain.journey.rules.texts import PlacedText

OUTCOMES = ("completed", "rescheduled", "failed")
"""How a person ends a task."""
Values = tuple[str | int | float, ...]


def values_at(place: PlacedText, path: tuple[Hashable, ...], context: Context) -> Values | None:
    """Return the values that *path* can have where *place* stands; None where nothing bounds them."""
    match path:
        case ("customer", str(name)):
            trait = context.project.traits.get(name)
            if trait is None:
                return _of(context.workspace.attributes.get(name))
            return (
                _of_events((trait.event,), trait.property_, context)
                if trait.property_ and not trait.sum
                else None
            )
        case ("event", str(name)):
            return _of_events(place.events, name, context)
        case ("entry", str(name)) if place.view is not None:
            journey = place.view.journey.journey
            if OPEN in context.entry_types[journey]:
                return None
            if context.entry_types[journey].get(name) is ValueType.ANY:
                return None
            return _of_events(context.entered_by[journey], name, context)
        case ("steps", str(step), "event", str(name)) if place.view is not None:
            waits = place.view.named.get(step)
            released = [event_of(one) for one in waits.wait_for] if isinstance(waits, WaitFor) else []
            return _of_events(released, name, context)
        case ("steps", str(step), "outcome" | "path" as field) if place.view is not None:
            if isinstance(place.view.named.get(step), Task):
                return OUTCOMES if field == "outcome" else (*OUTCOMES, "otherwise")
    return None


def _of_events(events: Iterable[str], name: str, context: Context) -> Values | None:
    found: list[str | int | float] = []
    for event in events:
        declared = context.workspace.events.get(event)
        if declared is None and event not in BUILTIN:
            return None
        if name in (declared or BUILTIN.get(event, {})):
            values = _of(declared.get(name)) if declared is not None else None
            if values is None:
                return None
            found += values
    return tuple(dict.fromkeys(found)) or None


def _of(declared: Property | None) -> Values | None:
    if declared is None or declared.one_of is None:
        return None
    if declared.type is ValueType.STRING:
        return tuple(str(one) for one in declared.one_of)
    return declared.one_of if declared.type is ValueType.NUMBER else None

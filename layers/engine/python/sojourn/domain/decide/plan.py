"""Whether an event is what the workspace's tracking plan says of its name: the types of its properties, nothing else.

An event that the plan does not name is kept, so is a property that it does not name, and what is missing is missing:
conditions say so where they read it. But a text where a number was promised would make them decide wrongly, without
a word. It knows no table: where such events go is `sojourn.application.quarantine`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.domain.condition.binding import Unfit, to_instant
from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.builtin_events import BUILTIN, OF_CALLS

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Event

Plan = Mapping[str, Mapping[str, str]]
"""Event name -> property -> type, as `workspace.yaml` spells types."""


class Misfit(NamedTuple):
    """One property of an event that is not what the plan says; never its value."""

    place: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: {self.wanted} is wanted, and it is {self.found}"


def misfits(plan: Plan, event: Event) -> tuple[Misfit, ...]:
    """Return what of an event is not as planned, in the plan's order; what Sojourn itself tells of always is."""
    planned = plan.get(event.name)
    if not planned or (event.name in BUILTIN and event.name not in OF_CALLS):
        return ()
    found = []
    for name, wanted in planned.items():
        value = event.properties.get(name)
        fits, words = _WANTED.get(wanted, _ANYTHING)
        if value is not None and not fits(value):
            found.append(Misfit(f"properties.{name}", words, _kind(value)))
    return tuple(found)


def _is_time(value: Any) -> bool:
    """Say whether conditions can make an instant of a text."""
    if not isinstance(value, str):
        return False
    try:
        to_instant(value)
    except Unfit:
        return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "an object" if isinstance(value, Mapping) else "a list"


_ANYTHING: tuple[Callable[[Any], bool], str] = (lambda value: True, "anything")
_WANTED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    ValueType.STRING: (lambda value: isinstance(value, str), "a text"),
    ValueType.NUMBER: (_is_number, "a number"),
    ValueType.BOOLEAN: (lambda value: isinstance(value, bool), "true or false"),
    ValueType.DATE: (_is_time, "a date, like 2026-12-24,"),
    ValueType.TIME: (_is_time, "a date and time, like 2026-12-24T18:00:00Z,"),
    ValueType.LIST: (lambda value: isinstance(value, list | tuple), "a list"),
    ValueType.OBJECT: (lambda value: isinstance(value, Mapping), "an object"),
    ValueType.ANY: _ANYTHING,
}
"""Type -> what fits it, and its words. A type that a later release knows is anything to this one."""

"""Whether what is told is what the workspace says of it: the types of an event's properties, and of attributes.

An event that the plan does not name is kept, so is a property or an attribute that is not listed, and what is missing
is missing: conditions say so where they read it. But a text where a number was promised would make them decide wrongly,
without a word. Nothing is made of something else: "12" is no number. It knows no table: where such events go is
`sojourn.application.quarantine`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.domain.condition.binding import Unfit, to_instant
from sojourn.domain.condition.types import ValueType
from sojourn.domain.decide.consent_words import says_nothing
from sojourn.domain.decide.learning import CONTACT
from sojourn.domain.journey.builtin_events import BUILTIN, OF_CALLS

if TYPE_CHECKING:
    from sojourn.domain.customer.rows import Event

Types = Mapping[str, str]
"""Property or attribute -> type, as `workspace.yaml` spells types."""
Plan = Mapping[str, Types]
"""Event name -> its properties' types."""
ATTRIBUTES = "attributes"
CUSTOMER_UPDATED = "customer_updated"
"""An event of ours by which applications tell attributes, and nothing else."""
SUBSCRIBED = "subscribed"
"""Consent that is given; the one event of ours, besides, that somebody may have to write anew."""


class Misfit(NamedTuple):
    """One property or attribute that is not what the workspace says; never its value."""

    place: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: {self.wanted} is wanted, and it is {self.found}"

    @property
    def name(self) -> str:
        """The property's or attribute's name."""
        return self.place.partition(".")[2]


def misfits(plan: Plan, event: Event) -> tuple[Misfit, ...]:
    """Return what of an event is not as planned, in the plan's order; what Sojourn itself tells of always is."""
    if event.name in BUILTIN and event.name not in OF_CALLS:
        return ()
    return _misfits("properties", plan.get(event.name) or {}, event.properties)


def amiss(
    plan: Plan, types: Types, event: Event, attributes: Mapping[str, Any], topics: Collection[str] = ()
) -> tuple[Misfit, ...]:
    """Return why an event is kept aside: its properties that are not as planned, and the attributes that it tells.

    So is a consent of which nothing is understood; one that is taken back is heard, whatever is wrong with it.

    Args:
        types: of the attributes that the workspace declares.
        topics: the workspace's own.
    """
    if event.name == SUBSCRIBED:
        return tuple(
            Misfit(
                f"properties.{name}", _OF_CONSENT[name], f"{_kind(event.properties[name])} that names none"
            )
            for name in says_nothing(event.properties, topics)
        )
    wrong = misfits(plan, event)
    return wrong if is_heard_anyhow(event.name) else wrong + wrong_attributes(types, attributes)


def wrong_property(wanted: str, value: Any) -> Misfit | None:
    """Return how one value is not of the type *wanted*, as the workspace spells it; None where it is, or is absent."""
    return next(iter(_misfits("", {"": wanted}, {"": value})), None)


def wrong_attributes(types: Types, told: Mapping[str, Any]) -> tuple[Misfit, ...]:
    """Return which of the attributes *told* are not of the types that the workspace declares, in its order.

    Addresses, zone and locale are the engine's own, whatever is declared of them.
    """
    if not told or types.keys().isdisjoint(told):
        return ()
    return _misfits(ATTRIBUTES, {name: wanted for name, wanted in types.items() if name not in CONTACT}, told)


def right_attributes(types: Types, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the attributes *told* without those of a wrong type; the same object where there are none."""
    wrong = {one.name for one in wrong_attributes(types, told)}
    return {name: value for name, value in told.items() if name not in wrong} if wrong else told


def is_heard_anyhow(event: str) -> bool:
    """Say whether an event of this name acts whatever is wrong with the attributes beside it.

    Who unsubscribes, or complains, must be heard: only those attributes are left out.
    """
    return event in BUILTIN and event not in OF_CALLS and event != CUSTOMER_UPDATED


def _misfits(where: str, types: Types, told: Mapping[str, Any]) -> tuple[Misfit, ...]:
    found = []
    for name, wanted in types.items():
        value = told.get(name)
        fits, words = _WANTED.get(wanted, _ANYTHING)
        if value is not None and not fits(value):
            found.append(Misfit(f"{where}.{name}", words, _kind(value)))
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


_OF_CONSENT: Mapping[str, str] = {
    "topic": "a topic, or a list of topics,",
    "topics": "a list of topics",
    "channel": "a channel, or a list of channels,",
    "channels": "a list of channels",
}
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

"""What the imported workspace knows by name: attributes, events, and what stands for things that have no equal.

Pinpoint keeps attributes of addresses and of users apart, and asks nobody to declare either; a workspace declares
each once, with its type. A first pass over an export finds out what each is used as, a second writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.builtin_events import BUILTIN, OF_CALLS
from sojourn.pinpoint.naming import Names, identifier

_TAKEN = ("id", "email", "phone", "timezone", "locale", "anonymous_id")
"""What a customer has besides attributes."""
_OURS = tuple(name for name in BUILTIN if name not in OF_CALLS)
"""The events that Sojourn alone reports; of those that are calls of the tracking API a plan may say more."""


@dataclass(slots=True)
class Vocabulary:
    """Attributes and events as they are met.

    Args:
        settled: what each attribute is used as, as the first pass found; empty in that pass.
    """

    settled: dict[str, ValueType] = field(default_factory=dict)
    attributes: dict[str, ValueType] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, ValueType]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    _names: Names = field(default_factory=lambda: Names("_", _TAKEN))
    _event_names: Names = field(default_factory=lambda: Names("_", _OURS))
    _properties: dict[str, Names] = field(default_factory=dict)

    def attribute(self, group: str, name: str, used_as: ValueType, about: str = "") -> tuple[str, ValueType]:
        """Return the name that an attribute has here, and its type.

        Args:
            group: where Pinpoint keeps it: `Attributes`, `UserAttributes`, `Metrics`, `Demographic`.
            used_as: what this use takes it to be.
            about: what the workspace says about it.
        """
        known = self._names.give((group, name), identifier(name, "attribute"))
        if known != name and group != "@":
            self.renamed[f"{group}.{name}"] = known
        self.attributes[known] = _joined(self.attributes.get(known), used_as)
        if about:
            self.about[known] = about
        return known, self.settled.get(known, used_as)

    def stand_in(self, what: str, about: str) -> str:
        """Return the attribute that stands for what a condition cannot ask: nobody has it until somebody sets it."""
        return self.attribute("@", what, ValueType.BOOLEAN, about)[0]

    def event(self, name: str) -> str:
        """Return the name that an application's event has here: `_session.start` becomes `session_start`."""
        known = self._event_names.give(name, identifier(name.lstrip("_"), "event"))
        self.events.setdefault(known, {})
        return known

    def property_(self, event: str, name: str, used_as: ValueType) -> tuple[str, ValueType] | None:
        """Return the name that a property of an event has here, and its type.

        None where the event is one that Sojourn itself reports, and does not have it.
        """
        if event in _OURS:
            return (name, BUILTIN[event][name]) if name in BUILTIN[event] else None
        known = self._properties.setdefault(event, Names("_")).give(name, identifier(name, "property"))
        types = self.events[event]
        types[known] = _joined(types.get(known), used_as)
        if known != name:
            self.renamed[f"{event}.{name}"] = known
        return known, self.settled.get(f"{event}.{known}", used_as)

    @property
    def types(self) -> dict[str, ValueType]:
        """What attributes, and properties as `event.property`, are used as: what the second pass settles on."""
        properties = {
            f"{event}.{name}": one for event, types in self.events.items() for name, one in types.items()
        }
        return self.attributes | properties


def _joined(before: ValueType | None, now: ValueType) -> ValueType:
    """Return the type of what is used as one and as another."""
    if before is None or before is now:
        return now
    pair = {before, now}
    if pair == {ValueType.STRING, ValueType.TIME}:
        return ValueType.STRING
    return ValueType.LIST if ValueType.LIST in pair else ValueType.ANY

"""What is known of a customer, computed traits among it: each is worked out when it is read first, and then kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sojourn.domain.customer.rows import Event
    from sojourn.domain.decide.traits import TraitRule


class Traits:
    """One customer's traits at one instant; each costs one query, where something reads it.

    Args:
        events: returns the customer's events of a name that were received since an instant.
        arrived: the event among them that no storage knows yet.
    """

    __slots__ = ("_events", "_found", "_now", "arrived", "rules")

    def __init__(
        self,
        rules: Mapping[str, TraitRule],
        events: Callable[[str, datetime | None], Sequence[Event]],
        now: datetime,
        arrived: Event | None = None,
    ) -> None:
        self.rules = rules
        self.arrived = arrived
        self._events = events
        self._now = now
        self._found: dict[str, Any] = {}

    def value(self, name: str) -> Any:
        """Return a trait; None where there is nothing to tell."""
        if name not in self._found:
            rule = self.rules[name]
            # Nothing is received before it happened: what was received before the window is not in it.
            events = self._events(rule.event, rule.since(self._now))
            # Imported here: it evaluates conditions, which many functions never do.
            from sojourn.domain.decide.traits import worked_out

            self._found[name] = worked_out(rule, events, self._now)
        return self._found[name]


class Known(Mapping[str, Any]):
    """The customer's attributes and traits, as conditions and templates read them; a trait's name is its own."""

    __slots__ = ("_attributes", "_traits")

    def __init__(self, attributes: Mapping[str, Any], traits: Traits) -> None:
        self._attributes = attributes
        self._traits = traits

    def get(self, key: str, default: Any = None) -> Any:
        """Return what is known under a name."""
        if key not in self._traits.rules:
            return self._attributes.get(key, default)
        value = self._traits.value(key)
        return default if value is None else value

    def __getitem__(self, key: str) -> Any:
        if key not in self._traits.rules:
            return self._attributes[key]
        if (value := self._traits.value(key)) is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str) and key in self._traits.rules:
            return self._traits.value(key) is not None
        return key in self._attributes

    def __iter__(self) -> Iterator[str]:
        traits = self._traits.rules
        yield from (name for name in self._attributes if name not in traits)
        yield from (name for name in traits if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

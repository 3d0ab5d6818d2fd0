"""Computed traits: what a customer's events come to, at one instant.

Nothing is kept of a trait: it is worked out from the events whenever something reads it. So an event that comes late,
a merge of two customers and the passing of time are all in it.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sojourn.domain.condition.lazily import compile_condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sojourn.domain.customer.rows import Event

COUNT, SUM, FIRST, LAST, MOST_FREQUENT = HOW = ("count", "sum", "first", "last", "most_frequent")
"""How a trait can be worked out."""


@dataclass(frozen=True, slots=True)
class TraitRule:
    """How a trait is worked out.

    Args:
        how: one of `HOW`.
        property: of the event; "" for a count.
        within: how many seconds back events count; 0 for all that are kept.
        where: a condition on the event; "" for none.
    """

    name: str
    how: str
    event: str
    property: str = ""
    within: float = 0.0
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return everything but the name and what is as usual."""
        return {name: value for name, value in asdict(self).items() if value and name != "name"}

    @classmethod
    def from_json(cls, name: str, told: Mapping[str, Any]) -> TraitRule:
        """Return the trait that `to_json` wrote; what this release does not know is passed over."""
        known = {one.name for one in fields(cls)} - {"name"}
        return cls(name, **{key: value for key, value in told.items() if key in known})

    def since(self, now: datetime) -> datetime | None:
        """Return the instant after which events count; None where all do."""
        return now - timedelta(seconds=self.within) if self.within else None


def traits_json(traits: Mapping[str, TraitRule]) -> dict[str, Any]:
    """Return traits as JSON values, by name."""
    return {name: rule.to_json() for name, rule in sorted(traits.items())}


def traits_from(told: Mapping[str, Any]) -> dict[str, TraitRule]:
    """Return the traits that `traits_json` wrote."""
    return {name: TraitRule.from_json(name, one) for name, one in sorted(told.items())}


def worked_out(rule: TraitRule, events: Iterable[Event], now: datetime) -> Any:
    """Return what a customer's events come to; None where there is nothing to tell.

    Args:
        events: those of the rule's name, in any order; they are taken in the order in which they happened.
    """
    since = rule.since(now)
    counted = sorted(
        (event for event in events if since is None or event.at > since), key=lambda event: event.at
    )
    if rule.where:
        counted = [event for event in counted if _holds(rule.where, event, now)]
    if rule.how == COUNT:
        return len(counted)
    values = [value for event in counted if (value := event.properties.get(rule.property)) is not None]
    come_to = _OF_VALUES.get(rule.how)
    return come_to(values) if come_to is not None else None


def _holds(where: str, event: Event, now: datetime) -> bool:
    nothing: dict[str, Any] = {}
    scope: Any = SimpleNamespace(
        customer=nothing, entry=nothing, steps=nothing, event=event.properties, now=now
    )
    return compile_condition(where).evaluate(scope).value


def _sum(values: Sequence[Any]) -> Any:
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    if all(isinstance(one, int) for one in numbers):
        return sum(numbers)
    try:
        return math.fsum(numbers)
    except OverflowError:
        return None


def _most_frequent(values: Sequence[Any]) -> Any:
    """Return the value that comes most often; of several, the one that came last."""
    often: dict[tuple[bool, Any], int] = {}
    found, most = None, 0
    for value in values:
        if not isinstance(value, str | int | float):
            continue
        # True is 1 for Python, and not for a customer.
        key = (isinstance(value, bool), value)
        often[key] = often.get(key, 0) + 1
    for value in values:
        if isinstance(value, str | int | float) and often[(isinstance(value, bool), value)] >= most:
            found, most = value, often[(isinstance(value, bool), value)]
    return found


def _first(values: Sequence[Any]) -> Any:
    return values[0] if values else None


def _last(values: Sequence[Any]) -> Any:
    return values[-1] if values else None


_OF_VALUES: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    SUM: _sum,
    FIRST: _first,
    LAST: _last,
    MOST_FREQUENT: _most_frequent,
}

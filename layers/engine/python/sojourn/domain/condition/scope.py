"""What a condition is evaluated against, and looking its inputs up there.

The scope is given by the use case; it answers lazily, so only what a text reads is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sojourn.domain.condition.binding import to_instant
from sojourn.domain.condition.inputs import Input, InputKind
from sojourn.domain.condition.operators import WEEKDAYS


class Scope(Protocol):
    """One customer at one instant, as conditions see it. `now` is aware and in UTC.

    Values are JSON (numbers may be Decimal, times ISO texts); None counts as absent.
    """

    @property
    def customer(self) -> Mapping[str, Any]:
        """The attributes at this instant."""

    @property
    def entry(self) -> Mapping[str, Any]:
        """The properties of what started the run."""

    @property
    def event(self) -> Mapping[str, Any] | None:
        """The properties of the event at hand, if one is."""

    @property
    def steps(self) -> Mapping[str, Mapping[str, Any]]:
        """The outcomes so far, by step id."""

    @property
    def now(self) -> datetime:
        """The instant of evaluation."""

    def did(self, event: str, within: timedelta | None) -> bool:
        """Tell whether the customer did *event*, ever or within the last *within*."""

    def times(self, event: str, within: timedelta | None) -> int:
        """Return how often the customer did *event*, ever or within the last *within*."""

    def last(self, event: str) -> datetime | None:
        """Return when the customer last did *event*; None if never."""

    def in_segment(self, name: str) -> bool:
        """Tell whether the customer is in the segment."""

    def opened(self, step: str) -> bool:
        """Tell whether the message that *step* sent was opened."""

    def clicked(self, step: str) -> bool:
        """Tell whether a link in the message that *step* sent was clicked."""

    def consented(self, topic: str, channel: str) -> bool:
        """Tell whether the customer agreed to *topic* on *channel*."""

    def reachable(self, channel: str) -> bool:
        """Tell whether there is a valid address for *channel*."""

    def engaged(self, channel: str, within: timedelta | None) -> bool:
        """Tell whether the customer opened, clicked or replied on *channel*, ever or within the last *within*."""

    def local(self, time: datetime) -> datetime:
        """Return *time* in the customer's zone."""


ABSENT: Any = object()
"""What a lookup gives for what is not there."""

Lookup = Callable[[Scope], Any]


def lookup(wanted: Input) -> Lookup:
    """Return the function that looks *wanted* up in a scope: its value, or ABSENT; it may raise Unfit."""
    if wanted.kind is InputKind.CALL:
        return _call(wanted.key)
    if wanted.kind is InputKind.HAS:
        find = _path(wanted.key[1:])
        return lambda scope: find(scope) is not ABSENT
    if wanted.kind is InputKind.LOCAL and wanted.inner is not None:
        return _local(lookup(wanted.inner), str(wanted.key[-1]))
    return _path(wanted.key)


def _path(key: tuple[Any, ...]) -> Lookup:
    root, segments = key[0], key[1:]
    if len(segments) == 1 and type(segments[0]) is str:
        name = segments[0]

        def find_attribute(scope: Scope) -> Any:
            held = getattr(scope, root)
            value = held.get(name) if held is not None else None
            return ABSENT if value is None else value

        return find_attribute

    def find(scope: Scope) -> Any:
        value = getattr(scope, root)
        for segment in segments:
            if isinstance(value, Mapping) and isinstance(segment, str):
                value = value.get(segment)
            elif isinstance(value, Sequence) and isinstance(segment, int) and not isinstance(value, str):
                value = value[segment] if segment < len(value) else None
            else:
                return ABSENT
        return ABSENT if value is None else value

    return find


def _call(key: tuple[Any, ...]) -> Lookup:
    function, words = key[0], key[1:]
    if function in ("did", "times", "engaged"):
        within = timedelta(seconds=words[1]) if len(words) > 1 else None
        return lambda scope: getattr(scope, function)(words[0], within)

    def call(scope: Scope) -> Any:
        found = getattr(scope, function)(*words)
        return ABSENT if found is None else found

    return call


def _local(find: Lookup, part: str) -> Lookup:
    def local(scope: Scope) -> Any:
        found = find(scope)
        if found is ABSENT:
            return ABSENT
        parts = _parts(scope.local(to_instant(found)))
        return parts[part] if part else parts

    return local


def _parts(at: datetime) -> dict[str, Any]:
    return {
        "hour": at.hour,
        "minute": at.minute,
        "weekday": WEEKDAYS[at.weekday()],
        "date": f"{at.year:04}-{at.month:02}-{at.day:02}",
        "time": f"{at.hour:02}:{at.minute:02}",
    }

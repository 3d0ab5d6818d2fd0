"""CEL's own functions and methods that conditions may use: what each takes and gives.

A closed list: what is not in it is an unknown function. It knows no names and evaluates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domain.condition.kinds import Kind

_SIZED = frozenset((Kind.TEXT, Kind.LIST, Kind.OBJECT))
_TEXT = frozenset((Kind.TEXT, Kind.CLOCK, Kind.WEEKDAY))
_PLAIN = frozenset((Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN, Kind.CLOCK, Kind.WEEKDAY))
_MOMENT = frozenset((Kind.TIME, Kind.DATE))
_CALENDAR = ("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear")
_CLOCK = ("getHours", "getMinutes", "getSeconds", "getMilliseconds")


@dataclass(frozen=True, slots=True)
class Builtin:
    """One function: the kinds it takes (a method's target first), what it gives, how it is written.

    Args:
        optional: how many of the last arguments may be left out.
    """

    takes: tuple[frozenset[Kind], ...]
    gives: Kind
    usage: str
    optional: int = 0


FUNCTIONS = {
    "size": Builtin((_SIZED,), Kind.NUMBER, "size(event.items)"),
    "string": Builtin((_PLAIN | _MOMENT | {Kind.DURATION},), Kind.TEXT, "string(event.total)"),
    "int": Builtin((frozenset((Kind.TEXT, Kind.NUMBER)),), Kind.NUMBER, "int(event.total)"),
    "double": Builtin((frozenset((Kind.TEXT, Kind.NUMBER)),), Kind.NUMBER, "double(event.total)"),
    "bool": Builtin((frozenset((Kind.TEXT, Kind.BOOLEAN)),), Kind.BOOLEAN, "bool(event.gift)"),
    "dyn": Builtin((frozenset(Kind),), Kind.ANY, "dyn(event.total)"),
    "timestamp": Builtin((_TEXT | _MOMENT,), Kind.TIME, 'timestamp("2026-03-06T09:00:00Z")'),
    "duration": Builtin((_TEXT | {Kind.DURATION},), Kind.DURATION, 'duration("7 days")'),
}

METHODS = {
    "size": Builtin((_SIZED,), Kind.NUMBER, "event.items.size()"),
    "startsWith": Builtin((_TEXT, _TEXT), Kind.BOOLEAN, 'event.sku.startsWith("A-")'),
    "endsWith": Builtin((_TEXT, _TEXT), Kind.BOOLEAN, 'event.sku.endsWith("-X")'),
    "contains": Builtin((_TEXT, _TEXT), Kind.BOOLEAN, 'event.sku.contains("-")'),
    "matches": Builtin((_TEXT, _TEXT), Kind.BOOLEAN, 'event.sku.matches("^A-[0-9]+$")'),
}
METHODS |= {n: Builtin((_MOMENT, _TEXT), Kind.NUMBER, f"entry.departure.{n}()", 1) for n in _CALENDAR}
METHODS |= {
    n: Builtin((_MOMENT | {Kind.DURATION}, _TEXT), Kind.NUMBER, f"entry.departure.{n}()", 1) for n in _CLOCK
}
TIME_METHODS = frozenset((*_CALENDAR, *_CLOCK))

"""Makes up the values of attributes and properties: as somebody guessed, else believable by type and name.

A maker draws a value for one customer at one instant; `ABSENT` where this customer or event has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate
from math import log
from typing import Any

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.model.guesses import Around, Between, OneOf, parse_distance
from sojourn.domain.journey.model.workspace import Property
from sojourn.domain.time.instants import iso, parse_instant
from sojourn.local.population.person import Person

Maker = Callable[[Person, datetime], Any]
ABSENT: Any = object()
"""What a maker returns where there is no value."""

_SPREAD = 0.6
_DAY = timedelta(days=1)
_FIRST_NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hugo", "Ida", "Jon", "Kim", "Lea")
_SMALL = ("quantity", "count", "number", "items", "visits", "seats", "nights", "guests", "times")
_MONEY = ("total", "price", "amount", "value", "revenue", "spent", "cost")
_RATED = ("rating", "score", "stars")


def made(makers: Mapping[str, Maker], person: Person, now: datetime) -> dict[str, Any]:
    """Draw one of each; what is absent is left out."""
    drawn = {name: maker(person, now) for name, maker in makers.items()}
    return {name: value for name, value in drawn.items() if value is not ABSENT}


def guessed(guess: Any, type_: ValueType) -> Maker:
    """Return the maker for what an author guessed about a value of this type.

    It must fit the type (`sojourn.domain.journey.fitting`).
    """
    if isinstance(guess, OneOf):
        return _known(_one_of(guess.one_of, type_), guess.known)
    if isinstance(guess, Between):
        return _known(_between(*guess.between, type_), guess.known)
    if isinstance(guess, Around):
        return _known(_around(guess.around), guess.known)
    if isinstance(guess, tuple):
        return _one_of(guess, type_)
    return lambda person, now: guess


def believable(name: str, about: Property, *, ahead: bool) -> Maker:
    """Return the maker for a value about which nobody guessed anything.

    Args:
        ahead: whether dates lie ahead (an event's: an appointment, a departure) or behind (an attribute's).
    """
    if about.one_of:
        return _one_of(about.one_of, about.type)
    if about.type is ValueType.STRING or about.type is ValueType.ANY:
        return _text(name)
    if about.type is ValueType.NUMBER:
        return _number(name)
    if about.type is ValueType.BOOLEAN:
        return lambda person, now: person.chance.random() < 0.5
    if about.type in (ValueType.DATE, ValueType.TIME):
        oldest, newest = (_DAY, 14 * _DAY) if ahead else (-730 * _DAY, timedelta(0))
        if "birth" in name:
            oldest, newest = -75 * 365 * _DAY, -18 * 365 * _DAY
        return partial(_instant, oldest, newest, about.type is ValueType.DATE)
    if about.type is ValueType.LIST:
        return _list(name)
    return lambda person, now: {}


def _text(name: str) -> Maker:
    stem = name.removesuffix("_id")
    if name == "id" or stem != name:
        return lambda person, now: f"{stem}-{person.id}-{person.next_number()}"
    if "url" in name or "link" in name:
        return lambda person, now: f"https://shop.example/{person.id}"
    if name in ("first_name", "name", "given_name"):
        return lambda person, now: _FIRST_NAMES[person.chance.randrange(len(_FIRST_NAMES))]
    if name == "currency":
        return lambda person, now: "EUR"
    return lambda person, now: f"{name}-{person.chance.randrange(1, 6)}"


def _list(name: str) -> Maker:
    """Carts and orders hold things with a name and a price; other lists are of words."""
    if name not in ("items", "products", "lines"):
        stem = name.removesuffix("s") or name
        return lambda person, now: [
            f"{stem}-{person.chance.randrange(1, 50)}" for _ in range(person.chance.randrange(1, 4))
        ]
    price = _around(30.0)

    def things(person: Person, now: datetime) -> list[dict[str, Any]]:
        numbers = [person.chance.randrange(1, 50) for _ in range(person.chance.randrange(1, 4))]
        return [
            {"id": f"item-{n}", "name": f"Item {n}", "price": price(person, now), "quantity": 1}
            for n in numbers
        ]

    return things


def _number(name: str) -> Maker:
    words = name.split("_")
    if any(word in _RATED for word in words):
        return lambda person, now: person.chance.randrange(1, 6)
    if any(word in _MONEY for word in words):
        return _around(50.0)
    if any(word in _SMALL for word in words):
        return lambda person, now: person.chance.randrange(1, 6)
    if "age" in words:
        return lambda person, now: person.chance.randrange(18, 81)
    return lambda person, now: person.chance.randrange(1, 101)


def _known(maker: Maker, percent: float) -> Maker:
    if percent >= 100.0:
        return maker
    share = percent / 100.0
    return lambda person, now: maker(person, now) if person.happens(share) else ABSENT


def _one_of(values: Mapping[str, float] | tuple[Any, ...], type_: ValueType) -> Maker:
    if isinstance(values, tuple):
        return lambda person, now: values[person.chance.randrange(len(values))]
    words = [_read(text, type_) for text in values]
    until = list(accumulate(values.values()))
    return lambda person, now: person.chance.choices(words, cum_weights=until)[0]


def _read(text: str, type_: ValueType) -> Any:
    """Return a key of a YAML mapping, which is text, as the value it stands for."""
    if type_ is ValueType.NUMBER:
        number = float(text)
        return int(number) if number.is_integer() else number
    return text == "true" if type_ is ValueType.BOOLEAN else text


def _around(typical: float) -> Maker:
    mean = log(typical)
    return lambda person, now: round(person.chance.lognormvariate(mean, _SPREAD), 2)


def _between(low: Any, high: Any, type_: ValueType) -> Maker:
    if isinstance(low, str) and isinstance(high, str):
        as_date = type_ is ValueType.DATE
        if low[:1] in "+-":
            return partial(_instant, parse_distance(low), parse_distance(high), as_date)
        return partial(_moment, parse_instant(low, "UTC"), parse_instant(high, "UTC"), as_date)
    if isinstance(low, int) and isinstance(high, int):
        least, most = min(low, high), max(low, high)
        return lambda person, now: person.chance.randint(least, most)
    return lambda person, now: round(person.chance.uniform(low, high), 2)


def _instant(oldest: timedelta, newest: timedelta, as_date: bool, person: Person, now: datetime) -> str:
    return _moment(now + oldest, now + newest, as_date, person, now)


def _moment(first: datetime, last: datetime, as_date: bool, person: Person, now: datetime) -> str:
    """Draw a whole minute between two instants."""
    minutes = int((last - first).total_seconds() // 60)
    at = first + timedelta(minutes=person.chance.randint(min(minutes, 0), max(minutes, 0)))
    at = at.replace(second=0, microsecond=0)
    return at.date().isoformat() if as_date else iso(at)

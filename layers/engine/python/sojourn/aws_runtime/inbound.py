"""Reads an event as it comes off the queue: an EventBridge envelope, of which nobody knows who put it on the bus.

Whatever is wrong with it is said in one sentence, by the place, and never by what stands there: reasons are logged
and kept, and what customers say is not for everyone. Nothing that is read can be too large or nested too deep for
what comes after. It knows no queue and no use case.

    {"detail-type": "order_completed", "id": …, "time": …, "source": …, "detail": {"customer": "c-42",
     "id": …, "time": …, "properties": {…}, "attributes": {…}, "hops": 0}}
"""  # fmt: skip

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, NoReturn

from sojourn.adapters.message_tags import fits
from sojourn.application.route import Incoming
from sojourn.domain.customer.rows import Event
from sojourn.domain.decide.learning import CONTACT
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

LONGEST_BODY = 1_048_576
"""EventBridge takes no larger entry; in bytes."""
LONGEST_DETAIL = 100_000
"""How much an event may say, in bytes: a run keeps what it was entered with, beside other rows' 400 KB."""
DEEPEST = 20
"""How deep properties and attributes may be nested."""
_AROUND = 3
"""The levels of an event around and below its properties: envelope, detail, the values themselves."""
MOST_HOPS = 1_000
LONGEST_ID = 256
LONGEST_NAME = 60
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LONGEST_ADDRESS = 2_048
"""The token of a device is the longest that there is, and nobody promises how long."""


class Poison(ValueError):
    """An event that nobody will ever be able to read; the message is why."""


def incoming(body: str) -> Incoming:
    """Return the event in a message's body.

    Raises:
        Poison: it is none, and never will be.
    """
    if len(body) > LONGEST_BODY:
        raise Poison(f"the message is longer than {LONGEST_BODY:,} characters")
    envelope = Fields(_parsed(body), "")
    detail = envelope.inner("detail")
    name = envelope.text("detail-type", LONGEST_NAME)
    if not _NAME.fullmatch(name):
        raise Poison("detail-type: a name has letters, digits and underscores, and begins with no digit")
    event = Event(
        detail.text("id", LONGEST_ID, "") or envelope.text("id", LONGEST_ID),
        name,
        detail.instant("time") or detail.instant("at") or envelope.needed_instant("time"),
        detail.mapping("properties"),
        hops=detail.count("hops", MOST_HOPS),
    )
    return Incoming(_customer(detail), event, _attributes(detail.mapping("attributes")))


def _customer(detail: Fields) -> str:
    customer = detail.text("customer", LONGEST_ID)
    if not fits(customer):
        # Their bounces and complaints could not be told from anybody else's.
        raise Poison(
            "detail.customer: 255 ASCII letters, digits, _ and - are wanted at most, or 188 bytes of others"
        )
    return customer


def _attributes(given: dict[str, Any]) -> dict[str, Any]:
    for name in CONTACT:
        value = given.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= LONGEST_ADDRESS):
            raise Poison(
                f"detail.attributes: {name} is a text of at most {LONGEST_ADDRESS:,} characters, or null"
            )
    return given


class Fields:
    """The fields of an object, each of the kind it should be; a field that is null is absent.

    Args:
        where: the place of the object, to be named before a field's.
    """

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Poison(f"{where.rstrip('.') or 'the message'}: it is no object")
        self._value = value
        self._where = where

    def inner(self, name: str) -> Fields:
        """Return an object within, which must be there."""
        return Fields(self._needed(name), f"{self._where}{name}.")

    def text(self, name: str, longest: int, default: str | None = None) -> str:
        """Return a text that is not empty; *default* where it is absent, if that is given."""
        value = self._value.get(name)
        if value is None and default is not None:
            return default
        value = self._needed(name)
        if not isinstance(value, str) or not 1 <= len(value) <= longest:
            raise self._wrong(name, f"a text of 1 to {longest} characters is wanted")
        return value

    def instant(self, name: str) -> datetime | None:
        """Return an instant, None where it is absent."""
        value = self._value.get(name)
        if value is None:
            return None
        try:
            at = parse_date_time(value) if isinstance(value, str) else None
        except TimeError:
            at = None
        if at is None or at.tzinfo is None:
            raise self._wrong(name, "a date and time with a zone is wanted, like 2026-12-24T18:00:00Z")
        return at

    def needed_instant(self, name: str) -> datetime:
        """Return an instant, which must be there."""
        self._needed(name)
        at = self.instant(name)
        assert at is not None
        return at

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object, empty where it is absent."""
        value = self._value.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._wrong(name, "an object is wanted")
        return value

    def count(self, name: str, most: int) -> int:
        """Return a whole number from 0 on, 0 where it is absent."""
        value = self._value.get(name)
        if value is None:
            return 0
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self._wrong(name, f"a whole number from 0 to {most} is wanted")
        return value

    def _needed(self, name: str) -> Any:
        value = self._value.get(name)
        if value is None:
            raise self._wrong(name, "it is missing")
        return value

    def _wrong(self, name: str, why: str) -> Poison:
        return Poison(f"{self._where}{name}: {why}")


def _parsed(body: str) -> Any:
    try:
        read = json.loads(body, parse_constant=_no_number)
        _check(read)
        # An infinite number, half a character: JSON for Python alone, not for what keeps it.
        size = len(json.dumps(read, ensure_ascii=False, allow_nan=False).encode())
    except Poison:
        raise
    except (ValueError, RecursionError) as error:
        raise Poison(f"the message is no JSON: {_kind(error)}") from None
    if size > LONGEST_DETAIL:
        raise Poison(f"the event says more than {LONGEST_DETAIL:,} bytes")
    return read


def _check(read: Any) -> None:
    """Refuse what is nested too deep, level by level: counting must not need the depth it forbids."""
    level = [read]
    for _ in range(DEEPEST + _AROUND):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise Poison(f"the event is nested deeper than {DEEPEST} levels")


def _no_number(name: str) -> NoReturn:
    raise Poison(f"{name} is no number in JSON")


def _kind(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos}"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return "a number or a character is out of range"

"""Reads JSON that a stranger wrote: nothing too large or nested too deep, and each field of the kind it should be.

Whatever is wrong is said in one sentence, by the place, and never by what stands there: reasons are logged and kept,
and what customers say is not for everyone. It knows no event.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NoReturn

from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

LONGEST_BODY = 1_048_576
"""EventBridge takes no larger entry; in bytes."""
LONGEST_DETAIL = 100_000
"""How much an event may say, in bytes: a run keeps what it was entered with, beside other rows' 400 KB."""
DEEPEST = 20
"""How deep properties and attributes may be nested."""
LONGEST_ID_BYTES = 750
"""Bytes of UTF-8 that an event's id may have: with what stands before it in a key, it comes to 1,024 at most."""
_AROUND = 3
"""The levels of an event around and below its properties: envelope, detail, the values themselves."""


class Poison(ValueError):
    """An event that nobody will ever be able to read; the message is why."""


def parsed(body: str) -> Any:
    """Return what a body says.

    Raises:
        Poison: it is no JSON, or more or deeper than anything is read.
    """
    if len(body) > LONGEST_BODY:
        raise Poison(f"the message is longer than {LONGEST_BODY:,} characters")
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


def is_event_id(text: str) -> bool:
    """Say whether an event's id has room in the table's keys; where it is empty, too."""
    return (
        len(text) <= LONGEST_ID_BYTES // 4 or len(text.encode("utf-8", "surrogatepass")) <= LONGEST_ID_BYTES
    )


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

    def inner(self, name: str, *, needed: bool = True) -> Fields:
        """Return an object within; an empty one where it is absent and not *needed*."""
        value = self._needed(name) if needed else self._value.get(name)
        return Fields({} if value is None else value, f"{self._where}{name}.")

    def text(self, name: str, longest: int, default: str | None = None) -> str:
        """Return a text that is not empty; *default* where it is absent, if that is given."""
        value = self._value.get(name)
        if value is None and default is not None:
            return default
        value = self._needed(name)
        if not isinstance(value, str) or not 1 <= len(value) <= longest:
            raise self.wrong(name, f"a text of 1 to {longest:,} characters is wanted")
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
            raise self.wrong(name, "a date and time with a zone is wanted, like 2026-12-24T18:00:00Z")
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
            raise self.wrong(name, "an object is wanted")
        return value

    def truth(self, name: str) -> bool:
        """Return whether a field is true; one that is not there is not."""
        value = self._value.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "true or false is wanted")
        return bool(value)

    def count(self, name: str, most: int) -> int:
        """Return a whole number from 0 on, 0 where it is absent."""
        value = self._value.get(name)
        if value is None:
            return 0
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self.wrong(name, f"a whole number from 0 to {most} is wanted")
        return value

    def wrong(self, name: str, why: str) -> Poison:
        """Return what is raised about a field."""
        return Poison(f"{self._where}{name}: {why}")

    def _needed(self, name: str) -> Any:
        value = self._value.get(name)
        if value is None:
            raise self.wrong(name, "it is missing")
        return value


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

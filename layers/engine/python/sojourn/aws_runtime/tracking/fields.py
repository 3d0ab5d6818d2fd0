"""The fields of a tracking call, each of the kind it should be; what is wrong is said by its place, never by its value.

It knows what fields hold, not what they mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sojourn.adapters.message_tags import fits
from sojourn.aws_runtime.api.http import BadCall
from sojourn.domain.customer.identity import is_placeholder, is_unknown
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

LONGEST_ID = 200
"""Characters of an id other than a user's, and of a name."""
_EXACT = 2**53
"""Whole numbers beyond are not told apart by a double."""
LONGEST_ADDRESS = 2_048
"""Characters of an address; the token of a device is the longest that there is."""


class Said:
    """What an object says; a field that is null or an empty text is absent.

    Args:
        where: the object's place, to be named before a field's: "" or `batch[3].`.
    """

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise BadCall(400, "bad_field", f"{where.rstrip('.')}: an object is wanted")
        self.value: Mapping[str, Any] = value
        self.where = where

    def text(self, name: str, longest: int = LONGEST_ID) -> str:
        """Return a text, "" where it is absent."""
        value = self.value.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest:
            raise self.wrong(name, f"a text of at most {longest:,} characters is wanted")
        return value

    def id(self, name: str, longest: int = LONGEST_ID) -> str:
        """Return an id, "" where it is absent: a text without control characters, or a whole number."""
        value = self.value.get(name)
        if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
            value = int(value)  # 7.0 is the same number in JSON
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest or any(map(_is_control, value)):
            raise self.wrong(
                name, f"a text of at most {longest:,} characters, none of them a control, is wanted"
            )
        return value.strip()

    def user(self, name: str) -> str:
        """Return the id of a known customer, "" where it is absent, or stands for none: it would be everybody's."""
        value = self.id(name, 255)
        if is_placeholder(value):
            return ""
        if value and not fits(value):
            # It travels with every message as a tag, by which receipts find their customer.
            raise self.wrong(
                name, "255 ASCII letters, digits, _ and - are wanted at most, or 188 bytes of others"
            )
        if is_unknown(value):
            raise self.wrong(name, "a kind of identity, a hyphen and 32 digits is a name of the engine's own")
        return value

    def inner(self, name: str) -> Said:
        """Return an object, empty where it is absent."""
        value = self.value.get(name)
        return Said({} if value is None else value, f"{self.where}{name}.")

    def instant(self, name: str) -> datetime | None:
        """Return an instant, None where it is absent; without a zone it is meant in UTC."""
        value = self.value.get(name)
        if value is None or value == "":
            return None
        try:
            at = parse_date_time(value) if isinstance(value, str) else None
        except TimeError:
            at = None
        if at is None:
            raise self.wrong(name, "a date and time is wanted, like 2026-12-24T18:00:00.000Z")
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def wrong(self, name: str, why: str) -> BadCall:
        """Return the error for a field."""
        return BadCall(400, "bad_field", f"{self.where}{name}: {why}")


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f"

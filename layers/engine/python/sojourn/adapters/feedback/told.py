"""What a provider tells of a message or of a person, in words that are the same for all providers.

Every provider has a module beside this one, which reads what it says; none of them knows AWS's clients, a queue or the
customers' rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sojourn.adapters.message_tags import tag_text
from sojourn.application.attempting import digest
from sojourn.domain.time.errors import TimeError
from sojourn.domain.time.instants import parse_date_time

LONGEST = 1_000
"""Characters of a text that a provider, or a person through it, says: what an event keeps of it."""
_LAST_SECOND = 100_000_000_000
"""A number above it counts milliseconds."""
SAME = 60
"""Seconds within which a second opening, or a second click on the same link, is the first."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a customer that a provider tells.

    Args:
        id: the same when it is told again.
        customer: whose it is; "" where only the telephone number, or the endpoint of a device, says so.
        email: the address that it is about, where all who have it are to be told.
        phone: in E.164; endpoint: its ARN in SNS.
    """

    id: str
    name: str
    at: datetime
    customer: str = ""
    email: str = ""
    phone: str = ""
    endpoint: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


class PassedOver(Exception):
    """It is well understood, and nothing of ours: a message without our tags, a word that says nothing.

    The message is one word, or a few with `_` between, for a metric.
    """


class NotRead(ValueError):
    """It is not what this provider says; the message is the place, and holds nothing of it."""


def about(tags: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return whose message these tags came back with, and what they say of it.

    Args:
        tags: name -> value as `message_tags.tags_of` made it; a list of one value is that value.

    Raises:
        PassedOver: they are not ours.
    """
    found: dict[str, str] = {}
    for name in ("customer", "send", "journey", "run", "step", "version"):
        value = tags.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, str) and value:
            try:
                found[name] = tag_text(value)
            except ValueError:
                raise PassedOver("no_tags") from None
    customer = found.pop("customer", "")
    if not customer or not found.get("send"):
        raise PassedOver("no_tags")
    return customer, found


def event_id(name: str, *parts: str) -> str:
    """Return the id of an event that is the same whenever its provider tells the same."""
    return digest("feedback", name, *parts)


def within_minute(at: datetime) -> str:
    """Return what two instants have in common at which the same is done once."""
    return str(int(at.timestamp()) // SAME)


def mapping(value: Any, place: str) -> Mapping[str, Any]:
    """Return an object; NotRead where it is none."""
    if not isinstance(value, dict):
        raise NotRead(f"{place}: an object is wanted")
    return value


def items(value: Any, place: str) -> list[Mapping[str, Any]]:
    """Return a list of objects, empty where there is none."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise NotRead(f"{place}: a list is wanted")
    return [mapping(one, f"{place}[{number}]") for number, one in enumerate(value)]


def text(value: Any) -> str:
    """Return a text, "" where it is none; never longer than an event keeps."""
    return value[:LONGEST] if isinstance(value, str) else ""


def instant(value: Any, place: str) -> datetime:
    """Return an instant: ISO 8601 with a zone; a number, or digits, are seconds since 1970, or milliseconds."""
    try:
        if isinstance(value, str) and not value.isdigit():
            at = parse_date_time(value)
        else:
            seconds = float(value)
            at = datetime.fromtimestamp(seconds / 1_000 if seconds > _LAST_SECOND else seconds, UTC)
    except (TimeError, ValueError, TypeError, OverflowError, OSError):
        at = None
    if at is None or at.tzinfo is None:
        raise NotRead(f"{place}: an instant is wanted")
    return at


def words(**given: Any) -> dict[str, Any]:
    """Return what of an event's properties there is: an empty text is left out."""
    return {name: value for name, value in given.items() if value not in ("", None)}

"""Puts what customers do on a deployment's event bus, from an application: standard library and boto3, nothing else.

    from sojourn.emit import Emitter

    emitter = Emitter("sojourn-prod", source="shop")
    emitter.emit("order_completed", customer="c-42", properties={"order_id": "1001", "total": 99.5}, id="order-1001")

An event is checked before it goes out, so that what the engine could not read is an error where it was made, and not
a dead letter far away. The contract is docs/inbound-events.md. It knows nothing of the rest of Sojourn, so that the
file can be copied into an application that does not install it.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

TOGETHER, LARGEST_CALL = 10, 1_000_000
"""Entries and bytes that PutEvents takes."""
LARGEST_EVENT, DEEPEST = 100_000, 20
"""Bytes that the engine reads of an event, and how deep properties, attributes and context may be nested."""
AROUND_ENTRY = 1_000
"""Bytes that an entry counts with besides its detail, at most."""
ATTEMPTS = 5
IDENTITIES = ("user_id", "anonymous_id", "email", "phone", "device")
_LONGEST = {"device": 2_048}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
_EMAIL = re.compile(r"\s*[^\s@]+@[^\s@]+\s*")
_PHONE = re.compile(r"\s*(?:\+|00)[\s().\-/]*[1-9][0-9\s().\-/]{5,40}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_UNKNOWN = re.compile(r"(?:anonymous|email|phone|device)-[0-9a-f]{32}")
_CONTACT = ("email", "phone", "device", "timezone", "locale")
_NOT_SOURCES = ("aws.", "sojourn.")


class InvalidEvent(ValueError):
    """An event that the engine could not read; the message says which field is wrong, and what is wanted."""


class NotTaken(Exception):
    """The bus did not take some events: `events`, for `reasons`, EventBridge's code for each. It took all others."""

    def __init__(self, refused: Sequence[tuple[Event, str]]) -> None:
        self.events, self.reasons = (tuple(one) for one in zip(*refused, strict=True))
        super().__init__(
            f"the bus did not take {len(refused)} events: {', '.join(sorted(set(self.reasons)))}"
        )


@dataclass(frozen=True, slots=True)
class Event:
    """Something a customer did.

    Args:
        name: an identifier of up to 60 characters, such as `order_completed`.
        customer: the customer's id in your systems; may be empty where there are identities.
        identities: what else they are known by: `user_id`, `anonymous_id`, `email`, `phone`, `device`.
        properties: what the tracking plan says of the event.
        attributes: what becomes known of the customer with it.
        context: where it happened: page, campaign, `timezone`, `locale`.
        id: makes a second delivery known. One that follows from what happened (the order's number) lets you put an
            event twice without harm; the default is made up, and the same for every attempt to put this event.
        time: when it happened, with a zone.
        merge: another customer, by id, who is the same person.
    """

    name: str
    customer: str = ""
    identities: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid4()))
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    merge: str = ""

    def detail(self) -> dict[str, Any]:
        """Return what the event says on the bus.

        Raises:
            InvalidEvent: the engine could not read it.
        """
        if not isinstance(time := cast("Any", self.time), datetime) or time.tzinfo is None:
            raise InvalidEvent("time: a datetime with its zone is wanted")
        said = {
            "customer": self.customer, "identities": self.identities, "id": self.id, "name": self.name,
            "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "properties": self.properties, "attributes": self.attributes, "context": self.context,
            "merge": self.merge,
        }  # fmt: skip
        detail = {
            name: value for name, value in said.items() if value or name in ("id", "name", "properties")
        }
        check(detail)
        return detail


_Entry = tuple[Event, dict[str, Any]]


class Emitter:
    """Puts events on a deployment's bus.

    Args:
        bus: the bus's name or ARN: the output `BusName` of the stack `Sojourn-<stage>-engine`.
        source: your application's name.
        client: of EventBridge, instead of one made from the environment.
        pause: waits so many seconds between attempts.
    """

    def __init__(
        self,
        bus: str,
        source: str = "app",
        client: Any = None,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        if not source or source.startswith(_NOT_SOURCES):
            raise ValueError(
                "source: name your application; aws. and sojourn. are what AWS and Sojourn begin with"
            )
        self._bus = bus
        self._source = source
        self._client = client
        if client is None:
            import boto3

            self._client = boto3.client("events")
        self._pause = pause

    def emit(
        self, name: str, *, customer: str = "", identities: Mapping[str, str] | None = None,
        properties: Mapping[str, Any] | None = None, attributes: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None, id: str | None = None, time: datetime | None = None,  # noqa: A002
    ) -> str:  # fmt: skip
        """Put one event on the bus, and return its id; see `Event` and `put`."""
        given = {"id": id, "time": time}
        event = Event(
            name, customer, identities or {}, properties or {}, attributes or {}, context or {},
            **{field: value for field, value in given.items() if value is not None},  # type: ignore[arg-type]
        )  # fmt: skip
        self.put(event)
        return event.id

    def put(self, *events: Event) -> None:
        """Put events on the bus, as many in one call as it takes; those it does not take are tried again.

        Raises:
            InvalidEvent: the engine could not read one of them; none was put.
            NotTaken: the bus did not take some of them after five attempts, or was not to be reached for the last.
            botocore's exceptions: it was not to be reached at all, or does not let you.
        """
        entries = [(event, self._entry(event)) for event in events]
        refused: list[tuple[Event, str]] = []
        calls = list(_calls(entries))
        for number, together in enumerate(calls):
            try:
                refused += self._put(together)
            except Exception as error:
                if number == 0:
                    raise
                # Whoever puts all of them again would put those twice that were taken.
                why = type(error).__name__
                refused += [(event, why) for call in calls[number:] for event, _ in call]
                raise NotTaken(refused) from error
        if refused:
            raise NotTaken(refused)

    def _entry(self, event: Event) -> dict[str, Any]:
        return {
            "EventBusName": self._bus, "Source": self._source, "DetailType": event.name, "Time": event.time,
            "Detail": json.dumps(event.detail(), ensure_ascii=False, separators=(",", ":")),
        }  # fmt: skip

    def _put(self, left: list[_Entry]) -> list[tuple[Event, str]]:
        """Put what one call takes; return the events that the bus still refuses after the last attempt, and why."""
        reasons: list[str] = []
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(random.uniform(0, 0.1 * 2**attempt))
            answer = self._client.put_events(Entries=[entry for _, entry in left])
            if not answer["FailedEntryCount"]:
                return []
            told = [one.get("ErrorCode") for one in answer["Entries"]]
            left = [pair for pair, code in zip(left, told, strict=True) if code]
            reasons = [code for code in told if code]
        return [(event, why) for (event, _), why in zip(left, reasons, strict=True)]


def check(detail: Mapping[str, Any]) -> None:
    """Check the detail of an event against the contract, as far as it can be checked here.

    Raises:
        InvalidEvent: the engine could not read it; the message names the field, and not what it holds.
    """
    if not (isinstance(detail.get("name"), str) and _NAME.fullmatch(detail["name"])):
        raise InvalidEvent(
            "name: a letter or _, then up to 59 letters, digits and _, such as order_completed"
        )
    for name in ("id", "customer", "merge"):
        if detail.get(name) is not None:
            _check_text(name, detail[name])
    for name in ("properties", "attributes", "context", "identities"):
        if not isinstance(detail.get(name, {}), Mapping):
            raise InvalidEvent(f"{name}: a mapping is wanted")
    for name in _CONTACT:
        value = detail.get("attributes", {}).get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= 2_048):
            raise InvalidEvent(f"attributes.{name}: a text of at most 2,048 characters is wanted, or None")
    _check_identities(detail.get("identities", {}))
    _check_whose(detail)
    _check_size(detail)


def _check_identities(identities: Mapping[str, Any]) -> None:
    for name, value in identities.items():
        if name not in IDENTITIES:
            raise InvalidEvent(f"identities: there is none called so; there are {', '.join(IDENTITIES)}")
        _check_text(f"identities.{name}", value, _LONGEST.get(name, 256))
        if name != "user_id" and not value.strip():
            raise InvalidEvent(f"identities.{name}: it is empty")
    for name, pattern, wanted in (
        ("email", _EMAIL, "an address is wanted, like ana@shop.example"),
        ("phone", _PHONE, "a number with its country is wanted, like +12025550123"),
    ):
        if name in identities and not pattern.fullmatch(identities[name]):
            raise InvalidEvent(f"identities.{name}: {wanted}")


def _check_whose(detail: Mapping[str, Any]) -> None:
    identities = detail.get("identities", {})
    customer, user_id = detail.get("customer"), identities.get("user_id")
    if not (customer or identities):
        raise InvalidEvent("customer: name the customer, or something they are known by in identities")
    if user_id and _UNKNOWN.fullmatch(user_id):
        raise InvalidEvent("identities.user_id: this is a name that Sojourn gives to those who have none")
    if customer and user_id and customer != user_id:
        raise InvalidEvent("identities.user_id: it is the same thing as customer, and here it is another")
    if detail.get("merge") and not (customer or user_id):
        raise InvalidEvent("merge: name whom the other customer is merged with, as customer")
    for name, value in (
        ("customer", customer),
        ("identities.user_id", user_id),
        ("merge", detail.get("merge")),
    ):
        if value and not _is_id(value):
            raise InvalidEvent(f"{name}: 255 ASCII letters, digits, _ and - at most, or 188 bytes of others")


def _is_id(text: str) -> bool:
    """Say whether an id can travel with a message as a tag."""
    plain = _ID.fullmatch(text) and not text.startswith("b64_")
    return bool(plain) or len(text.encode("utf-8", "surrogatepass")) <= 188


def _check_text(name: str, value: Any, longest: int = 256) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise InvalidEvent(f"{name}: a text of 1 to {longest:,} characters is wanted")


def _check_size(detail: Mapping[str, Any]) -> None:
    level: list[Any] = [detail]
    for _ in range(DEEPEST + 2):
        level = [
            inner
            for one in level
            if isinstance(one, Mapping | list | tuple)
            for inner in (one.values() if isinstance(one, Mapping) else one)
        ]
    if level:
        raise InvalidEvent(f"properties, attributes or context are nested deeper than {DEEPEST} levels")
    try:
        # With the spaces that the bus puts in.
        size = AROUND_ENTRY + len(json.dumps(detail, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        raise InvalidEvent(f"it holds what JSON has no word for: {type(error).__name__}") from None
    if size > LARGEST_EVENT:
        raise InvalidEvent(f"with what is around it, it comes to {size:,} bytes; {LARGEST_EVENT:,} are read")


def _calls(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    together: list[_Entry] = []
    size = 0
    for event, entry in entries:
        bytes_ = len(entry["Detail"].encode()) + AROUND_ENTRY
        if together and (len(together) == TOGETHER or size + bytes_ > LARGEST_CALL):
            yield together
            together, size = [], 0
        together.append((event, entry))
        size += bytes_
    if together:
        yield together

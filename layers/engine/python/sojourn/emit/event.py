"""An event as an application says it, and as it goes on the bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from .checking import InvalidEvent, check


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

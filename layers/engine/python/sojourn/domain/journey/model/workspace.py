"""`workspace.yaml` and `segments.yaml`: what all journeys share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.model.authored import Authored, DurationText, Expression, Identifier, Name, Text
from sojourn.domain.journey.model.senders import Senders
from sojourn.domain.places import Placed

Channel = Literal["email", "sms", "push", "whatsapp", "in_app", "webhook"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "push", "whatsapp", "in_app", "webhook")


class Brand(Authored):
    """What every message may name as `brand.*`."""

    name: Text | None = None
    url: Text | None = None
    address: Text | None = Field(
        None, description="postal address, as the footer of a marketing email needs it"
    )


class Topic(Authored):
    """What a consent is about."""

    title: Text
    description: Text | None = None
    channels: tuple[Channel, ...]
    default: Literal["opted_in", "opted_out"] = "opted_out"


class Cap(Authored):
    """At most `max` marketing sends per window, over all journeys."""

    max: Annotated[int, Field(ge=1, le=1000)]
    per: DurationText
    channel: Channel | None = None
    topic: Name | None = None


class Quiet(Authored):
    """Hours in which a channel stays silent, in the customer's zone, and whole days that are closed."""

    from_: str | None = Field(None, alias="from", examples=["21:00"])
    to: str | None = Field(None, examples=["08:00"])
    closed: tuple[str, ...] = Field((), examples=[["2026-12-25"]])


def _typed(data: Any) -> Any:
    """Accept `number` for `{type: number}`."""
    if isinstance(data, str):
        made = Placed(Authored.model_construct().span)
        made["type"] = data
        return made
    return data


class _Property(Authored):
    type: ValueType
    one_of: tuple[str | int | float, ...] | None = None
    description: Text | None = None


class Property(_Property):
    """An attribute or an event property: its type, and the values it can have."""


Typed = Annotated[Property, BeforeValidator(_typed, json_schema_input_type=ValueType | _Property)]


class Workspace(Authored):
    """The folder's common ground: brand, senders, topics, caps, quiet hours, attributes, tracking plan."""

    workspace: Name
    timezone: str = Field("UTC", description="where a customer's own zone is unknown (IANA name)")
    locale: str = "en"
    brand: Brand | None = None
    senders: Senders | None = None
    topics: dict[Name, Topic] = {}
    caps: tuple[Cap, ...] = ()
    quiet_hours: dict[Channel, Quiet] = {}
    attributes: dict[Identifier, Typed] = {}
    events: dict[Identifier, dict[Identifier, Typed]] = {}


class Segment(Authored):
    """A named audience: the customers for whom a condition holds."""

    when: Expression
    title: Text | None = None


Segments = dict[Name, Segment]

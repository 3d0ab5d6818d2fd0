"""`workspace.yaml` and `segments.yaml`: what all journeys share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sojourn.domain.condition.types import ValueType
from sojourn.domain.journey.model.authored import Authored, DurationText, Expression, Identifier, Name, Text
from sojourn.domain.journey.model.senders import Senders
from sojourn.domain.journey.model.tracking import Tracking
from sojourn.domain.places import Placed

Channel = Literal["email", "sms", "push", "whatsapp", "in_app", "webhook"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "push", "whatsapp", "in_app", "webhook")


HOW = ("count", "sum", "first", "last", "most_frequent")
"""How a trait can be worked out: the keys of which it has one."""
OF_EVENT = r"^[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*$"


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
    """The folder's common ground: brand, senders, topics, caps, quiet hours, tracking, tracking plan, approval."""

    workspace: Name
    timezone: str = Field("UTC", description="where a customer's own zone is unknown (IANA name)")
    locale: str = "en"
    brand: Brand | None = None
    senders: Senders | None = None
    topics: dict[Name, Topic] = {}
    caps: tuple[Cap, ...] = ()
    quiet_hours: dict[Channel, Quiet] = {}
    tracking: Tracking | None = None
    attributes: dict[Identifier, Typed] = {}
    events: dict[Identifier, dict[Identifier, Typed]] = {}
    approval: Literal["publish"] | None = Field(
        None, description="what somebody else must approve before it is done: `publish`, or nothing"
    )


class Segment(Authored):
    """A named audience: the customers for whom a condition holds."""

    when: Expression
    title: Text | None = None


OfEvent = Annotated[str, Field(pattern=OF_EVENT, max_length=121, examples=["order_completed.total"])]


class Trait(Authored):
    """Something known of a customer because of what they did: worked out from their events, in one of five ways."""

    count: Identifier | None = Field(None, description="how often they did it", examples=["order_completed"])
    sum: OfEvent | None = Field(None, description="the sum of a property")
    first: OfEvent | None = Field(None, description="a property, of the first event that has it")
    last: OfEvent | None = Field(None, description="a property, of the last event that has it")
    most_frequent: OfEvent | None = Field(
        None, description="the value that a property had most often; of several, the one that came last"
    )
    within: DurationText | None = Field(None, description="how far to look back; without it, at all events")
    where: Expression | None = Field(None, description="which events count: a condition on `event`")
    title: Text | None = None

    @property
    def ways(self) -> tuple[str, ...]:
        """Return the ways in which it is worked out, as written; there should be one."""
        return tuple(how for how in HOW if getattr(self, how) is not None)

    @property
    def event(self) -> str:
        """Return the event it is about."""
        return self._about[0]

    @property
    def property_(self) -> str:
        """Return the property it is about; "" for a count."""
        return self._about[1]

    @property
    def _about(self) -> tuple[str, str]:
        event, _, name = str(getattr(self, self.ways[0])).partition(".")
        return event, name


def _form(data: Any) -> str:
    """Tell a trait from a segment; what is neither is reported as a segment that lacks its condition."""
    if isinstance(data, Trait):
        return "trait"
    written = data if isinstance(data, dict) else ()
    return "trait" if "when" not in written and any(how in written for how in HOW) else "segment"


Segments = dict[
    Name, Annotated[Annotated[Segment, Tag("segment")] | Annotated[Trait, Tag("trait")], Discriminator(_form)]
]
"""`segments.yaml`: named audiences, and beside them computed traits."""

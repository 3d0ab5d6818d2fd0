"""`journey.yaml`: who enters, the steps, what ends it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Tag

from sojourn.domain.journey.model.authored import (
    Authored,
    DurationText,
    Expression,
    Identifier,
    Name,
    Text,
    form_of,
)
from sojourn.domain.journey.model.steps import Step
from sojourn.domain.journey.model.tracking import Tracking


class EnteredSegment(Authored):
    """The customer becomes a member of a segment."""

    entered_segment: Name


class LeftSegment(Authored):
    """The customer stops being a member of a segment."""

    left_segment: Name


Trigger = Annotated[
    Annotated[Identifier, Tag("event")]
    | Annotated[EnteredSegment, Tag("entered_segment")]
    | Annotated[LeftSegment, Tag("left_segment")],
    form_of({"entered_segment": "entered_segment", "left_segment": "left_segment"}, text="event"),
]
Triggers = Annotated[
    Annotated[Identifier, Tag("event")]
    | Annotated[EnteredSegment, Tag("entered_segment")]
    | Annotated[LeftSegment, Tag("left_segment")]
    | Annotated[tuple[Trigger, ...], Tag("several")],
    form_of(
        {"entered_segment": "entered_segment", "left_segment": "left_segment"}, text="event", many="several"
    ),
]


def _percent(value: Any) -> Any:
    """Read `10%` as 10.0."""
    if isinstance(value, str) and value.endswith("%"):
        try:
            return float(value[:-1])
        except ValueError:
            return value
    return value


Percent = Annotated[float, Field(ge=0, le=100), BeforeValidator(_percent, json_schema_input_type=float | str)]


class Enter(Authored):
    """Who enters, and how often."""

    on: Triggers | None = Field(None, description="an event, a segment change, or `api`")
    segment: Name | None = None
    schedule: Text | None = Field(None, examples=["weekly mon 09:00"])
    zone: Text | None = Field(
        None,
        description="whose clock `schedule` is read on: `workspace`, the default, `customer` or an IANA name",
    )
    audience: Text | None = Field(None, description="a file of customers")
    where: Expression | None = None
    key: Expression | None = Field(None, description="one run at once per key; no key: one per customer")
    again: Text = Field(
        "never", description="never | always | after <duration> | unless goal", examples=["after 1 day"]
    )
    holdout: Percent = Field(0.0, examples=["10%"])

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """The events and segment changes that enter; empty for schedule and audience."""
        if self.schedule is not None or self.audience is not None:
            return ()
        if self.segment is not None and self.on is None:
            return (EnteredSegment(entered_segment=self.segment),)
        if self.on is None:
            return ()
        return self.on if isinstance(self.on, tuple) else (self.on,)

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the events that enter; not `api`."""
        return tuple(t for t in self.triggers if isinstance(t, str) and t != "api")


class Goal(Authored):
    """What the journey is for: reached, it ends the run."""

    event: Identifier
    where: Expression | None = None
    within: DurationText | None = None


class Reaction(Authored):
    """What ends, restarts or redirects a run from outside its steps."""

    on: Trigger
    where: Expression | None = None
    do: Literal["restart", "exit", "redirect"]
    reason: Name | None = None
    to: Name | None = None


class Journey(Authored):
    """One journey definition."""

    journey: Name
    title: Text | None = None
    description: Text | None = None
    topic: Name | None = None
    kind: Literal["marketing", "transactional"] = "marketing"
    tracking: Tracking | None = None
    enter: Enter
    goal: Goal | None = None
    while_running: tuple[Reaction, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)

"""`scenarios/*.yaml`: tests that are documents."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from sojourn.domain.journey.model.authored import Authored, Identifier, Name, StepId, Text
from sojourn.domain.journey.model.workspace import Channel


class ScenarioCustomer(Authored):
    """Someone the scenario plays with."""

    id: Text
    timezone: Text | None = None
    locale: Text | None = None
    attributes: dict[Identifier, Any] = {}
    email: Text | None = None
    phone: Text | None = Field(None, examples=["+12025550123"], description="E.164, in quotes")
    device: Text | None = Field(None, description="a push token")
    consents: dict[Name, tuple[Channel, ...]] | None = Field(
        None, description="per topic, exactly these channels are opted in; absent topics keep their default"
    )
    suppressed: tuple[Channel, ...] = ()
    holdout: bool = Field(
        False,
        description="in the holdout of every journey that has one; a scenario leaves nothing to chance",
    )


class Identities(Authored):
    """What an event says its customer is known by, besides."""

    email: Text | None = None
    phone: Text | None = Field(None, examples=["+12025550123"], description="E.164, in quotes")
    device: Text | None = None


class ScenarioEvent(Authored):
    """Something a customer does, or somebody of whom the event says no more than a browser or an address."""

    at: Text
    customer: Text | None = None
    anonymous: Text | None = Field(None, description="the anonymous id of a browser or an app")
    identities: Identities | None = None
    merge: Text | None = Field(None, description="another customer, who is told to be the same")
    event: Identifier
    properties: dict[Identifier, Any] = {}
    attributes: dict[Identifier, Any] = Field({}, description="what becomes known of the customer with it")
    id: Text | None = Field(None, description="two events of one id are one event delivered twice")


class Also(Authored):
    """Feedback, faults, and what people do outside events."""

    at: Text
    customer: Text | None = None
    anonymous: Text | None = Field(None, description="somebody of an event before, by their anonymous id")
    delivered: StepId | None = None
    opened: StepId | None = None
    clicked: StepId | None = None
    replied: StepId | None = None
    bounced: StepId | None = None
    complained: StepId | None = None
    hard: bool | None = Field(None, description="of a bounce: false where the address is not at fault")
    machine: bool | None = Field(None, description="a program opened or clicked, not a reader")
    text: Text | None = Field(None, description="what a reply says")
    url: Text | None = Field(None, description="what was clicked")
    completed: StepId | None = Field(None, description="the person did the task")
    failed: StepId | None = Field(None, description="the person could not do the task")
    rescheduled: StepId | None = Field(None, description="the person put the task off, `until` then")
    answer: dict[Identifier, Any] = Field({}, description="what the person noted")
    unsubscribed: Name | None = Field(None, description="from this topic, on `channel` or all")
    subscribed: Name | None = None
    channel: Channel | None = None
    set: dict[Identifier, Any] | None = Field(None, description="attributes that change")
    enter: Name | None = Field(None, description="enters a journey through the API, with `properties`")
    properties: dict[Identifier, Any] = {}
    fault: Literal["throttled", "rejected", "unknown"] | None = Field(
        None, description="from now on, what the provider of `channel` does; `until` ends it"
    )
    until: Text | None = Field(None, description="when a fault ends, or until when a task is put off")

    KINDS: ClassVar[tuple[str, ...]] = ("delivered", "opened", "clicked", "replied", "bounced", "complained",
             "completed", "failed", "rescheduled", "unsubscribed", "subscribed", "set", "enter", "fault")  # fmt: skip


class Expectation(Authored):
    """Something that must, or must never, stand in the trace: any of the trace's fields."""

    model_config = {"extra": "allow", "frozen": True, "populate_by_name": True}

    at: Text | None = None
    customer: Text | None = None
    anonymous: Text | None = Field(None, description="somebody unknown, by their anonymous id")


class CallAnswer(Authored):
    """What a webhook answers in this scenario."""

    status: int = 200
    answer: Any = None


def _nothing(value: Any) -> Any:
    """Read `also: {}` as no entries."""
    return () if isinstance(value, dict) and not value else value


class Scenario(Authored):
    """A story with an end: who, what happens, what must follow."""

    scenario: Text
    description: Text | None = None
    start: Text
    until: Text | None = None
    customers: tuple[ScenarioCustomer, ...] = Field(min_length=1)
    events: tuple[ScenarioEvent, ...] = ()
    also: Annotated[tuple[Also, ...], BeforeValidator(_nothing)] = ()
    calls: dict[StepId, CallAnswer] = {}
    expect: tuple[Expectation, ...] = ()
    never: tuple[Expectation, ...] = ()

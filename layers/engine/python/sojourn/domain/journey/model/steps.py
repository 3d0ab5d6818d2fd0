"""The verbs of the journey language: one model per step."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from sojourn.domain.journey.model.authored import (
    Authored,
    DurationText,
    Expression,
    Identifier,
    Name,
    StepId,
    Text,
    form_of,
)
from sojourn.domain.journey.model.workspace import Channel


class StepBase(Authored):
    """What every step may have: an id, unique in the journey, that outcomes and the console are read by."""

    verb: ClassVar[str]
    id: StepId | None = None


class Until(Authored):
    """Wait for a point in time: a wall clock, a weekday, a date, or a date read from the entry or customer."""

    until: Text = Field(examples=["09:00", "monday 09:00", "entry.departure - 1 day", "2026-12-24T18:00"])
    zone: Text = Field("customer", description="`customer`, `workspace` or an IANA name")


class Between(Authored):
    """Wait for a daily window to be open; it may cross midnight."""

    between: tuple[Text, Text] = Field(examples=[["22:00", "06:00"]])
    days: tuple[Text, ...] | None = Field(None, examples=[["mon", "tue"]])
    zone: Text = "customer"


class Wait(StepBase):
    """Wait a duration, until a point in time, or for a window to be open."""

    verb = "wait"
    wait: Annotated[
        Annotated[DurationText, Tag("duration")]
        | Annotated[Until, Tag("until")]
        | Annotated[Between, Tag("between")],
        form_of({"until": "until", "between": "between"}, text="duration"),
    ]


class Release(Authored):
    """One thing a `wait_for` waits for, and the steps that follow when it comes first."""

    event: Identifier | None = None
    opened: StepId | None = None
    clicked: StepId | None = None
    replied: StepId | None = None
    entered_segment: Name | None = None
    left_segment: Name | None = None
    where: Expression | None = None
    steps: tuple[Step, ...] = ()

    KINDS: ClassVar[tuple[str, ...]] = (
        "event",
        "opened",
        "clicked",
        "replied",
        "entered_segment",
        "left_segment",
    )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The things named; exactly one is right."""
        return tuple(kind for kind in self.KINDS if getattr(self, kind) is not None)


class WaitFor(StepBase):
    """Wait for the first of several things, at most for `up_to`."""

    verb = "wait_for"
    wait_for: tuple[Release, ...] = Field(min_length=1)
    up_to: DurationText | None = None
    otherwise: tuple[Step, ...] = ()


class Send(StepBase):
    """Send a message on the first channel that reaches the customer and may be used."""

    verb = "send"
    send: Name
    via: tuple[Channel, ...] | None = Field(
        None, description="in this order; default: as the message lists them"
    )
    when_quiet: Literal["hold", "drop", "send"] = "hold"
    delivery: Literal["at_most_once", "at_least_once"] = "at_most_once"
    otherwise: tuple[Step, ...] = Field((), description="when nothing was sent, whatever the reason")


class Case(Authored):
    """One path of a branch: `when` with its steps, or `else`."""

    when: Expression | None = None
    steps: tuple[Step, ...] = ()
    else_: tuple[Step, ...] | None = Field(None, alias="else")
    name: StepId | None = Field(
        None, description="how the path is called in `steps.<id>.path` and in reports"
    )

    @property
    def body(self) -> tuple[Step, ...]:
        """The steps of this path."""
        return self.else_ if self.else_ is not None else self.steps


class Branch(StepBase):
    """Take the first path whose condition holds now."""

    verb = "branch"
    branch: tuple[Case, ...] = Field(min_length=1)


class Share(Authored):
    """One path of a split."""

    weight: Annotated[float, Field(ge=0, le=100)]
    steps: tuple[Step, ...] = ()


class Split(StepBase):
    """Divide customers at random, the same customer always the same way."""

    verb = "split"
    split: dict[Identifier, Share] = Field(min_length=1)


class Update(StepBase):
    """Set attributes of the customer."""

    verb = "update"
    update: dict[Identifier, Any] = Field(min_length=1)


class Task(StepBase):
    """Work for a person: raised as an event, ended through an API call."""

    verb = "task"
    task: Name = Field(description="who does it: a team or a desk")
    title: Text
    with_: dict[Identifier, Any] = Field({}, alias="with")
    up_to: DurationText | None = None
    otherwise: tuple[Step, ...] = Field((), description="when it was not done in time")


class Call(StepBase):
    """Call an HTTPS webhook, signed per Standard Webhooks; its JSON answer is readable afterwards."""

    verb = "call"
    call: Text = Field(examples=["https://api.acme.example/vouchers"])
    with_: dict[Identifier, Any] = Field({}, alias="with")
    otherwise: tuple[Step, ...] = Field((), description="when there was no good answer")


class Emit(StepBase):
    """Put an event on the bus."""

    verb = "emit"
    emit: Identifier
    with_: dict[Identifier, Any] = Field({}, alias="with")


class Start(StepBase):
    """Enter the customer into another journey, under that journey's own rules."""

    verb = "start"
    start: Name
    with_: dict[Identifier, Any] = Field({}, alias="with")


class Goto(StepBase):
    """Go back or on to a step, at most so many times."""

    verb = "goto"
    goto: StepId
    at_most: Annotated[int, Field(ge=1, le=10_000)] | None = None


class Parallel(StepBase):
    """Walk all paths at once, then go on."""

    verb = "parallel"
    parallel: dict[Identifier, tuple[Step, ...]] = Field(min_length=1, max_length=20)


class Exit(StepBase):
    """End the run with a reason."""

    verb = "exit"
    exit: Name


STEP_TYPES: tuple[type[StepBase], ...] = (
    WaitFor, Wait, Send, Branch, Split, Update, Task, Call, Emit, Start, Goto, Parallel, Exit,
)  # fmt: skip
VERBS: tuple[str, ...] = tuple(kind.verb for kind in STEP_TYPES)


def verb_of(data: Any) -> str | None:
    """Return the verb a written step uses, None where it has none that is known."""
    if isinstance(data, StepBase):
        return data.verb
    if isinstance(data, dict):
        return next((verb for verb in VERBS if verb in data), None)
    return None


Step = Annotated[
    Annotated[WaitFor, Tag("wait_for")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[Send, Tag("send")]
    | Annotated[Branch, Tag("branch")]
    | Annotated[Split, Tag("split")]
    | Annotated[Update, Tag("update")]
    | Annotated[Task, Tag("task")]
    | Annotated[Call, Tag("call")]
    | Annotated[Emit, Tag("emit")]
    | Annotated[Start, Tag("start")]
    | Annotated[Goto, Tag("goto")]
    | Annotated[Parallel, Tag("parallel")]
    | Annotated[Exit, Tag("exit")],
    Discriminator(verb_of, custom_error_type="unknown_verb", custom_error_message="no known verb"),
]

_RECURSIVE: tuple[type[Authored], ...] = (Release, Case, Share, *STEP_TYPES)
for _model in _RECURSIVE:
    _model.model_rebuild()

"""`simulation.yaml`: what somebody guesses about customers, so that journeys can be tried on thousands of them.

Every key may be left out, and so may the file: what is not said has a believable default. Percentages are shares of
customers, runs or messages, whichever the key is about.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, Tag

from sojourn.domain.journey.model.authored import (
    Authored,
    DurationText,
    Identifier,
    Name,
    StepId,
    Text,
    form_of,
)
from sojourn.domain.journey.model.journey import Percent
from sojourn.domain.journey.model.workspace import Channel
from sojourn.domain.time.durations import parse_duration
from sojourn.domain.time.errors import TimeError

Scalar = bool | int | float | str
_RATE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<percent>%?)(?:\s*(?:per|/)\s*(?P<per>.+))?")
_HOUR = r"^([01][0-9]|2[0-3]):00$"


def parse_rate(text: str) -> tuple[float, float | None]:
    """Return how often, and in how many seconds: `30% per 30 days` is (0.3, 2592000.0), `30%` is (0.3, None).

    Raises:
        ValueError: *text* is no rate; the message says what to write.
    """
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError('write "30%" (that share of customers, once) or "30% per 30 days" or "2 per 7 days"')
    number = float(found["number"]) / (100 if found["percent"] else 1)
    if found["per"] is None:
        if not found["percent"]:
            raise ValueError(f'write "{text}%" for a share of customers, or say per how long: "{text} per 7 days"')
        if number > 1:
            raise ValueError("cannot be more than 100%; say per how long where it happens more than once")
        return number, None
    seconds = parse_duration(found["per"]).total_seconds()
    if seconds < 60 or number * 86_400 / seconds > 1_000:  # noqa: PLR2004
        raise ValueError("happens more than a thousand times a day")
    return number, seconds


def _is_rate(text: str) -> str:
    parse_rate(text)
    return text


def _as_percent(value: Any) -> Any:
    """Read `30` as `30%`."""
    return f"{value}%" if isinstance(value, int | float) and not isinstance(value, bool) else value


def _is_duration(text: str) -> str:
    try:
        parse_duration(text)
    except TimeError as error:
        raise ValueError(str(error)) from None
    return text


Rate = Annotated[
    str,
    Field(max_length=100, examples=["30%", "30% per 30 days", "2 per 7 days"]),
    BeforeValidator(_as_percent, json_schema_input_type=float | str),
    AfterValidator(_is_rate),
]
"""How often something happens to a customer: `30%` once to that share of them, some time in the simulated days;
`30% per 30 days` or `2 per 7 days` again and again, so often on average."""

Typical = Annotated[DurationText, AfterValidator(_is_duration)]
"""A typical delay: half of those who do it have done it by then."""


class OneOf(Authored):
    """One of these: equally likely in a list, in proportion to their shares in a mapping."""

    one_of: dict[str, Percent] | tuple[Scalar, ...] = Field(examples=[["free", "pro"], {"free": "80%", "pro": "20%"}])
    known: Percent = Field(100.0, description="the share of customers or events that have it at all")


class Between(Authored):
    """Anything between two numbers or dates, or between two distances from now: `["+1 day", "+14 days"]`."""

    between: tuple[Scalar, Scalar]
    known: Percent = Field(100.0, description="the share of customers or events that have it at all")


class Around(Authored):
    """A number as prices are: half are below, half above, few are very large."""

    around: Annotated[float, Field(gt=0)]
    known: Percent = Field(100.0, description="the share of customers or events that have it at all")


Guess = Annotated[
    Annotated[OneOf, Tag("one_of")]
    | Annotated[Between, Tag("between")]
    | Annotated[Around, Tag("around")]
    | Annotated[tuple[Scalar, ...], Tag("list")]
    | Annotated[Scalar, Tag("value")],
    form_of({"one_of": "one_of", "between": "between", "around": "around"}, text="value", many="list"),
]
"""Where a value comes from; a list is short for `one_of`, anything else is the value itself."""


class Consents(Authored):
    """Who wants a topic, channel by channel."""

    email: Percent | None = None
    sms: Percent | None = None
    push: Percent | None = None
    whatsapp: Percent | None = None
    in_app: Percent | None = None
    webhook: Percent | None = None


Consent = Annotated[
    Annotated[Percent, Tag("share")] | Annotated[Consents, Tag("channels")],
    form_of(dict.fromkeys(Consents.model_fields, "channels"), text="share"),
]


class History(Authored):
    """What customers did before the first simulated day."""

    share: Percent = Field(description="the share of customers who did it")
    times: Annotated[int, Field(ge=1, le=100)] = Field(1, description="how often each of them did")
    within: Typical = Field("180 days", description="how long ago at most")


class Population(Authored):
    """Who the customers are."""

    timezones: dict[str, Percent] = Field({}, description="IANA zones in proportion; default: the workspace's")
    locales: dict[str, Percent] = Field({}, description="locales in proportion; default: the workspace's")
    reachable: dict[Channel, Percent] = Field(
        {}, description="the share of customers with an address there; default: email 95%, sms 60%, push 40%"
    )
    consents: dict[Name, Consent] = Field(
        {}, description="per topic who wants it; default: 92% where the topic is opted in, 60% where it is not"
    )
    attributes: dict[Identifier, Guess] = Field({}, description="default: by the attribute's type and name")
    history: dict[Identifier, History] = Field(
        {}, description="default: 60% did each event that a segment asks about, once in the last 180 days"
    )


class Arrivals(Authored):
    """When in the day and week customers do things of their own accord, on their own clocks."""

    within: Typical | None = Field(
        None, description="customers begin within this time of the start; default: all simulated days"
    )
    day: dict[Annotated[str, Field(pattern=_HOUR)], Annotated[float, Field(ge=0, le=1e6)]] = Field(
        {}, description="from each hour on, how busy it is compared with the others", examples=[{"00:00": 1, "08:00": 5}]
    )
    week: dict[str, Annotated[float, Field(ge=0, le=1e6)]] = Field(
        {}, description="how busy a weekday is; 1 where nothing is said", examples=[{"sat": 1.4, "sun": 1.3}]
    )


class EventGuess(Authored):
    """How often customers do something of their own accord, and what it tells."""

    happens: Rate | None = None
    properties: dict[Identifier, Guess] = Field({}, description="default: by the property's type and name")


EventForm = Annotated[
    Annotated[Rate, Tag("rate")] | Annotated[EventGuess, Tag("event")],
    form_of({"happens": "event", "properties": "event"}, text="rate"),
]


class Reactions(Authored):
    """What the readers of a channel's messages do, each as a share of the messages sent."""

    opened: Percent | None = None
    clicked: Percent | None = Field(None, description="those who click have opened")
    replied: Percent | None = None
    unsubscribed: Percent | None = None
    bounced: Percent | None = None
    complained: Percent | None = None
    after: Typical | None = Field(None, description="until a message is opened, typically")
    reply: Guess | None = Field(None, description="what a reply says", examples=[{"one_of": {"Yes": "70%", "STOP": "30%"}}])


class Convert(Authored):
    """Which runs reach the journey's goal: what happens anyway, and what messages add to it."""

    anyway: Percent = Field(5.0, description="without any message, so also in the holdout")
    opened: Percent = Field(2.0, description="more, because a message was opened")
    clicked: Percent = Field(10.0, description="more, because a message was clicked")
    after: Typical = Field("1 day", description="after entering, opening or clicking, typically")


ConvertForm = Annotated[
    Annotated[Percent, Tag("share")] | Annotated[Convert, Tag("convert")],
    form_of(dict.fromkeys(Convert.model_fields, "convert"), text="share"),
]


class During(Authored):
    """What a customer does while in a journey."""

    share: Percent = Field(description="the share of runs in which it happens")
    after: Typical = Field(
        "1 day", description="after the journey began to wait for it, else after entering, typically"
    )


DuringForm = Annotated[
    Annotated[Percent, Tag("share")] | Annotated[During, Tag("during")],
    form_of(dict.fromkeys(During.model_fields, "during"), text="share"),
]


class JourneyGuess(Authored):
    """What happens in and around one journey."""

    enter: Rate | None = Field(
        None, description="how often what makes customers enter happens to one; default: to half of them, once"
    )
    convert: ConvertForm | None = None
    during: dict[Identifier, DuringForm] = Field(
        {}, description="events that the journey waits for or reacts to, as a share of its runs; default: 20% and 5%"
    )
    reactions: dict[Channel, Reactions] = Field({}, description="what is different from the workspace's `reactions`")


class TaskGuess(Authored):
    """What becomes of the work given to a desk."""

    completed: Percent = 80.0
    failed: Percent = 5.0
    after: Typical = Field("4 hours", description="until it is done, typically")
    answer: dict[Identifier, Guess] = Field({}, description="what the person notes")


class CallGuess(Authored):
    """What a webhook answers."""

    answered: Percent = Field(99.0, description="the share of calls that get a good answer")
    answer: dict[Identifier, Guess] = {}


class Simulation(Authored):
    """What `sojourn simulate` is to believe about customers."""

    start: Text | None = Field(None, description="the first instant; default: a Monday", examples=["2026-03-02"])
    population: Population = Population()
    arrivals: Arrivals = Arrivals()
    events: dict[Identifier, EventForm] = Field({}, description="what customers do of their own accord")
    journeys: dict[Name, JourneyGuess] = {}
    reactions: dict[Channel, Reactions] = Field({}, description="to the messages of all journeys, by channel")
    tasks: dict[Name, TaskGuess] = Field({}, description="by the desk that `task` steps name")
    calls: dict[StepId, CallGuess] = Field({}, description="by the id of the `call` step")

"""`simulation.yaml`: what somebody guesses about customers, so that journeys can be tried on thousands of them.

Every key may be left out, and so may the file: what is not said has a believable default. Percentages are shares of
customers, runs or messages, whichever the key is about.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from sojourn.domain.journey.model.authored import Authored, Identifier, Name, StepId, form_of
from sojourn.domain.journey.model.guesses import (
    Guess,
    Hour,
    Rate,
    StartText,
    Typical,
    Weekday,
    Weight,
    ZoneName,
)
from sojourn.domain.journey.model.journey import Percent
from sojourn.domain.journey.model.workspace import Channel


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

    timezones: dict[ZoneName, Percent] = Field(
        {}, description="IANA zones in proportion; default: the workspace's"
    )
    locales: dict[str, Percent] = Field({}, description="locales in proportion; default: the workspace's")
    reachable: dict[Channel, Percent] = Field(
        {}, description="the share of customers with an address there; default: email 95%, sms 60%, push 40%"
    )
    consents: dict[Name, Consent] = Field(
        {},
        description="per topic who wants it; default: 92% where the topic is opted in, 60% where it is not",
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
    day: dict[Hour, Weight] = Field(
        {},
        description="from each hour on, how busy it is compared with the others",
        examples=[{"00:00": 1, "08:00": 5}],
    )
    week: dict[Weekday, Weight] = Field(
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
    link: Guess | None = Field(
        None, description="which link is clicked; default: any tracked one of the message"
    )
    reply: Guess | None = Field(
        None, description="what a reply says", examples=[{"one_of": {"Yes": "70%", "STOP": "30%"}}]
    )


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
        None,
        description="how often what makes customers enter happens to one; default: to half of them, once",
    )
    entry: dict[Identifier, Guess] = Field(
        {}, description="what an entry tells where customers enter through the API or an audience"
    )
    convert: ConvertForm | None = None
    during: dict[Identifier, DuringForm] = Field(
        {},
        description="events that the journey waits for or reacts to, as a share of its runs; default: 20% and 5%",
    )
    reactions: dict[Channel, Reactions] = Field(
        {}, description="what is different from the workspace's `reactions`"
    )


class TaskGuess(Authored):
    """What becomes of the work given to a desk."""

    completed: Percent = 80.0
    failed: Percent = 5.0
    rescheduled: Percent = 0.0
    after: Typical = Field("4 hours", description="until it is done, typically")
    put_off: Typical = Field("1 day", description="by how much it is rescheduled")
    answer: dict[Identifier, Guess] = Field({}, description="what the person notes")


class CallGuess(Authored):
    """What a webhook answers."""

    answered: Percent = Field(99.0, description="the share of calls that get a good answer")
    answer: dict[Identifier, Guess] = {}


class Simulation(Authored):
    """What `sojourn simulate` is to believe about customers."""

    start: StartText | None = Field(
        None, description="the first instant; default: a Monday", examples=["2026-03-02"]
    )
    population: Population = Population()
    arrivals: Arrivals = Arrivals()
    events: dict[Identifier, EventForm] = Field({}, description="what customers do of their own accord")
    journeys: dict[Name, JourneyGuess] = {}
    reactions: dict[Channel, Reactions] = Field({}, description="to the messages of all journeys, by channel")
    tasks: dict[Name, TaskGuess] = Field({}, description="by the desk that `task` steps name")
    calls: dict[StepId, CallGuess] = Field({}, description="by the id of the `call` step")

"""What the use cases need from outside, as protocols: a clock, storage, executions, content, channels.

Adapters fulfil them; the composition root puts them together as an `Engine`. Nothing here knows AWS.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sojourn.domain.compile.compiled import CompiledJourney, Trigger
    from sojourn.domain.customer.rows import Change, CustomerFile, Event, Send
    from sojourn.domain.decide.policy import Policy
    from sojourn.domain.decide.segments import SegmentRule
    from sojourn.domain.message.content import CompiledMessage
    from sojourn.domain.message.rendering import Rendered


class Clock(Protocol):
    """Tells the time; every run has one clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""

    def pause(self, seconds: float) -> None:
        """Wait so many real seconds; a virtual clock need not."""


class Customers(Protocol):
    """The customers' rows."""

    def load(self, customer: str) -> CustomerFile:
        """Return the hot rows of a customer, in one read; an empty file for one never seen."""

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        """Write *change* in one transaction and return the file as it is now.

        Raises:
            EventKnown: the event was stored before, whoever else wrote.
            Conflict: somebody wrote since *file* was read, or the claimed send exists already.
            TooLarge: it is more than storage takes at once; nothing is written.
        """

    def events(self, customer: str, name: str, since: datetime | None = None) -> Sequence[Event]:
        """Return a customer's events of one name, by `at`, oldest first.

        Args:
            since: only what was received at that instant or later.
        """

    def send(self, customer: str, send_id: str) -> Send | None:
        """Return a send."""


class Executions(Protocol):
    """State machine executions."""

    def start(
        self, journey: str, version: str, name: str, state: Mapping[str, Any], at: datetime | None = None
    ) -> None:
        """Start an execution, at *at* if given; a second start of one name does nothing."""

    def succeed(self, token: str, state: Mapping[str, Any]) -> None:
        """Answer a waiting task with the run's new state.

        Raises:
            LostRace: the wait is over.
        """

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        """Stop an execution, running or still to start; one that is over is left alone."""


class Catalogue(Protocol):
    """What is published: journeys by name, version and trigger; segments; the workspace's policy."""

    @property
    def policy(self) -> Policy:
        """The workspace's rules."""

    @property
    def segments(self) -> Sequence[SegmentRule]:
        """The workspace's segments."""

    def current(self, journey: str) -> CompiledJourney | None:
        """Return the version customers enter now."""

    def version(self, journey: str, version: str) -> CompiledJourney:
        """Return one version, of which runs may still be on their way."""

    def entered_by(self, trigger: Trigger) -> Sequence[CompiledJourney]:
        """Return the journeys that a trigger enters."""


class Contents(Protocol):
    """Compiled message content by digest."""

    def get(self, digest: str) -> CompiledMessage:
        """Return the message."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A rendered message on its way to one address."""

    send: Send
    address: str
    rendered: Rendered
    marketing: bool
    unsubscribe_url: str = ""


class Sender(Protocol):
    """One channel's provider.

    What an exception says decides what becomes of the send. Any other exception says that the provider has not taken
    the message, because of a mistake of ours or of the operator's: mended, it is sent again.
    """

    def send(self, outgoing: Outgoing) -> str:
        """Hand a message over and return the provider's id of it.

        Raises:
            Throttled: not sent, may be after so many seconds.
            Refused: never will be.
            UnknownOutcome: nobody knows.
        """


class Pace(Protocol):
    """How many messages a second a channel may send, over everything that sends at once."""

    def take(self, channel: str) -> float:
        """Take room for one message: 0.0 where there is some, else in how many seconds to ask again."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """An event we put on the bus; `id` is the same when it is put again after a crash."""

    id: str
    name: str
    customer: str
    at: datetime
    properties: Mapping[str, Any]
    run: str
    step: str
    hops: int = 0


class Bus(Protocol):
    """The event bus, outwards."""

    def put(self, event: Outbound) -> None:
        """Put an event on the bus."""


class Webhooks(Protocol):
    """HTTPS calls to other systems."""

    def call(self, call_id: str, url: str, payload: Mapping[str, Any], step: str) -> tuple[int, Any]:
        """Return the status and the JSON answer.

        Raises:
            TransientError: no answer.
        """


class Links(Protocol):
    """Makes the links that a message carries."""

    def tracked(self, send: Send, url: str) -> str:
        """Return a link that leads to *url* and tells us it was followed."""

    def unsubscribe(self, send: Send) -> str:
        """Return the link that ends this kind of message."""

    def preferences(self, send: Send) -> str:
        """Return the link to what the customer wants to hear about."""


@dataclass(frozen=True, slots=True)
class Engine:
    """All ports together, as the composition root wires them.

    Args:
        dice: a number from 0 up to 1, to put apart what would come again at once; 0 where nobody crowds.
        nonce: a word that no other invocation has: who finds his own claim knows that he has not used it yet.
    """

    clock: Clock
    customers: Customers
    executions: Executions
    catalogue: Catalogue
    contents: Contents
    bus: Bus
    webhooks: Webhooks
    links: Links
    pace: Pace
    senders: Mapping[str, Sender] = field(default_factory=dict)
    dice: Callable[[], float] = random.random
    nonce: Callable[[], str] = lambda: f"{random.getrandbits(48):012x}"

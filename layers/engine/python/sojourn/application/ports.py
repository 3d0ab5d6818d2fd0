"""What the use cases need from outside, as protocols: a clock, storage, executions, content, channels.

Adapters fulfil them; the composition root puts them together as an `Engine`. Nothing here knows AWS.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sojourn.application.catalogue import Catalogue as Catalogue  # noqa: PLC0414 - one of the ports, for who imports it

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sojourn.domain.customer.rows import Change, CustomerFile, Event, Merge, Run, Send
    from sojourn.domain.message.compiled import CompiledMessage
    from sojourn.domain.message.rendering import Rendered


class Clock(Protocol):
    """Tells the time; every run has one clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""

    def pause(self, seconds: float) -> None:
        """Wait so many real seconds; a virtual clock need not."""


class Customers(Protocol):
    """The customers' rows."""

    def load(self, customer: str, *, leaving: bool = False) -> CustomerFile:
        """Return the hot rows of a customer, in one read; an empty file for one never seen.

        Of a customer who became another it is the other's file: `file.profile.id` tells whose it is.

        Args:
            leaving: read also what is left of somebody who is just becoming another (`file.becoming`).

        Raises:
            TransientError: the customer is just being erased, or becoming another in several steps.
        """

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        """Write *change* in one transaction and return the file as it is now.

        Raises:
            EventKnown: the event was stored before, whoever else wrote.
            Conflict: somebody wrote since *file* was read, or the claimed send exists already.
            TooLarge: it is more than storage takes at once; nothing is written.
        """

    def events(
        self, customer: str, name: str, since: datetime | None = None, also: Sequence[str] = ()
    ) -> Sequence[Event]:
        """Return a customer's events of one name, by `at`, oldest first.

        Args:
            customer: by their own id, see `load`.
            since: only what was received at that instant or later.
            also: who became this customer, and of whom not all is brought over: `Profile.merging`.
        """

    def event(self, customer: str, event_id: str, also: Sequence[str] = ()) -> Event | None:
        """Return an event by its id, whatever it is called; arguments as above."""

    def send(self, customer: str, send_id: str, also: Sequence[str] = ()) -> Send | None:
        """Return a send; arguments as above."""

    def known_by(self, kind: str, value: str) -> Sequence[str]:
        """Return who has an address now, the first first; of more than `bounding.MOST_KNOWN_BY` so many, by their ids.

        Args:
            kind, value: see `sojourn.domain.customer.identity.normalised`.
        """

    def merge(self, merge: Merge) -> CustomerFile:
        """Write what makes one customer another, in one transaction; return the file of the one who stays.

        Raises:
            Conflict: somebody wrote either since they were read.
            TooLarge: it is more than storage takes at once; nothing is written.
        """

    def bring(self, source: str, into: str, most: int, stop: Callable[[Run], None]) -> bool:
        """Bring over what is left of somebody who became another: events, sends, ledger, inbox; say if it was all.

        It may be called again whenever it was interrupted, and by several at once. Nothing is told twice.

        Args:
            most: so many rows at most.
            stop: called for each run that ended because of the other's, before it is forgotten.

        Raises:
            Conflict: *into* became somebody else meanwhile, or is no more.
        """


class Executions(Protocol):
    """State machine executions."""

    def start(
        self, journey: str, version: str, name: str, state: Mapping[str, Any], at: datetime | None = None
    ) -> None:
        """Start an execution, at *at* if given; a second start of one name does nothing.

        Raises:
            MachineGone: the version's state machine was deleted.
        """

    def succeed(self, token: str, state: Mapping[str, Any]) -> None:
        """Answer a waiting task with the run's new state.

        Raises:
            LostRace: the wait is over.
        """

    def stop(self, journey: str, version: str, name: str, reason: str) -> None:
        """Stop an execution, running or still to start; one that is over is left alone."""


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


class Page(NamedTuple):
    """What the page behind a link is told, as it knows neither customer nor workspace; empty where nobody knows.

    Args:
        locale: the customer's own.
        title: what the message's topic is called.
        brand: who sends.
    """

    locale: str = ""
    title: str = ""
    brand: str = ""


NO_PAGE = Page()


class Links(Protocol):
    """Makes the links that a message carries."""

    def tracked(self, send: Send, url: str) -> str:
        """Return a link that leads to *url* and tells us it was followed."""

    def unsubscribe(self, send: Send, page: Page = NO_PAGE) -> str:
        """Return the link that ends this kind of message."""

    def preferences(self, send: Send, page: Page = NO_PAGE) -> str:
        """Return the link to what the customer wants to hear about."""

    def opened(self, send: Send) -> str:
        """Return the address of the picture that tells us the message was opened."""


class TaskRef(NamedTuple):
    """One task for a person: a run's visit of a step.

    Args:
        since: when the run came to it.
    """

    customer: str
    run: str
    step: str
    since: datetime


def no_ticket(task: TaskRef) -> Mapping[str, str]:
    """Return what nobody can end a task by, where there is no address to do it at."""
    return {}


@dataclass(frozen=True, slots=True)
class Engine:
    """All ports together, as the composition root wires them.

    Args:
        dice: a number from 0 up to 1, to put apart what would come again at once; 0 where nobody crowds.
        ticket: what a task tells the person of how to end it, for the event that raises it.
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
    ticket: Callable[[TaskRef], Mapping[str, str]] = no_ticket
    nonce: Callable[[], str] = lambda: f"{random.getrandbits(48):012x}"

"""Makes events of customers out of what providers tell of messages: SES over EventBridge, the others over SNS.

All of it waits on one queue. What SNS brings must be signed by it and of a topic of ours; what bears no tags of ours is
passed over. Nothing is decided here: what an event means for its customer, `route` decides, and the order in which
providers tell matters to nobody.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sojourn.adapters.feedback import push, ses, sms, whatsapp
from sojourn.adapters.feedback.people import People, Whose
from sojourn.adapters.feedback.signatures import Forged, Signatures, fetch
from sojourn.adapters.feedback.told import NotRead, PassedOver, Told
from sojourn.application.attempting import digest
from sojourn.application.ports import Clock
from sojourn.aws_runtime.clients import Clients
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.incoming.batches import Batch, DeadLetters, Outcome
from sojourn.aws_runtime.incoming.fields import Poison, parsed
from sojourn.aws_runtime.incoming.intake import EventIntake, Inbound
from sojourn.aws_runtime.observability import count, log_raised, logger
from sojourn.aws_runtime.settings import Settings
from sojourn.aws_runtime.telling import count_crowded

SOURCE = "sojourn.feedback"
QUEUED = "FeedbackQueued"
SES = "aws.ses"
OF_THE_ADDRESS = ("channel", "hard", "reason", "provider_id", "to")
"""What is told to others who have an address."""
MOST_TOLD = 1_000
"""So many who have one address are told of what was said there: each is an event, and whoever may tell addresses can
make up customers. Who is known by it comes first, whoever has it by hearsay last."""
TAKEN, PASSED_OVER = "taken", "passed_over"
OF_OUTCOMES = {
    "poison": "FeedbackPoisoned", "failed": "FeedbackFailed", "after_failed": "FeedbackFailed",
    "not_begun": "FeedbackFailed",
}  # fmt: skip
"""What became of a message -> the metric that counts it; what was taken or passed over is counted by what it was."""


class Intake(Protocol):
    """The way in for events."""

    def put(self, told: Sequence[Inbound]) -> None:
        """Put events in; whatever is raised, they are not all in."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one message tells.

    Args:
        why: why it is passed over; then it tells nothing.
    """

    told: Sequence[Told] = ()
    why: str = ""


class Feedback:
    """Reads messages and tells what they say.

    Args:
        links_url: what our own links begin with, "" where nobody knows.
    """

    def __init__(
        self, signatures: Signatures, people: People, intake: Intake, clock: Clock, links_url: str = ""
    ) -> None:
        self._signatures = signatures
        self._people = people
        self._intake = intake
        self._clock = clock
        self._links_url = f"{links_url.rstrip('/')}/" if links_url else ""

    def read(self, body: str) -> Heard:
        """Return what a message of the queue tells.

        Raises:
            Poison: nobody will ever be able to read it.
            TransientError: it cannot be checked just now.
        """
        message = parsed(body)
        if not isinstance(message, dict):
            raise Poison("the message: it is no object")
        try:
            return Heard(self._told(message))
        except PassedOver as why:
            return Heard(why=str(why))
        except Forged as why:
            # Whoever sent it gets no second look, and no place among the dead letters.
            logger.error("a message that SNS did not send", why=str(why))
            count("FeedbackForged")
            return Heard()
        except NotRead as why:
            raise Poison(str(why)) from None

    def work(self, heard: Heard) -> str:
        """Put what was heard on the bus; say what became of it."""
        events: list[Inbound] = []
        names: list[str] = []
        why = heard.why
        for told in heard.told:
            try:
                events += [_inbound(told, whose) for whose in _so_many(self._people.of(told))]
                names.append(told.name)
            except PassedOver as error:
                why = str(error)
        if why:
            count("FeedbackPassedOver", why=why)
        if not events:
            return PASSED_OVER
        self._intake.put(events)
        for name in names:
            count("FeedbackTaken", what=name)
        return TAKEN

    def _told(self, message: Mapping[str, Any]) -> list[Told]:
        if message.get("source") == SES:
            detail = message.get("detail")
            if not isinstance(detail, dict):
                raise NotRead("detail: an object is wanted")
            return ses.read(detail, self._is_ours)
        if "TopicArn" not in message:
            raise NotRead("the message: neither EventBridge's nor of SNS")
        if message.get("Type") != "Notification":
            # To confirm a subscription is the deployment's business, and never that of a message.
            raise PassedOver("no_notification")
        at = self._signatures.check(message, self._clock.now())
        return _by_topic(parsed(message["Message"]), at)

    def _is_ours(self, url: str) -> bool:
        return bool(self._links_url) and url.startswith(self._links_url)


def _by_topic(message: Any, at: datetime) -> list[Told]:
    """Return what a message tells that SNS took at *at*: all of them come by one topic, and look different."""
    if not isinstance(message, dict):
        raise NotRead("Message: an object is wanted")
    if whatsapp.is_whatsapp(message):
        return whatsapp.read(message)
    if sms.is_receipt(message):
        return sms.read_receipt(message)
    if sms.is_reply(message):
        return sms.read_reply(message, at)
    if push.is_push(message):
        return push.read(message)
    raise PassedOver("unknown_type")


def _so_many(people: Sequence[Whose]) -> Sequence[Whose]:
    """Return the first of those who are to be told; that there are more is counted, and an operator's business."""
    if (more := len(people) - MOST_TOLD) > 0:
        count("FeedbackNotTold", more)
        logger.warning("more customers have an address than are told of what was said there", not_told=more)
    return people[:MOST_TOLD]


def _inbound(told: Told, whose: Whose) -> Inbound:
    properties = {**told.properties, **({"to": whose.to} if whose.to else {})}
    who = {"customer": whose.customer} if whose.customer else {"identities": whose.identities}
    event_id = told.id
    if whose.other:
        # What their own messages are, and how their own runs go on, it says nothing of.
        event_id = digest(told.id, "other")
        properties = {name: said for name, said in properties.items() if name in OF_THE_ADDRESS}
    return Inbound(event_id, told.name, told.at, {**who, "properties": properties})


def tell(outcome: Outcome) -> None:
    """Count what became of a message, and log of one that was not taken why."""
    metric = OF_OUTCOMES.get(outcome.what)
    if metric is None:
        return
    count(metric)
    if outcome.what == "poison":
        logger.warning(
            "feedback that nobody can read", message_id=outcome.message_id, reason=str(outcome.error)
        )
    elif outcome.error is not None:
        log_raised(outcome.error, message_id=outcome.message_id)


def batch(feedback: Feedback, dead_letters: DeadLetters) -> Batch[Heard]:
    """Return what works through a batch: every message by itself, as their order says nothing."""
    return Batch(
        feedback.read, lambda heard: heard.told[0].id if heard.told else "", feedback.work, dead_letters, tell
    )


def feedback() -> Batch[Heard]:
    """Make what the function needs: the rows to find people by their number, the bus and its queue, SNS."""
    from sojourn.adapters.dynamodb.customers import DynamoCustomers
    from sojourn.aws_runtime.incoming.dead_letters import SqsDeadLetters

    settings, clients = (
        Settings.read(os.environ, "table", "bus", "events_url", "dead_letters_url", "feedback_topics"),
        Clients(),
    )
    clock, sqs = SystemClock(), clients.later("sqs")
    customers = DynamoCustomers(clients.later("dynamodb"), settings.table, clock)
    topics = [topic.strip() for topic in settings.feedback_topics.split(",") if topic.strip()]
    made = Feedback(
        Signatures(topics, fetch),
        People(lambda kind, value: count_crowded(customers.known_by(kind, value)), clients.later("sns")),
        EventIntake(
            clients.now("events"), settings.bus, sqs, settings.events_url, source=SOURCE, queued=QUEUED
        ),
        clock,
        settings.links_url,
    )
    return batch(made, SqsDeadLetters(sqs, settings.dead_letters_url))

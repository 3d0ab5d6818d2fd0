from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sojourn.adapters.feedback.people import People
from sojourn.adapters.feedback.signatures import Signatures
from sojourn.aws_runtime.feedback import MOST_TOLD, Feedback, batch
from sojourn.aws_runtime.incoming.inbound import incoming, person
from sojourn.aws_runtime.incoming.intake import Inbound, NotTaken
from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.feedback import profile_after
from sojourn.errors import TransientError
from tests.support.engine_room import SetClock
from tests.support.provider_events import CERTIFICATE, NOON, TOPIC, Sns, made_key, recorded

KEY = made_key()


class Room:
    """The function's work, with a topic that signs, people who have a number, and a bus."""

    def __init__(self, *known: str) -> None:
        self.sns = Sns(KEY)
        self.told: list[Inbound] = []
        self.dead: list[tuple[str, str]] = []
        self.fault: Exception | None = None
        people = People(lambda kind, value: known if kind in ("phone", "email") else (), None)
        feedback = Feedback(
            Signatures([TOPIC], self.sns.fetched), people, self, SetClock(NOON), "https://links.example"
        )
        self.batch = batch(feedback, self)

    def put(self, *given: Any) -> None:
        """Take events, as the bus; or a message that nobody can read, as the queue of dead letters."""
        if len(given) == 3:
            self.dead.append((given[0], given[2]))
            return
        if self.fault:
            raise self.fault
        self.told += given[0]

    def hear(self, *messages: Any) -> list[str]:
        """Work through a batch; return which must come again."""
        bodies = [one if isinstance(one, str) else json.dumps(one) for one in messages]
        records = [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]
        answer = self.batch({"Records": records}, lambda: 60.0)
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def topic(self, name: str, **fields: Any) -> dict[str, Any]:
        """Return what the topic brings to the queue."""
        return self.sns.notification(recorded(name), **fields)


def metrics(printed: Callable[[], str]) -> list[tuple[Any, ...]]:
    """Return the metrics that were counted: name and what it was of."""
    lines = [json.loads(line) for line in printed().splitlines() if "_aws" in line]
    found = []
    for line in lines:
        name = line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"]
        found.append((name, line.get("what") or line.get("why") or ""))
    return found


def envelope(told: Inbound) -> str:
    """Return an event as the bus puts it on `route`'s queue."""
    detail = {"id": told.id, "time": told.at.isoformat(), **told.detail}
    return json.dumps({"id": "bus-1", "detail-type": told.name, "source": "sojourn.feedback",
                       "time": told.at.isoformat(), "detail": detail})  # fmt: skip


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("ses-bounce-hard", "message_bounced"),
        ("ses-delivery", "message_delivered"),
        ("ses-open", "message_opened"),
    ],
)
def test_what_ses_tells_becomes_an_event(name: str, event: str, printed: Callable[[], str]) -> None:
    """It comes by the rule alone, which signs nothing; `route` can read what goes on the bus."""
    room = Room()

    assert room.hear(recorded(name)) == []

    (told,) = room.told
    taken = incoming(envelope(told))
    assert (taken.customer, taken.event.name, taken.event.id) == ("ana@example.com", event, told.id)
    assert metrics(printed) == [("FeedbackTaken", event)]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("sms-delivered", "message_delivered"),
        ("whatsapp-read", "message_opened"),
        ("sms-invalid", "message_bounced"),
    ],
)
def test_what_the_topic_brings_becomes_an_event(name: str, event: str) -> None:
    """Signed by SNS, of our topic."""
    room = Room()

    assert room.hear(room.topic(name)) == []

    assert [(one.name, one.detail["customer"]) for one in room.told] == [(event, "ana@example.com")]


@pytest.mark.parametrize("name", ["ses-bounce-hard", "ses-complaint"])
def test_others_who_have_an_address_hear_of_it(name: str) -> None:
    """It suppresses theirs too; of their own messages and runs it says nothing."""
    room = Room("ben")

    room.hear(recorded(name))

    first, other = (incoming(envelope(one)) for one in room.told)
    assert (other.customer, other.event.name) == ("ben", first.event.name)
    assert other.event.id != first.event.id
    assert other.event.properties.keys().isdisjoint(("send", "run", "step", "journey", "message"))
    ben = Profile("ben", email="ana@example.com")
    assert "email" in profile_after(other.event, ben).suppressed


def test_so_many_are_told_and_that_there_are_more_is_counted(printed: Callable[[], str]) -> None:
    """Whoever makes up customers with one address makes no message of a provider as many events."""
    room = Room(*(f"made-up-{number}" for number in range(MOST_TOLD + 3)))

    room.hear(recorded("ses-complaint"))

    assert len(room.told) == MOST_TOLD
    assert room.told[0].detail["customer"] == "ana@example.com"
    assert '"not_told":4' in "".join(printed().split())


def test_a_stop_is_told_of_everybody_who_has_the_number() -> None:
    """One event each, with one id, which is another's in every customer's rows."""
    room = Room("ana", "ben")

    room.hear(room.topic("sms-reply-stop"))

    assert [one.detail["customer"] for one in room.told] == ["ana", "ben"]
    assert {one.name for one in room.told} == {"message_replied"}
    assert {one.at for one in room.told} == {NOON}


def test_a_stop_of_nobody_we_know_is_told_of_the_number() -> None:
    """So that it is remembered; whose it is `route` makes of the number."""
    room = Room()

    room.hear(room.topic("sms-reply-stop"))

    (told,) = room.told
    taken = incoming(envelope(told))
    assert (taken.customer, taken.identities) == ("", {"phone": "+12025550123"})
    assert person(taken).startswith("phone-")


@pytest.mark.parametrize(
    "forged",
    [
        {"Signature": "AAAA"},
        {"SigningCertURL": "https://evil.example/SimpleNotificationService-0.pem"},
        {"TopicArn": TOPIC + "-evil"},
        {
            "Message": json.dumps(
                {"originationNumber": "+12025550123", "inboundMessageId": "1", "messageBody": "START"}
            )
        },
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_what_is_forged_is_dropped_and_counted(forged: dict[str, str], printed: Callable[[], str]) -> None:
    """It is not acted on, not kept, and does not come again; somebody hears of it."""
    room = Room("ana")

    assert room.hear(room.topic("sms-reply-start", **forged)) == []

    assert (room.told, room.dead) == ([], [])
    assert metrics(printed) == [("FeedbackForged", "")]


def test_a_message_told_again_is_the_same_event() -> None:
    """Whoever replays one changes nothing: its id is known."""
    room = Room("ana")
    message = room.topic("sms-reply-stop")

    room.hear(message)
    room.hear(message, room.topic("sms-reply-stop", at=NOON))

    assert len({one.id for one in room.told}) == 1
    assert len(room.told) == 3


def test_a_subscription_is_not_confirmed(printed: Callable[[], str]) -> None:
    """Whoever may send one could have us fetch an address of his choice."""
    room = Room()

    assert (
        room.hear(
            {**room.topic("sms-delivered"), "Type": "SubscriptionConfirmation", "SubscribeURL": "https://x"}
        )
        == []
    )

    assert (room.told, room.sns.asked) == ([], [])
    assert metrics(printed) == [("FeedbackPassedOver", "no_notification")]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ses-not-ours", "no_tags"), ("ses-complaint-not-spam", "no_complaint"), ("ses-click-own-link", "own_link"),
        ("sms-not-ours", "no_tags"), ("whatsapp-reaction", "unknown_type"), ("sms-reply-short-code", "no_number"),
    ],
)  # fmt: skip
def test_what_is_none_of_ours_is_passed_over_and_counted(
    name: str, why: str, printed: Callable[[], str]
) -> None:
    """By its reason; nothing is told and nothing kept."""
    room = Room()
    message = recorded(name) if name.startswith("ses-") else room.topic(name)

    assert room.hear(message) == []

    assert (room.told, room.dead) == ([], [])
    assert metrics(printed) == [("FeedbackPassedOver", why)]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{", "no JSON"), ("[]", "no object"), ('{"source": "shop"}', "neither EventBridge's nor of SNS"),
        ('{"source": "aws.ses", "detail": []}', "detail: an object is wanted"),
        ('{"source": "aws.ses", "detail": {"eventType": "Send", "mail": 1}}', "detail.mail: an object is wanted"),
        ("[" * 100_000, "nested too deep"),
    ],
    ids=range(6),
)  # fmt: skip
def test_what_nobody_can_read_goes_to_the_dead_letters(body: str, why: str) -> None:
    """At once, with its reason, which quotes nothing."""
    room = Room()

    assert room.hear(body) == []

    ((message, reason),) = room.dead
    assert (message, why in reason) == ("m0", True)


def test_where_the_certificate_cannot_be_had_the_message_comes_again() -> None:
    """And no other: each is worked on by itself."""
    room = Room()
    room.sns.certificates[CERTIFICATE] = TransientError("no answer")

    failed = room.hear(room.topic("sms-delivered"), recorded("ses-delivery"))

    assert failed == ["m0"]
    assert [one.name for one in room.told] == ["message_delivered"]


def test_what_neither_bus_nor_queue_takes_comes_again() -> None:
    """Nothing is lost; the same events are put again, with the same ids."""
    room = Room()
    room.fault = NotTaken("both are shut")

    assert room.hear(recorded("ses-complaint")) == ["m0"]


def test_nobody_is_passed_over_for_another() -> None:
    """Of one message with several things told, those that are somebody's are told."""
    room = Room()

    room.hear(room.topic("whatsapp-both"))

    names: Sequence[str] = [one.name for one in room.told]
    assert names == ["message_delivered", "message_opened", "message_replied"]

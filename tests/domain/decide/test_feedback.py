from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.domain.customer.identity import address_key
from sojourn.domain.customer.rows import Event, Profile, Send, changed
from sojourn.domain.decide.delivery import ORDER, further, is_out, status_after, told_by
from sojourn.domain.decide.feedback import about, is_worn_out, keyword, profile_after

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
ANA = Profile("ana", email="ana@example.com", phone="+12025550123", device="fcm:token-a")
SEND = Send(
    id="s1", customer="ana", run="j-1", journey="j", version="v1", step="s", message="hello", channel="email",
    topic="news", marketing=True, at=NOON, to=address_key("ana@example.com"),
)  # fmt: skip


def event(name: str, at: datetime = NOON, **properties: Any) -> Event:
    """Return an event on the channel `email`, unless it says another."""
    return Event(f"{name}-{at.isoformat()}", name, at, {"channel": "email", **properties})


@pytest.mark.parametrize(
    ("name", "properties", "status", "told"),
    [
        ("message_sent", {}, "sent", ""),
        ("message_delayed", {}, "sent", ""),
        ("message_rejected", {}, "rejected", "rejected"),
        ("message_failed", {}, "undelivered", "undelivered"),
        ("message_bounced", {"hard": False}, "undelivered", "undelivered"),
        ("message_delivered", {}, "delivered", "delivered"),
        ("message_bounced", {}, "bounced", "bounced"),
        ("message_complained", {}, "complained", "complained"),
        ("message_opened", {}, "delivered", "opened"),
        ("message_opened", {"machine": True}, "delivered", "opened.machine"),
        ("message_clicked", {}, "delivered", "clicked"),
        ("message_replied", {}, "delivered", "replied"),
        ("unsubscribed", {}, "delivered", ""),
        ("bought", {}, "claimed", ""),
    ],
)
def test_every_event_says_what_became_of_the_message(
    name: str, properties: dict[str, Any], status: str, told: str
) -> None:
    """Whoever reads it has it, whatever its provider tells or does not tell."""
    assert status_after("claimed", event(name, **properties)) == status
    assert told_by(event(name, **properties)) == told


def test_a_status_never_goes_back() -> None:
    """The one that says more stands, whichever is heard last; a receipt outweighs a claim that was given back."""
    statuses = [status for words in ORDER for status in sorted(words)]

    for place, lesser in enumerate(statuses):
        for greater in statuses[place:]:
            assert {further(lesser, greater), further(greater, lesser)} <= {lesser, greater}
            if lesser not in ("claimed", "failed"):
                assert further(lesser, greater) == further(greater, lesser) == greater
    assert further("failed", "sent") == "sent"


@pytest.mark.parametrize(
    ("status", "out"),
    [
        ("claimed", False),
        ("failed", False),
        ("sent", True),
        ("rejected", True),
        ("undelivered", True),
        ("bounced", True),
    ],
)
def test_a_message_is_out_once_a_provider_took_it(status: str, out: bool) -> None:
    """Whatever became of it then: it is not sent again."""
    assert is_out(changed(SEND, status=status)) is out


def test_a_bounce_is_of_the_address_it_went_to() -> None:
    """Who has given another address since is reached there; who has not is written to no more."""
    moved = changed(ANA, email="ana@new.example")

    assert profile_after(event("message_bounced"), ANA, SEND).suppressed == {"email": "bounce"}
    assert profile_after(event("message_bounced"), moved, SEND) is moved
    assert profile_after(event("message_bounced"), moved).suppressed == {"email": "bounce"}  # nobody knows


@pytest.mark.parametrize("name", ["message_bounced", "message_complained"])
def test_what_names_neither_channel_nor_message_suppresses_nothing(name: str) -> None:
    """Nobody knows whether it was an email; of a message that is known, the message's own channel counts."""
    unsaid = Event("e1", name, NOON, {})

    assert profile_after(unsaid, ANA) is ANA
    assert about(unsaid, None).properties == {"ignored": "no_channel"}
    assert profile_after(unsaid, ANA, SEND).suppressed.keys() == {"email"}
    assert "ignored" not in about(unsaid, SEND).properties


def test_a_complaint_is_of_the_person() -> None:
    """Another address does not make them like it more."""
    moved = changed(ANA, email="ana@new.example")

    assert profile_after(event("message_complained"), moved, SEND).suppressed == {"email": "complaint"}


@pytest.mark.parametrize("token", ["fcm:token-a", "token-a"])
def test_a_device_that_is_nobodys_is_forgotten(token: str) -> None:
    """However its token is written; another device stays."""
    gone = event("message_bounced", channel="push", to=address_key(token))
    other = event("message_bounced", channel="push", to=address_key("token-b"))

    assert profile_after(gone, ANA).device is None
    assert profile_after(other, ANA) is ANA


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("STOP", "stop"), (" Stop all\n", "stop"), ("stop please", "stop"), ("cancel", "stop"), ("Cancel my order", ""),
        ("START", "start"), ("unstop", "start"), ("Start the party", ""), ("HELP", "help"), ("info", "help"),
        ("help me", ""), ("yes", ""), ("", ""), ("Arrêt", "stop"), ("ARRE\u0302T !", "stop"), ("Stop\u200b", "stop"),
        *((word, "stop") for word in ("OPTOUT", "opt out", "Opt-Out.", "revoke", "STOPALL", "stop all", "End", "QUIT!",
                                      "unsubscribe", "remove", "td", "ＳＴＯＰ")),
        ("opt out of what", ""), ("the end", ""), ("I quit smoking", ""), ("revoked", ""), ("remove the milk", ""),
    ],
)  # fmt: skip
def test_words_that_ask_something_of_the_sender(said: str, word: str) -> None:
    """By themselves, however they are written, or a plain STOP with more behind it; anything else is a reply."""
    assert keyword(event("message_replied", channel="sms", text=said)) == word


def test_the_keyword_that_the_provider_recognised_counts_too() -> None:
    """It knows the word in other languages; a number's own default keyword says nothing."""
    assert keyword(event("message_replied", channel="sms", text="basta", keyword="STOP")) == "stop"
    assert keyword(event("message_replied", channel="sms", text="hi", keyword="KEYWORD_12065550152")) == ""


def replied(text: str, minutes: int) -> Event:
    return event("message_replied", NOON + timedelta(minutes=minutes), channel="sms", text=text)


@pytest.mark.parametrize(
    ("words", "suppressed"),
    [
        ([("STOP", 0)], {"sms": "stop"}),
        ([("STOP", 0), ("START", 5)], {}),
        ([("START", 5), ("STOP", 0)], {}),
        ([("START", 0), ("STOP", 5)], {"sms": "stop"}),
        ([("STOP", 5), ("START", 0)], {"sms": "stop"}),
        ([("STOP", 0), ("START", 0)], {"sms": "stop"}),
        ([("START", 0), ("STOP", 0)], {"sms": "stop"}),
        ([("STOP", 0), ("yes", 5)], {"sms": "stop"}),
    ],
)
def test_of_stop_and_start_the_later_word_counts(
    words: list[tuple[str, int]], suppressed: dict[str, str]
) -> None:
    """By when they were said, not by when they are heard; a STOP at the same time as a START is a STOP."""
    profile = ANA
    for text, minutes in words:
        profile = profile_after(replied(text, minutes), profile)

    assert profile.suppressed == suppressed


@pytest.mark.parametrize("why", ["bounce", "complaint"])
def test_start_lifts_nothing_but_a_stop(why: str) -> None:
    """A number that is nobody's, or a reader who complained, is not brought back by a word."""
    suppressed = changed(ANA, suppressed={"sms": why})

    assert profile_after(replied("START", 0), suppressed).suppressed == {"sms": why}


def test_engagement_is_the_newest_of_each_channel() -> None:
    """What a reader did; a program, HELP and STOP are no engagement, and what is heard late changes nothing."""
    told = [
        event("message_sent"), event("message_delivered"), event("message_opened", NOON + timedelta(hours=2)),
        event("message_opened", NOON + timedelta(hours=1)), event("message_clicked", machine=True),
        event("message_replied", channel="sms", text="HELP"), event("message_replied", channel="whatsapp", text="Yes"),
    ]  # fmt: skip
    profile = ANA
    for one in told:
        profile = profile_after(one, profile, SEND if one.properties["channel"] == "email" else None)

    assert profile.engagement == {
        "email": {"sent": NOON, "delivered": NOON, "opened": NOON + timedelta(hours=2)},
        "whatsapp": {"replied": NOON},
    }
    assert profile.last_sent == {"email": "s1"}


def soft(number: int, days: float, **properties: Any) -> Event:
    return event("message_bounced", NOON + timedelta(days=days), hard=False, send=f"s{number}", **properties)


def test_five_soft_bounces_in_a_month_are_one_too_many() -> None:
    """Of five messages, not of one that came back five times; nor of as many on another channel, or over a year."""
    five = [soft(number, number) for number in range(5)]

    assert is_worn_out(five[4], five[:4], ANA)
    assert not is_worn_out(five[3], five[:3], ANA)
    assert not is_worn_out(soft(1, 9), [soft(1, day) for day in range(5)], ANA)
    assert not is_worn_out(soft(9, 9), [soft(number, number, channel="sms") for number in range(5)], ANA)
    assert not is_worn_out(soft(9, 0), [soft(number, -20 * (number + 1)) for number in range(5)], ANA)


def test_a_message_that_arrived_between_begins_the_count_anew() -> None:
    """Somebody reads there: an answer that they are away came back, or the mailbox was full for a week."""
    five = [soft(number, number) for number in range(5)]
    read = changed(ANA, engagement={"email": {"delivered": NOON + timedelta(days=2)}})

    assert not is_worn_out(five[4], five[:4], read)


def test_an_address_that_is_worn_out_is_suppressed_like_a_bounce() -> None:
    """A new address puts it right; what is known to be worse stays."""
    worn = profile_after(soft(5, 5), ANA, SEND, worn_out=True)
    complained = changed(ANA, suppressed={"email": "complaint"})

    assert worn.suppressed == {"email": "soft_bounces"}
    assert profile_after(soft(5, 5), ANA, SEND) is ANA
    assert profile_after(soft(5, 5), complained, SEND, worn_out=True) is complained


def test_an_event_says_of_its_message_what_the_messages_row_says() -> None:
    """So that conditions can ask for the message's name, which no provider brings back."""
    kept = about(event("message_opened", send="s1"), SEND).properties

    own = {"journey": "j", "run": "j-1", "step": "s", "message": "hello", "send": "s1"}
    assert kept == {"channel": "email", **own}


@pytest.mark.parametrize(
    "one",
    [
        event("message_opened", send="s1", run="j-1", step="s", machine=True),
        event("message_replied", channel="sms", run="j-1", step="s", text="HELP"),
    ],
    ids=lambda one: one.name,
)
def test_what_engages_nobody_has_neither_run_nor_step(one: Event) -> None:
    """By these it would release a wait."""
    assert not {"run", "step"} & set(about(one, SEND).properties)


def test_an_unsubscription_keeps_its_own_words() -> None:
    """Without a channel it means every one: the message's must not be put in."""
    told = Event("u", "unsubscribed", NOON, {"send": "s1", "how": "preferences"})

    assert about(told, SEND) is told

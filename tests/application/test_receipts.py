"""What is told of a message reaches its row, its customer, its run and the ledger, whenever it comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sojourn.application.route import Incoming, route
from sojourn.application.send import do_send
from sojourn.domain.customer.rows import Change, CustomerFile, Event, Send
from sojourn.errors import SendHeld, UnknownOutcome
from tests.support.engine_room import START, Room

ONE = "enter: {on: began, again: always}\nsteps: [{id: s, send: hello, via: [%s]%s}, {wait: 1 day}]"
WAITS = """
enter: {on: began}
steps:
  - {id: s, send: hello, via: [%s]}
  - id: w
    wait_for: [{replied: s}, {opened: s}]
    up_to: 3 days
"""


def sent(via: str = "email", journey: str = ONE, more: str = ", when_quiet: send") -> tuple[Room, Send]:
    """Return a room in which ana has got a message, and its row."""
    room = Room(journey % ((via, more) if journey is ONE else via))
    room.happen("began")
    do_send(room.engine, room.payload("s"))
    return room, row(room)


def row(room: Room) -> Send:
    """Return the last send's row."""
    return room.customers.sends("ana")[-1]


def profile(room: Room) -> Any:
    return room.customers.load("ana").profile


def test_a_sent_message_is_remembered_of_its_channel() -> None:
    """When, and which one: a reply is about it; and where it went, though not the address."""
    room, send = sent()

    assert profile(room).engagement == {"email": {"sent": START}}
    assert profile(room).last_sent == {"email": send.id}
    assert send.to
    assert "ana@example.com" not in send.to


def test_feedback_changes_the_row_and_is_told_once() -> None:
    """However often it is opened, it is one message that somebody opened."""
    room, send = sent()
    room.clock.pass_by(minutes=1)

    for number in range(3):
        room.happen("message_opened", f"o{number}", send=send.id, channel="email")
    room.happen("message_delivered", send=send.id, channel="email")

    assert (row(room).status, sorted(row(room).did)) == ("delivered", ["delivered", "opened"])
    assert room.told("opened", "delivered") == ["opened s", "delivered s"]
    assert room.run().engaged == {"s": {"opened"}}


def test_what_a_program_did_is_told_apart_and_engages_nobody() -> None:
    """It proves that the message arrived, and nothing else."""
    room, send = sent()

    room.happen("message_opened", send=send.id, channel="email", run=send.run, step="s", machine=True)

    (told,) = [one for one in room.happened if one.what == "opened"]
    assert told.details["machine"] is True
    assert row(room).status == "delivered"
    assert (room.run().engaged, profile(room).engagement["email"].keys()) == ({}, {"sent"})


def test_what_is_told_names_the_version_that_sent_it() -> None:
    """The counters of that version's step count it, whatever runs now."""
    room, send = sent()

    room.happen("message_bounced", send=send.id, channel="email", reason="Permanent/General")

    (told,) = [one for one in room.happened if one.what == "bounced"]
    assert (told.version, told.run, told.step, told.reason) == (
        send.version,
        send.run,
        "s",
        "Permanent/General",
    )
    assert told.details == {"message": "hello", "channel": "email", "send": send.id}


def test_a_bounce_of_an_address_that_was_changed_suppresses_nothing() -> None:
    """The new one is somebody's."""
    room, send = sent()
    room.happen("moved", becomes={"email": "ana@new.example"})

    room.happen("message_bounced", send=send.id, channel="email")

    assert profile(room).suppressed == {}
    assert row(room).status == "bounced"


def test_five_messages_that_come_back_softly_suppress() -> None:
    """Nobody reads there; each of them stays undelivered."""
    room = Room("enter: {on: began, again: always}\nsteps: [{id: s, send: hello, via: [email]}]")
    for _ in range(5):
        assert profile(room).suppressed == {}
        room.happen("began")
        do_send(room.engine, room.payload("s"))
        room.happen("message_bounced", send=row(room).id, channel="email", hard=False)
        room.clock.pass_by(days=3)

    assert profile(room).suppressed == {"email": "soft_bounces"}
    assert {send.status for send in room.customers.sends("ana")} == {"undelivered"}


def test_a_receipt_may_come_before_the_answer_is_written() -> None:
    """The provider told it while it still answered: what it said is not undone by what is written after."""
    room = Room(ONE % ("email", ""))
    room.happen("began")
    payload = room.payload("s")

    def told() -> None:
        assert row(room).status == "claimed"
        room.happen("message_bounced", send=row(room).id, channel="email")

    room.customers.meanwhile = [None, told]
    do_send(room.engine, payload)

    assert (row(room).status, row(room).provider_id) == ("bounced", "provider-1")
    assert len(room.email.taken) == 1
    assert profile(room).suppressed == {"email": "bounce"}


def test_a_receipt_proves_a_send_that_nobody_knew_of() -> None:
    """It was unknown whether the provider has it; it is sent, and its id is the provider's."""
    room = Room(ONE % ("email", ""))
    room.happen("began")
    room.email.before.append(UnknownOutcome("no answer"))
    do_send(room.engine, room.payload("s"))
    assert (row(room).status, room.told("sent")) == ("claimed", ["sent s unknown"])

    room.happen("message_sent", send=row(room).id, channel="email", provider_id="m-1")

    assert (row(room).status, row(room).provider_id) == ("sent", "m-1")


def test_a_message_that_a_receipt_proves_is_not_sent_again() -> None:
    """`at_least_once` repeats what nobody knows of; now somebody knows."""
    room = Room(ONE % ("email", ", delivery: at_least_once"))
    room.happen("began")
    state = room.state()
    room.email.before.append(UnknownOutcome("no answer"))
    with pytest.raises(SendHeld):
        do_send(room.engine, room.payload("s"))
    room.happen("message_delivered", send=row(room).id, channel="email")
    room.clock.pass_by(hours=1)

    do_send(room.engine, room.payload("s", state))

    assert room.email.taken == []
    assert room.told("sent") == ["sent s"]


def test_a_reply_is_about_the_last_message_of_its_channel() -> None:
    """No tag comes back with it; where it names a message of the provider's, it must be that one."""
    room, send = sent("sms", WAITS)

    room.happen("message_replied", channel="sms", text="Yes", provider_id="another")
    assert room.run().engaged == {}
    room.happen("message_replied", "r2", channel="sms", text="Yes", provider_id=send.provider_id)

    assert room.run().engaged == {"s": {"replied"}}
    assert row(room).did == {"replied"}


def test_help_is_no_reply() -> None:
    """It is kept and answers no wait; a reply does."""
    room, _ = sent("sms", WAITS)

    room.happen("message_replied", channel="sms", text="HELP")

    (kept,) = room.customers.events("ana", "message_replied")
    assert not {"run", "step"} & set(kept.properties)
    assert (room.run().engaged, profile(room).engagement["sms"].keys()) == ({}, {"sent"})


def test_feedback_on_nobodys_message_is_not_kept() -> None:
    """It is of somebody who was erased, or of another stage: they do not become known by it."""
    room = Room(ONE % ("email", ""))
    told = Event("b", "message_bounced", START, {"send": "s1", "channel": "email"})

    assert route(room.engine, Incoming("eve", told))

    assert room.customers.load("eve").revision == 0
    assert room.customers.events("eve", "message_bounced") == ()


def test_a_stop_of_a_number_that_nobody_has_is_kept() -> None:
    """It names no send: whoever turns out to have the number has said so."""
    room = Room(ONE % ("email", ""))
    told = Event("r", "message_replied", START, {"channel": "sms", "text": "STOP"})

    route(room.engine, Incoming("phone-0", told))

    assert room.customers.load("phone-0").profile.suppressed == {"sms": "stop"}


def consents(room: Room) -> dict[tuple[str, str], bool]:
    return dict(profile(room).consents)


def test_who_unsubscribes_twice_by_a_message_has_said_it_once() -> None:
    """One event, however long after; a consent that was given in between and comes late does not outweigh it."""
    room, send = sent()
    word: dict[str, Any] = {"send": send.id, "topic": "news", "channel": "email", "how": "one_click"}
    for number in range(3):
        room.happen("unsubscribed", f"u{number}", **word)
        room.clock.pass_by(minutes=20)
    room.happen(
        "subscribed", their_clock=room.clock.at - timedelta(minutes=30), topic="news", channel="email"
    )

    assert [one.id for one in room.customers.events("ana", "unsubscribed")] == ["u0"]
    assert consents(room) == {("news", "email"): False}


def test_who_subscribed_in_between_is_heard_again() -> None:
    """By the same message a second later; what is delivered twice is still one event."""
    room, send = sent()
    word: dict[str, Any] = {"send": send.id, "topic": "news", "channel": "email", "how": "one_click"}
    for number in range(3):
        for _ in range(2):
            room.happen("unsubscribed", f"u{number}", **word)
        assert consents(room) == {("news", "email"): False}
        room.clock.pass_by(seconds=1)
        room.happen("subscribed", topic="news", channel="email")
        assert consents(room) == {("news", "email"): True}

    assert [one.id for one in room.customers.events("ana", "unsubscribed")] == ["u0", "u1", "u2"]


def test_another_message_says_another_word() -> None:
    """Which one somebody left by is kept of each; and of everything is more than of a topic."""
    room, send = sent()
    room.happen("unsubscribed", "u0", send=send.id, topic="news", channel="email")
    room.happen("unsubscribed", "u1", send="another", topic="news", channel="email")
    room.happen("unsubscribed", "u2", send=send.id)
    room.happen("unsubscribed", "u3", topic="news", channel="email")

    assert len(room.customers.events("ana", "unsubscribed")) == 4


def test_a_send_whose_row_has_expired_still_suppresses() -> None:
    """What bounces after the ledger's time is known by the event alone."""
    room = Room(ONE % ("email", ""))

    room.happen("message_bounced", send="long-gone", channel="email")

    assert profile(room).suppressed == {"email": "bounce"}


def test_other_events_cost_no_read_of_a_send() -> None:
    """One load and one commit, as before; feedback reads its message's row besides."""
    room, send = sent()
    room.customers.asked.clear()

    room.happen("bought")
    other, room.customers.asked = room.customers.asked, []
    room.happen("message_opened", send=send.id, channel="email")

    assert other == ["load", "commit"]
    assert room.customers.asked == ["load", "send", "commit"]


def test_a_row_that_says_so_already_is_not_written() -> None:
    """A second opening changes the profile's instant at most."""
    room, send = sent()
    room.clock.pass_by(minutes=1)
    room.happen("message_opened", send=send.id, channel="email")
    written: list[Change] = []
    commit = room.customers.commit

    def noted(file: CustomerFile, change: Change) -> CustomerFile:
        written.append(change)
        return commit(file, change)

    room.customers.commit = noted  # type: ignore[method-assign]

    room.clock.pass_by(hours=1)
    room.happen("message_opened", "again", send=send.id, channel="email")

    assert [change.send for change in written] == [None]

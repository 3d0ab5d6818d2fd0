"""What a provider refuses for good: another channel or way, and no second time at an address that is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sojourn.application.send import do_send
from sojourn.domain.customer.rows import Profile
from sojourn.errors import Refused, RunEnded
from tests.support.engine_room import ANA, Provider, Room

MESSAGE = """
email: {subject: Hello, html: '<p>Hello <a href="{{ unsubscribe_url }}">no more</a></p>'}
sms: "Hello. Reply STOP to opt out."
push: {title: Hello, body: Hello}
whatsapp: {body: Hello}
"""
SENDS = """
kind: %s
enter: {on: began, again: always}
steps:
  - {id: s, send: hello, via: [%s], otherwise: [{exit: unreached}]}
  - {wait: 1 day}
"""
TEMPLATE = MESSAGE.replace("{body: Hello}", "{template: hello, language: en}")


def room_of(via: str, kind: str = "transactional", message: str = MESSAGE, person: Profile = ANA) -> Room:
    """Return a room in which ana has begun."""
    room = Room(SENDS % (kind, via), message=message, person=person)
    room.happen("began")
    return room


def provider_of(room: Room, channel: str) -> Provider:
    """Return the fake of one channel's provider."""
    provider: Provider = getattr(room, channel)
    return provider


@pytest.mark.parametrize(
    ("channel", "reason", "word"),
    [("email", "bad_address", "bounce"), ("sms", "opted_out", "stop"), ("sms", "blocked", "blocked")],
)
def test_an_address_that_is_gone_is_suppressed_with_the_send(channel: str, reason: str, word: str) -> None:
    """In one write; the run goes the way of otherwise, and tells in the provider's words why."""
    room = room_of(channel)
    provider_of(room, channel).before.append(Refused(reason, "550 unknown", gone=True))
    payload = room.payload("s")
    room.customers.asked.clear()

    do_send(room.engine, payload)

    assert room.customers.asked == ["load", "commit", "commit"]
    assert room.customers.load("ana").profile.suppressed == {channel: word}
    assert room.told("suppressed", "exited") == ["suppressed s refused", "exited exit:unreached"]
    assert [one.details["detail"] for one in room.happened if one.what == "suppressed"] == [
        f"{reason}: 550 unknown"
    ]


def test_a_device_that_is_gone_is_forgotten() -> None:
    """Its app was removed; the next device that registers is another one."""
    room = room_of("push, email")
    room.push.before.append(Refused("bad_address", "endpoint disabled", gone=True))

    do_send(room.engine, room.payload("s"))

    assert room.customers.load("ana").profile.device is None
    assert room.customers.load("ana").profile.suppressed == {}
    assert [send.channel for send in room.customers.sends("ana") if send.status == "sent"] == ["email"]


def test_a_refusal_that_is_about_the_message_changes_nobody() -> None:
    """Too long for one is too long for all; the address is as good as before."""
    room = room_of("email")
    room.email.before.append(Refused("too_long", "10 MB"))

    do_send(room.engine, room.payload("s"))

    assert room.customers.load("ana").profile == ANA
    assert room.told("exited") == ["exited exit:unreached"]


def test_an_address_is_forgotten_though_somebody_wrote_meanwhile() -> None:
    """The provider's answer holds over the attempts, and is acted on in the one that is written."""
    room = room_of("email")
    room.email.before.append(Refused("bad_address", gone=True))
    room.customers.meanwhile = [None, lambda: room.happen("did_it")]

    do_send(room.engine, room.payload("s"))

    assert room.customers.load("ana").profile.suppressed == {"email": "bounce"}


def test_an_address_is_forgotten_though_the_run_ended_meanwhile() -> None:
    """Nothing more is told of the run, but the next journey must not try the address again."""
    room = Room("enter: {on: began}\nwhile_running: [{on: stopped, do: exit}]\nsteps: [{id: s, send: hello}]")
    room.happen("began")
    payload = room.payload("s")
    room.email.before.append(Refused("bad_address", gone=True))
    room.customers.meanwhile = [None, lambda: room.happen("stopped")]

    with pytest.raises(RunEnded):
        do_send(room.engine, payload)

    assert room.customers.load("ana").profile.suppressed == {"email": "bounce"}
    assert [send.status for send in room.customers.sends("ana")] == ["failed"]


def test_segments_that_ask_who_can_be_reached_are_asked_again() -> None:
    """Whoever lost the last address leaves them at once."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: s, send: hello, via: [email]}, {wait: 1 day}]",
        "enter: {on: {left_segment: mailable}}\nsteps: [{wait: 1 day}]",
        segments="mailable: {when: reachable('email')}",
    )
    room.happen("subscribed", topic="news", channel="sms")
    room.happen("began")
    room.email.before.append(Refused("bad_address", gone=True))

    do_send(room.engine, room.payload("s"))

    assert room.customers.load("ana").profile.segments == frozenset()
    assert room.run("k").active


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_marketing_carries_the_link_that_ends_it(kind: str) -> None:
    """For the headers of an email; a receipt has none."""
    room = room_of("email", kind)

    do_send(room.engine, room.payload("s"))

    (outgoing,) = room.email.taken
    link = f"https://links.example/unsubscribe/{outgoing.send.id}"
    assert outgoing.unsubscribe_url == (link if kind == "marketing" else "")
    assert outgoing.marketing == (kind == "marketing")


def test_free_text_by_whatsapp_needs_a_conversation() -> None:
    """Without one it is refused before anything is claimed, and the next channel is tried."""
    room = room_of("whatsapp, sms")

    do_send(room.engine, room.payload("s"))

    assert (room.whatsapp.taken, len(room.sms.taken)) == ([], 1)
    assert [send.channel for send in room.customers.sends("ana")] == ["sms"]
    (sent,) = [one for one in room.happened if one.what == "sent"]
    assert "whatsapp: refused (outside_window" in sent.details["instead_of"]


@pytest.mark.parametrize(
    ("channel", "minutes", "taken"), [("whatsapp", 1439, 1), ("whatsapp", 1440, 0), ("sms", 5, 0)]
)
def test_a_conversation_lasts_a_day_from_the_last_reply_on_whatsapp(
    channel: str, minutes: int, taken: int
) -> None:
    """By our clock; a reply to a text message opens none."""
    room = Room(SENDS % ("transactional", "whatsapp"), message=MESSAGE)
    room.happen("message_replied", channel=channel, text="Hi", their_clock=room.clock.at - timedelta(hours=9))
    room.clock.pass_by(minutes=minutes)
    room.happen("began")

    do_send(room.engine, room.payload("s"))

    assert len(room.whatsapp.taken) == taken


def test_an_approved_template_needs_no_conversation() -> None:
    """And nobody asks storage for one."""
    room = room_of("whatsapp", message=TEMPLATE)
    payload = room.payload("s")
    room.customers.asked.clear()

    do_send(room.engine, payload)

    assert len(room.whatsapp.taken) == 1
    assert room.customers.asked == ["load", "commit", "commit"]

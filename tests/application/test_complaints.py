"""Whose word a complaint is: of the address that the message went to, whatever the customer's is by then."""

from __future__ import annotations

import pytest

from sojourn.application.route import Incoming, route
from sojourn.application.send import do_send
from sojourn.domain.customer.identity import address_key
from sojourn.domain.customer.rows import Event, Profile
from tests.support.engine_room import ANA, Room

OWN, OTHER = "ana@example.com", "evil@evil.example"
SENDS = "enter: {on: began}\nsteps: [{id: s, send: hello, via: [email]}]"


def mailed(*, hearsay: bool) -> tuple[Room, str]:
    """Return a room where a message went to an address that is not ana's own, and the id of its send."""
    room = Room(SENDS, person=Profile("ana", consents=ANA.consents))
    began = Event("began", "began", room.clock.at)
    route(room.engine, Incoming("ana", began, {"email": OTHER}, hearsay=hearsay))
    do_send(room.engine, room.payload("s"))
    (outgoing,) = room.email.taken
    room.clock.pass_by(hours=1)
    return room, outgoing.send.id


def told(room: Room, email: str | None) -> dict[str, str]:
    """Tell ana's address, and return which channels must not be used then."""
    room.clock.pass_by(hours=1)
    room.happen("told", becomes={"email": email})
    return dict(room.customers.load("ana").profile.suppressed)


@pytest.mark.parametrize("hearsay", [False, True])
def test_the_reader_of_a_mailbox_of_hearsay_does_not_speak_for_the_customers_own(hearsay: bool) -> None:
    """What they say once the own one is known is remembered of theirs; who was told to have it has said it for good."""
    room, send = mailed(hearsay=hearsay)
    told(room, OWN)

    room.happen("message_complained", channel="email", send=send)

    complaint = {"email": "complaint"}
    assert dict(room.customers.load("ana").profile.suppressed) == ({} if hearsay else complaint)
    assert told(room, OTHER) == complaint


def test_a_customers_own_complaint_does_not_go_with_an_address_of_hearsay() -> None:
    """They said it where they could be reached before."""
    room, send = mailed(hearsay=False)
    told(room, None)
    heard = Event("heard", "told", room.clock.at)
    route(room.engine, Incoming("ana", heard, {"email": "third@example.com"}, hearsay=True))

    room.happen("message_complained", channel="email", send=send)

    assert told(room, OWN) == {"email": "complaint"}


@pytest.mark.parametrize("to", [OWN, OTHER])
def test_a_complaint_told_of_an_address_is_nobodys_who_has_another_by_now(to: str) -> None:
    """Others who have the address that complained hear of it by where it went, without a message."""
    room = Room(SENDS, person=Profile("ana", email=OWN))
    room.happen("message_complained", channel="email", to=address_key(to))

    assert dict(room.customers.load("ana").profile.suppressed) == (
        {"email": "complaint"} if to == OWN else {}
    )

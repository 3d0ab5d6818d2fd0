"""An event that does something storage never takes: what it says of the customer counts, all else comes again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sojourn.application.acting import LIMITS
from sojourn.application.profile_alone import write_profile
from sojourn.domain.customer.rows import Change, Event, changed
from sojourn.errors import Conflict, Throttled, TooLarge
from tests.support.engine_room import Room

JOURNEY = "enter: {on: unsubscribed}\nsteps: [{wait: 1 day}]"
NO_EMAIL = {("news", "email"): False}


def raising(error: Exception) -> Callable[[], None]:
    """Return what raises it."""

    def act() -> None:
        raise error

    return act


def too_large() -> list[Callable[[], object] | None]:
    """Return what makes every commit too large, however few rows are tried at once."""
    return [raising(TooLarge("one row of 500,000 bytes")) for _ in LIMITS]


def unsubscribe(room: Room) -> bool:
    return room.happen("unsubscribed", "u1", topic="news", channel="email")


def test_what_it_says_of_the_customer_is_written_alone() -> None:
    """Neither the event nor a run; and what is raised says why it goes to the dead letters."""
    room = Room(JOURNEY)
    room.customers.meanwhile = too_large()

    with pytest.raises(TooLarge, match="500,000"):
        unsubscribe(room)

    file = room.customers.load("ana")
    assert (dict(file.profile.consents), dict(file.runs)) == (NO_EMAIL, {})
    assert list(room.customers.events("ana", "unsubscribed")) == []
    assert unsubscribe(room) is True
    assert room.run().active


def test_an_event_that_says_nothing_of_the_customer_writes_nothing() -> None:
    """There is nothing to keep anybody from."""
    room = Room(JOURNEY)
    room.customers.meanwhile = too_large()
    before = room.customers.load("ana").revision

    with pytest.raises(TooLarge):
        room.happen("began", "e1")

    assert room.customers.load("ana").revision == before


def test_a_second_delivery_takes_nothing_back() -> None:
    """Whoever subscribed since is not unsubscribed by it, though it would be too large to be written."""
    room = Room(JOURNEY)
    unsubscribe(room)
    room.clock.pass_by(seconds=1)
    room.happen("subscribed", "s1", topic="news", channel="email")
    room.customers.meanwhile = too_large()

    stored = unsubscribe(room)

    assert stored is False
    assert room.customers.load("ana").profile.consents == {("news", "email"): True}


def test_whoever_writes_meanwhile_is_not_written_over() -> None:
    """The profile is read and written again, as in every other commit."""
    room = Room(JOURNEY)

    def move() -> None:
        file = room.customers.load("ana")
        room.customers.commit(file, Change(profile=changed(file.profile, locale="de")))

    room.customers.meanwhile = [*too_large(), move]

    with pytest.raises(TooLarge):
        unsubscribe(room)

    profile = room.customers.load("ana").profile
    assert (dict(profile.consents), profile.locale) == (NO_EMAIL, "de")


@pytest.mark.parametrize("trouble", [Throttled("busy"), Conflict("ana")])
def test_an_event_comes_again_until_the_withdrawal_is_written(trouble: Exception) -> None:
    """It stays on its queue while the table is busy, and is no dead letter that nobody acted on."""
    room = Room(JOURNEY)
    room.customers.meanwhile = [*too_large(), *[raising(trouble)] * 5]

    with pytest.raises(type(trouble)):
        unsubscribe(room)

    assert room.customers.load("ana").profile.consents == {}


def test_no_address_is_written_alone() -> None:
    """Others who have it may have said STOP there, or have the device; that there is none any more counts."""
    room = Room(JOURNEY)
    before = room.customers.load("ana").profile
    room.customers.meanwhile = too_large()
    becomes = {"phone": "+4915112345678", "device": "fcm:token", "email": None, "plan": "pro"}

    with pytest.raises(TooLarge):
        room.happen("told", "e1", becomes)

    profile = room.customers.load("ana").profile
    assert (profile.phone, profile.device, profile.email) == (before.phone, before.device, None)
    assert profile.attributes["plan"] == "pro"


def test_nobody_comes_back_by_a_word_of_feedback_alone() -> None:
    """Who was erased stays so, though their message is complained of and something breaks."""
    room = Room(JOURNEY)
    spam = Event("spam", "message_complained", room.clock.at, {"channel": "email", "send": "s1"})

    write_profile(room.engine, "erased", spam, {})

    assert room.customers.load("erased").revision == 0

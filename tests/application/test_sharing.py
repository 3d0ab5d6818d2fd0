"""An address that becomes a customer's while others have it: what was said there, and whose a device is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.route import Incoming, route
from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import Event
from tests.support.merging import Dying, Persons

NUMBER, MAIL = "+4915112345678", "family@example.com"


def stopped(persons: Persons, word: str = "STOP", customer: str = "c-1", **when: timedelta) -> None:
    at = persons.room.clock.at + when.get("after", timedelta())
    said = {"channel": "sms", "text": word}
    persons.did("message_replied", f"{word}-{customer}-{at}", customer, properties=said, at=at)


def persons_of(**address: str) -> Persons:
    persons = Persons(MemoryCustomers())
    persons.did("did_it", "first", "c-1", becomes=dict(address))
    return persons


@pytest.mark.parametrize("hearsay", [False, True])
def test_a_stop_holds_for_whoever_has_the_number_next(hearsay: bool) -> None:
    """Whoever tells it; a START that was said before lifts it for none of them, a later one does."""
    persons = persons_of(phone=NUMBER)
    persons.room.clock.pass_by(hours=1)
    stopped(persons)
    event = Event("second", "did_it", persons.room.clock.at)
    route(persons.room.engine, Incoming("c-2", event, {"phone": NUMBER}, hearsay=hearsay))

    stopped(persons, "START", "c-2", after=timedelta(minutes=-5))
    before = persons.profile("c-2").suppressed
    persons.room.clock.pass_by(hours=1)
    stopped(persons, "START", "c-2")

    assert (before, persons.profile("c-2").suppressed) == ({"sms": "stop"}, {})


def test_a_complaint_holds_for_whoever_has_the_mailbox_next() -> None:
    """A bounce is the address's own affair: the next message there tells."""
    persons = persons_of(email=MAIL, phone=NUMBER)
    persons.did("message_complained", "spam", "c-1", properties={"channel": "email"})
    persons.did("message_bounced", "gone", "c-1", properties={"channel": "sms", "hard": True})

    persons.did("did_it", "second", "c-2", becomes={"email": MAIL, "phone": NUMBER})

    assert persons.profile("c-2").suppressed == {"email": "complaint"}


def test_who_has_it_by_hearsay_has_heard_it_too() -> None:
    """And hands it on: made-up customers are no way around a complaint."""
    persons = Persons(MemoryCustomers())
    for number in range(8):
        event = Event(f"e{number}", "did_it", persons.room.clock.at)
        route(persons.room.engine, Incoming(f"evil-{number}", event, {"email": MAIL}, hearsay=True))
        if number == 0:
            persons.did("message_complained", "spam", "evil-0", properties={"channel": "email"})

    assert {persons.profile(f"evil-{number}").suppressed["email"] for number in range(8)} == {"complaint"}


def test_a_device_is_of_who_told_it_last() -> None:
    """Two log in on one telephone: messages for the first must not show there any more."""
    persons = persons_of(device="token")
    persons.room.clock.pass_by(minutes=1)
    persons.did("did_it", "second", "c-2", device="token")

    assert (persons.profile("c-1").device, persons.profile("c-2").device) == (None, "token")
    assert persons.customers.known_by("device", "token") == ("c-2",)


def test_what_is_told_late_takes_no_device() -> None:
    """Who told it since keeps it."""
    persons = persons_of(device="token")
    persons.did("did_it", "late", "c-2", device="token", at=persons.room.clock.at - timedelta(days=1))

    assert (persons.profile("c-1").device, persons.profile("c-2").device) == ("token", None)
    assert persons.events("c-2") == ["late"]


def test_nothing_is_asked_where_no_address_is_new() -> None:
    """The same address again, told by anybody, costs no read."""
    persons = persons_of(email=MAIL)
    for hearsay in (False, True):
        dying = persons.through(Dying(persons.customers))
        event = Event(f"again-{hearsay}", "did_it", persons.room.clock.at)
        route(persons.room.engine, Incoming("c-1", event, {"email": MAIL}, hearsay=hearsay))
        assert dying.calls == ["load", "commit"]


def test_a_number_that_said_stop_before_anybody_had_it_says_so_to_hearsay_too() -> None:
    """The unknown customer of the number remembers; they stay two."""
    persons = Persons(MemoryCustomers())
    said = {"channel": "sms", "text": "STOP"}
    persons.did("message_replied", "stop", phone=NUMBER, properties=said)
    event = Event("e", "did_it", persons.room.clock.at)
    route(persons.room.engine, Incoming("c-1", event, {"phone": NUMBER}, hearsay=True))

    assert persons.profile("c-1").suppressed == {"sms": "stop"}
    assert persons.profile(unknown_id("phone", NUMBER)).id == unknown_id("phone", NUMBER)


EVIL = "+12025550199"


def hears(persons: Persons, customer: str = "", anonymous: str = "", **attributes: str) -> None:
    """Let anybody say something of somebody."""
    persons.room.clock.pass_by(seconds=1)
    event = Event(f"heard-{persons.room.clock.at}", "changed", persons.room.clock.at)
    identities = {"anonymous_id": anonymous} if anonymous else {}
    route(persons.room.engine, Incoming(customer, event, attributes, identities, hearsay=True))


@pytest.mark.parametrize("before", [True, False])
def test_a_stop_at_a_number_of_hearsay_goes_with_it(before: bool) -> None:
    """Whoever says a number of their own is somebody else's and STOP there must not end that person's messages."""
    persons = Persons(MemoryCustomers())
    persons.did("did_it", "evil", "c-2", becomes={"phone": EVIL})
    if before:
        stopped(persons, customer="c-2")
    hears(persons, "c-1", phone=EVIL)
    if not before:
        stopped(persons, customer="c-1")
    heard = persons.profile("c-1").suppressed
    persons.did("did_it", "server", "c-1", becomes={"phone": NUMBER})

    profile = persons.profile("c-1")
    assert (heard, profile.suppressed) == ({"sms": "stop"}, {})
    # What was said is remembered of that number alone.
    assert [name[:17] for name in profile.as_of if "sms" in name] == ["hearsay-stop:sms:"]


def test_a_stop_at_a_number_that_turns_out_to_be_theirs_stays() -> None:
    """Told by those who may, the number is the customer's, and so is what was said there."""
    persons = Persons(MemoryCustomers())
    hears(persons, "c-1", phone=NUMBER)
    stopped(persons)
    persons.did("did_it", "server", "c-1", becomes={"phone": NUMBER})
    persons.did("did_it", "moved", "c-1", becomes={"phone": EVIL})

    assert persons.profile("c-1").suppressed == {"sms": "stop"}


@pytest.mark.parametrize("word", ["START", "STOP"])
def test_what_a_customer_said_themselves_hearsay_does_not_change(word: str) -> None:
    """No START at a number that anybody gave them lifts it, and no STOP there makes it go with that number."""
    persons = persons_of(phone=NUMBER)
    stopped(persons)
    persons.did("did_it", "none", "c-1", becomes={"phone": None})
    hears(persons, "c-1", phone=EVIL)
    persons.room.clock.pass_by(hours=1)
    stopped(persons, word)
    persons.did("did_it", "server", "c-1", becomes={"phone": "+4915100000000"})

    assert persons.profile("c-1").suppressed == {"sms": "stop"}


def test_a_complaint_at_a_mailbox_of_hearsay_goes_with_it() -> None:
    """As a STOP does; what is said at the one that is told is for good."""
    persons = Persons(MemoryCustomers())
    hears(persons, "c-1", email="evil@evil.example")
    persons.did("message_complained", "spam", "c-1", properties={"channel": "email"})
    persons.did("did_it", "server", "c-1", becomes={"email": MAIL})
    left = persons.profile("c-1").suppressed
    persons.did("message_complained", "mine", "c-1", properties={"channel": "email"})
    persons.did("did_it", "moved", "c-1", becomes={"email": "new@example.com"})

    assert (left, persons.profile("c-1").suppressed) == ({}, {"email": "complaint"})


def test_a_visitor_brings_no_stop_of_hearsay_along() -> None:
    """Anybody may say that a browser is a customer's: what was said at its number is not."""
    persons = persons_of(phone=NUMBER)
    hears(persons, anonymous="evil", phone=EVIL)
    persons.did(
        "message_replied",
        "stop",
        unknown_id("anonymous", "evil"),
        properties={"channel": "sms", "text": "STOP"},
    )
    hears(persons, "c-1", anonymous="evil")

    profile = persons.profile(unknown_id("anonymous", "evil"))
    assert (profile.id, profile.phone, profile.suppressed) == ("c-1", NUMBER, {})


def test_a_visitor_who_is_all_that_is_known_brings_it_along() -> None:
    """With the number, and goes on going with it."""
    persons = Persons(MemoryCustomers())
    hears(persons, anonymous="a1", phone=EVIL)
    stopped(persons, customer=unknown_id("anonymous", "a1"))
    hears(persons, "c-1", anonymous="a1")
    merged = persons.profile("c-1")
    persons.did("did_it", "server", "c-1", becomes={"phone": NUMBER})

    assert (merged.phone, merged.suppressed) == (EVIL, {"sms": "stop"})
    assert persons.profile("c-1").suppressed == {}


@pytest.mark.parametrize("at_home", ["STOP", "spam"])
def test_what_somebody_said_at_home_is_not_said_at_a_number_they_give_out_as_theirs(at_home: str) -> None:
    """Else anybody might say STOP for whoever is told to have that number later."""
    persons = persons_of(phone=EVIL)
    if at_home == "STOP":
        stopped(persons)
    else:
        persons.did("message_complained", "spam", "c-1", properties={"channel": "sms"})
    persons.did("did_it", "none", "c-1", becomes={"phone": None})
    hears(persons, "c-1", phone=NUMBER)
    persons.did("did_it", "server", "c-2", becomes={"phone": NUMBER})
    unsaid = persons.profile("c-2").suppressed
    persons.room.clock.pass_by(minutes=1)
    stopped(persons, customer="c-1")  # by NUMBER, which both have
    persons.did("did_it", "server-3", "c-3", becomes={"phone": NUMBER})

    assert unsaid == {}
    assert persons.profile("c-3").suppressed == {"sms": "stop"}

"""What anybody may say: of addresses it is believed little, whatever is said in whatever order."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.route import Incoming, route
from sojourn.domain.customer.identity import ANONYMOUS, EMAIL, PHONE, unknown_id
from sojourn.domain.customer.rows import Event
from tests.support.merging import Persons

ANA, EVIL = "ana@example.com", "evil@evil.example"
THEIRS = unknown_id(ANONYMOUS, "evil")
IDS = count()


@pytest.fixture
def persons() -> Persons:
    """A customer c-1 who has an email address, told by the shop's server."""
    found = Persons(MemoryCustomers())
    found.did("did_it", "first", "c-1", becomes={"email": ANA})
    return found


def said(persons: Persons, customer: str = "", anonymous: str = "", **attributes: Any) -> None:
    """Let anybody say something, as a browser's write key lets them."""
    persons.room.clock.pass_by(seconds=1)
    event = Event(f"said-{next(IDS)}", "changed", persons.room.clock.at)
    identities = {"anonymous_id": anonymous} if anonymous else {}
    route(persons.room.engine, Incoming(customer, event, attributes, identities, hearsay=True))


def test_whoever_says_an_address_is_not_its_owner(persons: Persons) -> None:
    """The visitor stays somebody else, and what they say next is theirs."""
    said(persons, anonymous="evil", email=ANA)
    said(persons, anonymous="evil", device="fcm:evil")

    ana, visitor = persons.profile("c-1"), persons.profile(THEIRS)
    assert (ana.email, ana.device, ana.others) == (ANA, None, {})
    assert (visitor.id, visitor.email, visitor.device) == (THEIRS, ANA, "fcm:evil")


@pytest.mark.parametrize("value", [EVIL, None, ""])
def test_an_address_is_neither_replaced_nor_taken_away(persons: Persons, value: str | None) -> None:
    """Nor by its customer's own id; all else that is said is taken."""
    persons.did("did_it", "more", "c-1", becomes={"phone": "+4915112345678", "device": "apns:1"})

    said(persons, "c-1", email=value, phone=value and "+4915100000000", device=value, plan="pro")

    profile = persons.profile("c-1")
    assert (profile.email, profile.phone, profile.device) == (ANA, "+4915112345678", "apns:1")
    assert profile.attributes["plan"] == "pro"


def test_a_gap_is_filled(persons: Persons) -> None:
    """By the first who says something; those who may say it outweigh that, though theirs be older."""
    said(persons, "c-1", phone="+4915112345678")
    said(persons, "c-1", phone="+4915100000000")
    first = persons.profile("c-1").phone
    earlier = persons.room.clock.at - timedelta(minutes=5)
    persons.did("did_it", "server", "c-1", becomes={"phone": "+4915122222222"}, at=earlier)

    assert (first, persons.profile("c-1").phone) == ("+4915112345678", "+4915122222222")


def test_an_unknown_browser_may_get_a_new_token(persons: Persons) -> None:
    """Tokens change now and then, and there is nobody else to tell."""
    said(persons, anonymous="evil", device="one")
    said(persons, anonymous="evil", device="two")

    assert persons.profile(THEIRS).device == "two"


def test_an_anonymous_id_is_linked_and_brings_no_address(persons: Persons) -> None:
    """That is what `identify` is for; but what the browser said before replaces nothing now."""
    said(persons, anonymous="evil", email=EVIL, plan="pro")
    said(persons, "c-1", anonymous="evil")

    profile = persons.profile(THEIRS)
    assert (profile.id, profile.email, profile.attributes["plan"]) == ("c-1", ANA, "pro")


def test_what_was_told_outweighs_hearsay_when_two_become_one(persons: Persons) -> None:
    """Also where the hearsay is the known customer's, and newer."""
    persons.did("did_it", "theirs", anonymous="a1", becomes={"phone": "+4915112345678"})
    said(persons, "c-1", phone="+4915100000000")
    said(persons, "c-1", anonymous="a1")
    said(persons, "c-1", phone="+4915100000000")

    assert persons.profile("c-1").phone == "+4915112345678"


def test_nobody_is_swallowed(persons: Persons) -> None:
    """Who is known by an address only stays so, whoever says that it is theirs."""
    persons.did("did_it", "bea", becomes={"first_name": "Bea"}, email="bea@example.com")
    bea = unknown_id(EMAIL, "bea@example.com")

    said(persons, "evil-1", email="bea@example.com")
    persons.did("stopped", "hers", email="bea@example.com")

    assert persons.profile(bea).id == bea
    assert persons.events(bea, ("stopped",)) == ["hers"]


def test_it_joins_nobody_later_either() -> None:
    """When the owner of the address comes, whoever said it before becomes nobody, and their device stays theirs."""
    persons = Persons(MemoryCustomers())
    said(persons, anonymous="evil", email=ANA, device="fcm:evil")
    persons.did("did_it", "login", "c-1", becomes={"email": ANA})

    assert persons.profile(THEIRS).id == THEIRS
    assert persons.profile("c-1").device is None


def test_an_address_is_confirmed_by_who_may(persons: Persons) -> None:
    """From then on it joins, as any does."""
    number = "+4915112345678"
    said(persons, "c-1", phone=number)
    persons.did("did_it", "sms", phone=number)
    before = persons.profile(unknown_id(PHONE, number)).id
    persons.did("did_it", "server", "c-1", becomes={"phone": number})

    assert (before, persons.profile(unknown_id(PHONE, number)).id) == (unknown_id(PHONE, number), "c-1")
    assert persons.customers.known_by(PHONE, number) == ("c-1",)


def test_hearsay_alone_finds_nobody_by_an_address(persons: Persons) -> None:
    """An event with an address and nothing else is not its owner's."""
    event = Event("x", "did_it", persons.room.clock.at)
    route(persons.room.engine, Incoming("", event, {}, {"email": ANA}, hearsay=True))

    assert persons.events("c-1", ("did_it",)) == ["first"]

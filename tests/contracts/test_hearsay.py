"""Who has an address by hearsay is found apart from who has it, over every adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sojourn.application.route import Incoming, route
from sojourn.domain.customer.identity import ANONYMOUS, PHONE, unknown_id
from sojourn.domain.customer.rows import Change, Event, Profile
from sojourn.domain.decide.hearsay import by_hearsay, is_hearsay
from tests.contracts.test_customers import ADAPTERS, Store
from tests.support.merging import Persons

NUMBER = "+4915112345678"


@pytest.fixture(params=list(ADAPTERS))
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Give an empty store of each adapter in turn."""
    with ADAPTERS[request.param]() as subject:
        yield Store(*subject)


def found(persons: Persons) -> tuple[tuple[str, ...], tuple[str, ...]]:
    by = persons.customers.known_by
    return tuple(by(PHONE, NUMBER)), tuple(by(by_hearsay(PHONE), NUMBER))


def test_hearsay_becomes_known_by_being_told(store: Store) -> None:
    """The address is the same; the row that leads from it moves all the same."""
    persons = Persons(store.customers)
    event = Event("e1", "did_it", persons.room.clock.at)
    route(persons.room.engine, Incoming("c-1", event, {"phone": NUMBER}, hearsay=True))
    before, was_hearsay = found(persons), is_hearsay(persons.profile("c-1"), PHONE)

    persons.did("did_it", "e2", "c-1", becomes={"phone": NUMBER})

    assert (before, was_hearsay) == (((), ("c-1",)), True)
    assert found(persons) == (("c-1",), ())
    assert not is_hearsay(persons.profile("c-1"), PHONE)


def test_a_number_from_before_the_rule_of_today_is_found_as_it_was_stored(store: Store) -> None:
    """It says STOP like any other; nobody is joined by it, and who has another since is found by it no more."""
    old, customers = "+1111111", store.customers
    customers.commit(customers.load("c-1"), Change(profile=Profile("c-1", phone=old)))
    persons = Persons(customers)
    before = tuple(customers.known_by(PHONE, old))

    persons.did("did_it", "told", "c-2", becomes={"phone": old})
    joined = persons.profile("c-2").others
    persons.did("did_it", "moved", "c-1", becomes={"phone": NUMBER})

    assert (before, joined) == (("c-1",), {})
    assert tuple(customers.known_by(PHONE, old)) == ()


def test_a_stop_that_went_with_its_number_comes_back_with_it(store: Store) -> None:
    """It is kept beside the profile, travels when two become one, and holds once the number is told again."""
    persons = Persons(store.customers)
    browser = unknown_id(ANONYMOUS, "a1")
    heard = Event("heard", "did_it", persons.room.clock.at)
    route(persons.room.engine, Incoming("", heard, {"phone": NUMBER}, {"anonymous_id": "a1"}, hearsay=True))
    persons.did("message_replied", "stop", browser, properties={"channel": "sms", "text": "STOP"})
    persons.did("did_it", "server", "c-1", becomes={"phone": "+12025550123"})
    persons.did("did_it", "login", "c-1", anonymous="a1")
    merged = persons.profile(browser)

    persons.did("did_it", "moved", "c-1", becomes={"phone": NUMBER})

    assert (merged.id, merged.suppressed) == ("c-1", {})
    assert persons.profile("c-1").suppressed == {"sms": "stop"}

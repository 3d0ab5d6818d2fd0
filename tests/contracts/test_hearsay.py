"""Who has an address by hearsay is found apart from who has it, over every adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sojourn.application.route import Incoming, route
from sojourn.domain.customer.identity import PHONE
from sojourn.domain.customer.rows import Event
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

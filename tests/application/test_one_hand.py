"""A device is in one hand: that of the known customer who was last told to have it; hearsay moves and doubles none."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.route import Incoming, route
from sojourn.domain.customer.identity import ANONYMOUS, DEVICE, is_unknown, unknown_id
from sojourn.domain.customer.rows import Change, Event
from sojourn.domain.decide.hearsay import by_hearsay, is_hearsay
from sojourn.domain.decide.learning import learned
from tests.support.merging import Dying, Persons, until_done

T = "fcm:token"


class Said(NamedTuple):
    """One word about the device: of whom, by whom, how long before it is heard it was so."""

    customer: str
    anonymous: str
    hearsay: bool
    late: int
    device: bool = True
    as_attribute: bool = False


def say(persons: Persons, *words: Said) -> None:
    """Let these be said, a minute after another."""
    for word in words:
        persons.room.clock.pass_by(minutes=1)
        at = persons.room.clock.at - timedelta(minutes=word.late)
        event = Event(f"e{persons.room.clock.at}", "did_it", at)
        device = {DEVICE: T} if word.device else {}
        identities = {"anonymous_id": word.anonymous} if word.anonymous else {}
        attributes = device if word.as_attribute else {}
        route(
            persons.room.engine,
            Incoming(
                word.customer, event, attributes, identities | ({} if word.as_attribute else device),
                hearsay=word.hearsay,
            ),
        )  # fmt: skip


def told(customer: str = "", anonymous: str = "", late: int = 0) -> Said:
    return Said(customer, anonymous, hearsay=False, late=late)


def heard(customer: str = "", anonymous: str = "", late: int = 0, **more: bool) -> Said:
    return Said(customer, anonymous, hearsay=True, late=late, **more)


def holding(persons: Persons) -> list[str]:
    """Return who has the device."""
    found = {one for kind in (DEVICE, by_hearsay(DEVICE)) for one in persons.customers.known_by(kind, T)}
    return sorted(one for one in found if persons.profile(one).device)


@pytest.fixture
def persons() -> Persons:
    return Persons(MemoryCustomers())


@pytest.mark.parametrize("as_attribute", [False, True])
@pytest.mark.parametrize("who", ["c-2", ""])
def test_hearsay_gives_nobody_a_device_that_another_was_told_to_have(
    persons: Persons, who: str, as_attribute: bool
) -> None:
    """Neither somebody known nor a visitor; the rest of what the event says is taken."""
    say(persons, told("c-1"), heard(who, "a2" if not who else "", as_attribute=as_attribute))

    other = who or unknown_id(ANONYMOUS, "a2")
    assert holding(persons) == ["c-1"]
    assert len(persons.events(other)) == 1


def test_of_two_by_hearsay_the_last_has_it(persons: Persons) -> None:
    """A telephone that goes from hand to hand, and an app that may not say more; what comes late changes nothing."""
    say(persons, heard("c-2"), heard("c-3"), heard("c-4", late=30))

    assert holding(persons) == ["c-3"]


def test_what_is_told_outweighs_hearsay_however_new(persons: Persons) -> None:
    """Who was told to have it has it; visitors by hearsay lose it as well, lest they bring it to somebody."""
    say(persons, heard("c-2"), heard("", "a3"), told("c-1", late=30))
    taken = holding(persons)
    say(persons, heard("c-3", "a3", device=False))

    assert (taken, holding(persons)) == (["c-1"], ["c-1"])


def test_a_visitor_who_logs_in_as_another_takes_it_along(persons: Persons) -> None:
    """Ana logs out on a telephone, somebody looks around, and logs in as Ben: no push of Ana's shows there."""
    say(persons, heard("ana", "a1"), heard("", "a2"), heard("ben", "a2"))

    assert holding(persons) == ["ben"]


def test_a_visitor_brings_along_no_device_that_is_anothers_since(persons: Persons) -> None:
    """Who had it later keeps it, whoever the visitor turns out to be; nobody knows of it there any more."""
    say(persons, heard("", "a1"), heard("c-1"))
    say(persons, told("c-2", "a1")._replace(device=False))

    assert holding(persons) == ["c-1"]
    assert DEVICE not in persons.profile("c-2").as_of


def test_hearsay_brings_along_nothing_that_another_was_told_to_have(persons: Persons) -> None:
    """Though both came to have it at the same moment, and neither saw the other."""
    say(persons, told("c-1"))
    visitor = persons.file(unknown_id(ANONYMOUS, "a1"))
    profile = learned(visitor.profile, {DEVICE: T}, persons.room.clock.at, hearsay=True)
    persons.customers.commit(visitor, Change(profile=profile))
    say(persons, heard("c-2", "a1", device=False))

    assert holding(persons) == ["c-1"]


def test_what_is_not_brought_along_is_taken_from_nobody(persons: Persons) -> None:
    """Who is found to be a visitor keeps their own newer device."""
    say(persons, heard("", "a1"), heard("c-1", late=5))
    event = Event("other", "did_it", persons.room.clock.at)
    route(persons.room.engine, Incoming("c-2", event, {}, {DEVICE: "fcm:newer"}))
    say(persons, told("c-2", "a1")._replace(device=False))

    assert persons.profile("c-2").device == "fcm:newer"
    assert holding(persons) == ["c-1"]


@pytest.mark.parametrize("at", range(1, 12))
@pytest.mark.parametrize("after", [False, True])
def test_it_is_in_one_hand_wherever_somebody_dies(at: int, after: bool) -> None:
    """The event is delivered again, and what was begun is completed."""
    persons = Persons(MemoryCustomers())
    say(persons, heard("ana", "a1"), heard("", "a2"))
    real = persons.customers
    persons.through(Dying(real, at, after=after))
    event = Event("login", "did_it", persons.room.clock.at)
    login = Incoming("ben", event, {}, {"anonymous_id": "a2", DEVICE: T}, hearsay=True)

    until_done(lambda: route(persons.room.engine, login))

    persons.through(real)
    assert holding(persons) == ["ben"]


WORDS = st.builds(
    Said,
    st.sampled_from(["", "c-1", "c-2", "c-3"]), st.sampled_from(["a1", "a2"]), st.booleans(), st.integers(0, 3),
    st.booleans(), st.booleans(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=8))
def test_no_device_is_in_two_hands(words: list[Said]) -> None:
    """Whatever is told and heard in whatever order: at most one known customer has it, and by hearsay only alone."""
    persons = Persons(MemoryCustomers())

    say(persons, *words)

    known = [one for one in holding(persons) if not is_unknown(one)]
    by_word = [one for one in holding(persons) if not is_hearsay(persons.profile(one), DEVICE)]
    assert len(known) <= 1
    assert not by_word or set(known) <= set(by_word)

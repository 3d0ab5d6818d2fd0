"""Whose an event is, and what it teaches; what a merge sets off. (That nothing is lost is in `tests/contracts`.)"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.route import bring_over_rest
from sojourn.application.step import do_step
from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import Change, Event, Unfinished
from sojourn.domain.ledger import Happening
from sojourn.errors import AuthorError
from tests.support.engine_room import START
from tests.support.merging import A1, CART, Dying, Persons

HOUR = timedelta(hours=1)


def people(*journeys: str, **room: Any) -> tuple[Persons, list[Happening]]:
    """Give people in memory, and what happens to them."""
    happened: list[Happening] = []
    return Persons(MemoryCustomers(happened.append), *journeys, **room), happened


def calls_of(persons: Persons, *given: Any, **said: Any) -> list[str]:
    """Return what an event asks of the customers' rows."""
    dying = persons.through(Dying(persons.customers))
    persons.did(*given, **said)
    persons.through(persons.customers)
    return list(dying.calls)


def test_what_finding_out_costs() -> None:
    """A user id costs nothing, nor does an anonymous id that is known to be theirs; an address costs one question."""
    persons, _ = people()
    persons.did("changed", "e1", "c-1", anonymous="a1", becomes={"email": "ana@example.com"})

    assert calls_of(persons, "did_it", "e2", "c-1") == ["load", "commit"]
    assert calls_of(persons, "did_it", "e3", "c-1", anonymous="a1") == ["load", "commit"]
    assert calls_of(persons, "did_it", "e4", "c-1", anonymous="a1", email="Ana@example.com") == [
        "load",
        "commit",
    ]
    assert calls_of(persons, "did_it", "e5", anonymous="a1") == ["load", "commit"]
    assert calls_of(persons, "did_it", "e6", email="ana@example.com") == ["known_by", "load", "commit"]
    assert calls_of(persons, "changed", "e7", "c-1", becomes={"plan": "pro"}) == ["load", "commit"]


def test_the_first_thing_that_leads_to_somebody_says_whose_an_event_is() -> None:
    """An email nobody has, and a phone that somebody has: it is theirs, and so is the email from then on."""
    persons, _ = people()
    persons.did("changed", "e1", "c-1", becomes={"phone": "+491701234567"})

    persons.did("did_it", "e2", email="new@example.com", phone="0049 170 1234567")
    persons.did("did_it", "e3", email="new@example.com")
    persons.did("did_it", "e4", device="token-9")

    assert persons.events("c-1") == ["e1", "e2", "e3"]
    assert persons.events(unknown_id("device", "token-9")) == ["e4"]


def test_who_had_an_address_first_is_meant_where_several_have_it() -> None:
    """Of several known ones; one alone is meant even where unknown ones have it too."""
    persons, _ = people()
    persons.did("changed", "e1", "c-2", becomes={"email": "family@example.com"})
    persons.did("changed", "e2", "c-1", becomes={"email": "family@example.com"})

    persons.did("did_it", "e3", email="family@example.com")

    assert persons.events("c-2") == ["e1", "e3"]


def test_an_event_that_says_nothing_of_whom_it_is_is_refused() -> None:
    """A phone that is no number is nobody."""
    persons, _ = people()

    with pytest.raises(AuthorError, match="says nothing of whom it is"):
        persons.did("did_it", "e1", phone="call me")


def test_an_event_teaches_how_to_reach_its_customer_and_where_they_are() -> None:
    """Identities are addresses too; what stands in the attributes weighs more than where it happened."""
    persons, _ = people()

    persons.did(
        "changed", "e1", "c-1", email="ana@example.com", phone="0170 1234567",
        context={"timezone": "Europe/Vienna", "locale": "de-AT", "page": {"path": "/"}}, becomes={"locale": "de"},
    )  # fmt: skip

    profile = persons.profile("c-1")
    assert (profile.email, profile.phone) == ("ana@example.com", "+491701234567")
    assert (profile.timezone, profile.locale, profile.attributes) == ("Europe/Vienna", "de", {})
    (event,) = persons.customers.events("c-1", "changed")
    assert event.context["page"] == {"path": "/"}


def test_what_is_told_late_is_stored_and_overwrites_nothing() -> None:
    """An event of yesterday comes today: it counts as done yesterday, and what it says is older than what is known."""
    persons, _ = people()
    persons.did("changed", "e1", "c-1", becomes={"plan": "pro", "timezone": "Europe/Berlin"})

    persons.did("changed", "e2", "c-1", at=START - 24 * HOUR, becomes={"plan": "free", "size": "m"})
    persons.did("changed", "e3", "c-1", at=START + 24 * HOUR, becomes={"plan": "team"})
    persons.room.clock.pass_by(hours=1)
    persons.did("changed", "e4", "c-1", becomes={"plan": "late"})

    assert persons.profile("c-1").attributes == {"plan": "late", "size": "m"}
    assert persons.profile("c-1").as_of["size"] == START - 24 * HOUR


def test_what_a_journey_sets_is_newer_than_an_event_that_comes_late() -> None:
    """Of an attribute that events tell too."""
    persons, _ = people("enter: {on: began}\nsteps: [{id: note, update: {plan: pro}}]")
    persons.did("began", "e1", "c-1", becomes={"plan": "free"})
    persons.room.clock.pass_by(hours=1)
    room = persons.room
    room.run = lambda journey="j", key="": persons.file("c-1").runs[journey, key]  # type: ignore[method-assign]
    do_step(room.engine, room.payload("note"))

    persons.did("changed", "e2", "c-1", at=START + HOUR / 2, becomes={"plan": "free"})

    assert persons.profile("c-1").attributes == {"plan": "pro"}


SEGMENTS = "doers: {when: 'times(\"did_it\") >= 2'}\npros: {when: customer.plan == 'pro'}"
ON_SEGMENT = "enter: {on: {entered_segment: doers}, again: always}\nsteps: [{wait: 1 day}]"


def test_segments_are_asked_of_both_pasts_and_act_once() -> None:
    """Once as a visitor and once as a customer is twice: they enter the segment, and the journey, with the merge."""
    persons, happened = people(ON_SEGMENT, segments=SEGMENTS)
    persons.did("did_it", "e1", anonymous="a1", becomes={"plan": "pro"})
    persons.did("did_it", "e2", "c-1")

    persons.did("changed", "e3", "c-1", anonymous="a1")
    persons.did("changed", "e4", "c-1", anonymous="a1")
    persons.did("changed", "e3", "c-1", anonymous="a1")

    assert persons.profile("c-1").segments == {"doers", "pros"}
    assert [one.what for one in happened if one.what == "entered"] == ["entered"]
    moved = [event.properties["segment"] for event in persons.customers.events("c-1", "segment_entered")]
    assert sorted(moved) == ["doers", "pros", "pros"]  # as a visitor, too


def test_what_an_event_of_the_visitor_left_to_do_is_done_before() -> None:
    """It was too much for one commit: what is still to come of it is not lost with who it was for."""
    persons, _ = people()
    left = Event("e0", "began", START, {}, START)
    persons.did("changed", "e1", anonymous="a1")
    file = persons.file(A1)
    persons.customers.commit(file, Change(unfinished=Unfinished(left, (("event", "began", left),))))

    persons.did("changed", "e2", "c-1", anonymous="a1")

    file = persons.file("c-1")
    assert file.runs["j", ""].entry_id == "e0"
    assert file.unfinished is None
    assert persons.profile(A1).id == "c-1"


def test_what_is_left_is_brought_over_without_an_event() -> None:
    """A sweep goes on where nobody comes any more."""
    persons, _ = people()
    persons.did("did_it", "e1", anonymous="a1")
    bring = persons.customers.bring
    persons.customers.bring = lambda *_: False  # type: ignore[method-assign]
    persons.did("changed", "e2", "c-1", anonymous="a1")
    persons.customers.bring = bring  # type: ignore[method-assign]
    before = persons.events("c-1")

    bring_over_rest(persons.room.engine, "c-1")
    bring_over_rest(persons.room.engine, "c-1")

    assert (before, persons.events("c-1")) == (["e2"], ["e1", "e2"])
    assert dict(persons.profile("c-1").others) == {A1: "merged"}


def test_a_browser_behind_which_nobody_was_is_not_told() -> None:
    """A login in a browser that is new merges nobody; what is done in it later is the customer's all the same."""
    persons, happened = people()

    persons.did("did_it", "e1", "c-1", anonymous="a1")
    persons.did("did_it", "e2", anonymous="a1")

    assert [one.what for one in happened if one.what == "merged"] == []
    assert persons.events("c-1") == ["e1", "e2"]


def test_who_visited_before_they_logged_in_is_known_since_then() -> None:
    """Whoever stays: the first visit counts."""
    persons, happened = people()
    persons.did("did_it", "e1", anonymous="a1")
    persons.room.clock.at = START + HOUR
    persons.did("did_it", "e2", "c-1", anonymous="a1")

    assert persons.profile("c-1").since == START
    assert [one.details["from"] for one in happened if one.what == "merged"] == [A1]


def test_caps_count_what_either_was_sent() -> None:
    """Both hear of the company as one person."""
    persons, _ = people(CART)
    for number, customer in enumerate((A1, "c-1")):
        persons.did("changed", f"e{number}", customer)
        sent = ((START + number * HOUR, "email", "news"),)
        persons.customers.commit(persons.file(customer), Change(recent=sent))

    persons.did("changed", "e2", "c-1", anonymous="a1")

    assert [at for at, _, _ in persons.file("c-1").recent] == [START, START + HOUR]

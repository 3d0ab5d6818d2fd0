"""What is told beyond a customer's bounds is left out, and told of: names only, for whoever looks after events."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.sharing import MOST_TAKEN
from sojourn.application.step import do_step
from sojourn.domain.customer.rows import Change, Profile
from sojourn.domain.decide.bounding import MOST_ATTRIBUTES, MOST_TOPICS, NAMES_TOLD
from sojourn.domain.ledger import Happening
from sojourn.domain.message.channels import CHANNELS
from tests.support.engine_room import START, Room
from tests.support.merging import A1, Persons

JOURNEY = "enter: {on: began}\nsteps: [{id: set, update: {first_name: Ana, plan: pro}}]"
FULL = {f"a{number}": 1 for number in range(MOST_ATTRIBUTES)}
TOPICS = {(f"t{number}", "email"): True for number in range(MOST_TOPICS)}


def left_out(happened: list[Happening]) -> list[tuple[str, dict[str, Any]]]:
    return [(one.reason, dict(one.details)) for one in happened if one.what == "left_out"]


def full_room(**profile: Any) -> Room:
    room = Room(JOURNEY, person=Profile("ana", since=START, **profile))
    room.happened.clear()
    return room


def test_attributes_without_room_are_told_of_by_name() -> None:
    """Not what stands there; what is known, and what has room, is taken; a second delivery tells nothing."""
    room = full_room(attributes=FULL)

    taken = [room.happen("did_it", "e1", {"secret": "x", "a7": 2, "more": "y"}) for _ in range(2)]

    assert taken == [True, False]
    assert room.customers.load("ana").profile.attributes["a7"] == 2
    assert left_out(room.happened) == [("no_room", {"names": ["secret", "more"], "count": 2, "by": "e1"})]


def test_however_many_they_are_a_few_are_named() -> None:
    """A row of the ledger has its bounds too: so many names, each cut, and the number of all."""
    room = full_room(attributes=FULL)

    room.happen("did_it", "e1", {f"{number:03d}" + "n" * 900: 1 for number in range(90)})

    ((_, details),) = left_out(room.happened)
    assert (details["count"], len(details["names"])) == (90, NAMES_TOLD)
    assert {len(name) for name in details["names"]} == {100}


def test_nothing_is_told_where_all_is_taken_or_old() -> None:
    """A value that came late is outweighed, not left out; nor is one that is known already."""
    room = Room(JOURNEY)
    room.happen("did_it", "e1", {"plan": "pro", "none": None, "list": [1]})
    early = room.clock.at
    room.clock.pass_by(hours=1)
    room.happen("did_it", "e2", {"plan": "free", "email": "ana@new.example"})

    room.happen("did_it", "e3", {"plan": "pro"}, their_clock=early)

    assert room.customers.load("ana").profile.attributes["plan"] == "free"
    assert left_out(room.happened) == []


def test_what_an_update_has_no_room_for_is_told_of_too() -> None:
    """With the step that would set it."""
    room = full_room(attributes=FULL)
    room.happen("began")

    do_step(room.engine, room.payload("set"))

    (told,) = [one for one in room.happened if one.what == "left_out"]
    assert (told.step, told.run, told.reason) == ("set", room.run().id, "no_room")
    assert told.details == {"names": ["first_name", "plan"], "count": 2}


@pytest.mark.parametrize("name", ["subscribed", "unsubscribed"])
def test_a_word_about_a_topic_nobody_has_is_left_out_where_there_are_too_many(name: str) -> None:
    """It is stored as what the customer did, and acts, but the profile has no room for more."""
    room = full_room(consents=TOPICS)

    room.happen(name, "e1", topic="made-up", channel="email")

    assert room.customers.load("ana").profile.consents == TOPICS
    assert left_out(room.happened) == [("no_room_for_topic", {"names": ["made-up"], "count": 1, "by": "e1"})]
    assert [event.id for event in room.customers.events("ana", name)] == ["e1"]


def test_a_word_about_the_workspaces_own_topic_always_finds_room() -> None:
    """And so does one about everything: whoever fills a profile takes nobody's withdrawal away."""
    room = full_room(consents=TOPICS)

    room.happen("unsubscribed", "e1", topic="news", channel="email")
    before = room.customers.load("ana").profile.consents
    room.clock.pass_by(hours=1)
    room.happen("unsubscribed", "e2")

    assert before["news", "email"] is False
    assert room.customers.load("ana").profile.consents["*", "email"] is False
    assert left_out(room.happened) == []


def test_a_no_that_is_not_understood_is_told_as_what_it_was_taken_for() -> None:
    """Whoever mistypes it finds out, and the customer gets less, not more."""
    room = full_room()

    room.happen("unsubscribed", "e1", topic="News", channels={"email": False})

    assert room.customers.load("ana").profile.consents == {("news", channel): False for channel in CHANNELS}
    details = {"names": ["channels"], "count": 1, "by": "e1", "topics": ["news"], "channels": list(CHANNELS)}
    assert left_out(room.happened) == [("not_understood", details)]


def test_a_yes_that_is_understood_in_part_is_told_too() -> None:
    """It counts as far as it is certain."""
    room = full_room()

    room.happen("subscribed", "e1", topic="news", channels=["email", "fax"])

    assert room.customers.load("ana").profile.consents == {("news", "email"): True}
    details = {"names": ["channels"], "count": 1, "by": "e1", "topics": ["news"], "channels": ["email"]}
    assert left_out(room.happened) == [("not_understood", details)]


def two(source: Profile, into: Profile) -> tuple[Persons, list[Happening]]:
    """Return two customers who are told to be the same next, and what happens to them."""
    happened: list[Happening] = []
    persons = Persons(MemoryCustomers(happened.append))
    for profile in (source, into):
        persons.customers.commit(persons.customers.load(profile.id), Change(profile=profile))
    return persons, happened


def test_what_a_merge_has_no_room_for_is_told_of_once() -> None:
    """Names of attributes and topics; what was known of the one who stays is kept."""
    persons, happened = two(
        Profile(
            A1,
            {"theirs": 1, "a1": 9},
            consents={("other", "email"): True, ("news", "email"): False},
            since=START,
        ),
        Profile("c-1", FULL, consents=TOPICS, since=START),
    )

    for number in range(2):
        persons.did("changed", f"e{number}", "c-1", anonymous="a1")

    profile = persons.profile("c-1")
    assert (profile.attributes, profile.consents) == (FULL, {**TOPICS, ("news", "email"): False})
    assert left_out(happened) == [
        ("no_room", {"names": ["theirs"], "count": 1, "by": "e0"}),
        ("no_room_for_topic", {"names": ["other"], "count": 1, "by": "e0"}),
    ]


def test_a_device_is_taken_from_so_many_and_no_more() -> None:
    """Whoever makes customers up makes no event read them all; that there are more is told."""
    persons, happened = two(Profile("c-1", since=START), Profile("c-2", since=START))
    for number in range(MOST_TAKEN + 2):
        name = f"had-{number}"
        persons.customers.commit(persons.customers.load(name), Change(profile=Profile(name, device="token")))

    persons.did("changed", "e1", "c-1", device="token")

    assert len(persons.customers.known_by("device", "token")) == 3
    assert left_out(happened) == [("too_many", {"names": ["device"], "count": 2, "by": "e1"})]

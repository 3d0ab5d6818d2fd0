from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sojourn.application.quarantine import Quarantined, detail_of, take_in
from sojourn.application.route import Incoming
from sojourn.domain.customer.identity import unknown_id
from sojourn.domain.customer.rows import Event
from sojourn.errors import TransientError
from tests.support.engine_room import START, Room

JOURNEY = """
enter: {on: began}
steps: [{wait: 1 day}]
"""


@dataclass
class Aside:
    """Keeps events by customer and id."""

    kept: dict[tuple[str, str], Quarantined] = field(default_factory=dict)

    def put(self, event: Quarantined) -> bool:
        new = (event.customer, event.id) not in self.kept
        self.kept.setdefault((event.customer, event.id), event)
        return new


@pytest.fixture
def room() -> Room:
    return Room(JOURNEY)


def took(room: Room, aside: Aside, incoming: Incoming) -> str:
    return take_in(room.engine, aside, incoming)


def began(customer: str = "ana", identities: dict[str, str] | None = None, **properties: Any) -> Incoming:
    event = Event("e1", "began", START, properties, hops=1, context={"page": "/"})
    return Incoming(customer, event, {"plan": "pro"}, identities or {}, "")


def test_an_event_as_planned_acts(room: Room) -> None:
    """It is routed, a second delivery is known, and nothing is kept aside."""
    aside = Aside()

    became = [took(room, aside, began(ref="r1", n=1)) for _ in range(2)]

    assert (became, aside.kept) == (["routed", "known"], {})
    assert room.told("entered") == ["entered"]


def test_an_event_that_is_not_as_planned_changes_nothing(room: Room) -> None:
    """No run hears of it, nothing is learned from it, it is not stored; it is kept whole, with its reasons."""
    aside = Aside()
    before = room.customers.load("ana")

    became = took(room, aside, began(ref=7, n="many"))

    assert became == "quarantined"
    assert (room.customers.load("ana").profile, room.happened) == (before.profile, [])
    assert room.customers.events("ana", "began") == ()
    assert aside.kept["ana", "e1"] == Quarantined(
        "ana", "e1", "began", START,
        (
            "properties.ref: a text is wanted, and it is a number",
            "properties.n: a number is wanted, and it is a text",
        ),
        {
            "customer": "ana", "id": "e1", "name": "began", "time": "2026-03-02T12:00:00Z",
            "properties": {"ref": 7, "n": "many"}, "attributes": {"plan": "pro"}, "context": {"page": "/"}, "hops": 1,
        },
    )  # fmt: skip


def test_a_second_delivery_is_kept_once(room: Room) -> None:
    """It is known by its id, as events are."""
    aside = Aside()

    assert [took(room, aside, began(ref=7)) for _ in range(2)] == ["quarantined", "known"]


def test_whoever_has_the_address_has_the_event(room: Room) -> None:
    """Of an event that says only an address it is kept with the customer's rows, so that erasing them finds it."""
    aside = Aside()

    took(room, aside, began("", {"email": "ana@example.com"}, ref=7))
    took(room, aside, replace(began("", {"email": "nobody@example.com"}, ref=7)))

    assert [customer for customer, _ in aside.kept] == ["ana", unknown_id("email", "nobody@example.com")]


class Busy(Aside):
    """Takes nothing for now."""

    def put(self, event: Quarantined) -> bool:
        raise TransientError("busy")


def test_nothing_is_lost_where_it_cannot_be_kept_aside(room: Room) -> None:
    """The event stays on its queue and comes again."""
    with pytest.raises(TransientError):
        took(room, Busy(), began(ref=7))


def test_without_a_plan_nothing_is_compared() -> None:
    """A workspace that an earlier release registered has none in the table."""
    room = Room(JOURNEY)
    catalogue: Any = room.engine.catalogue
    catalogue.policy = replace(catalogue.policy, events={})

    assert took(room, Aside(), began(ref=7)) == "routed"


def said(name: str, **properties: Any) -> Incoming:
    return Incoming("ana", Event("e1", name, START, properties))


def test_a_consent_of_which_nothing_is_understood_is_kept_aside(room: Room) -> None:
    """Nobody consents by a slip; whoever takes consent back is heard, whatever they wrote."""
    aside = Aside()

    became = took(room, aside, said("subscribed", topic="offers", channels={"email": True}))
    heard = took(room, aside, said("unsubscribed", topic="offers", channels={"email": False}))

    assert (became, heard) == ("quarantined", "routed")
    assert aside.kept["ana", "e1"].reasons == (
        "properties.channels: a list of channels is wanted, and it is an object that names none",
    )
    consents = room.customers.load("ana").profile.consents
    assert set(consents.values()) == {False}


def test_an_event_that_acted_before_the_plan_changed_is_known(room: Room) -> None:
    """It is not listed as one that changed nothing, and what its first delivery left undone is done."""
    aside = Aside()
    catalogue: Any = room.engine.catalogue
    policy = catalogue.policy
    catalogue.policy = replace(policy, events={})
    first = took(room, aside, began(ref=7))
    catalogue.policy = policy
    room.executions.started.clear()

    again = took(room, aside, began(ref=7))

    assert (first, again, aside.kept) == ("routed", "known", {})
    assert list(room.executions.started) == [room.run().execution]


def test_hearsay_is_hearsay_when_it_is_replayed() -> None:
    """Or a misfit would be a way around."""
    said = Incoming("ana", Event("e1", "began", START), {"email": "x@y.example"}, hearsay=True)

    assert detail_of(said)["hearsay"] is True

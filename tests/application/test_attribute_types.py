"""An attribute that is not of its declared type never becomes known, by whatever way it comes."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.application.quarantine import take_in
from sojourn.application.route import Incoming, route
from sojourn.application.step import do_step
from sojourn.domain.customer.rows import Event
from sojourn.domain.decide.feedback import UNSUBSCRIBED
from sojourn.domain.journey.builtin_events import OF_CALLS
from tests.application.test_quarantine import Aside
from tests.support.engine_room import START, Room

JOURNEY = "enter: {on: began, where: customer.score > 5}\nsteps: [{wait: 1 day}]"
UPDATES = (
    "enter: {on: began}\nsteps:\n  - {id: ask, call: https://crm.example/score}\n  - {id: set, update: %s}"
)


def told(name: str, attributes: dict[str, Any], **properties: Any) -> Incoming:
    return Incoming("ana", Event("e1", name, START, properties), attributes)


@pytest.mark.parametrize("name", ["began", "customer_updated", "never_planned", *sorted(OF_CALLS)])
def test_an_event_with_an_attribute_of_another_type_is_kept_aside(name: str) -> None:
    """Whatever its name, planned or not; the reason names the attribute and not its value; a second one is known."""
    room, aside = Room(JOURNEY), Aside()
    before = room.customers.load("ana")

    became = [take_in(room.engine, aside, told(name, {"score": "9", "first_name": "Ana"})) for _ in range(2)]

    assert became == ["quarantined", "known"]
    assert aside.kept["ana", "e1"].reasons == ("attributes.score: a number is wanted, and it is a text",)
    assert (room.customers.load("ana"), room.happened) == (before, [])


def test_properties_and_attributes_are_told_of_together() -> None:
    """Whoever mends an application sees all that is wrong at once."""
    room, aside = Room(JOURNEY), Aside()

    take_in(room.engine, aside, told("began", {"plan": 7, "score": True}, ref=1))

    places = [reason.partition(":")[0] for reason in aside.kept["ana", "e1"].reasons]
    assert places == ["properties.ref", "attributes.plan", "attributes.score"]


@pytest.mark.parametrize(
    "attributes", [{"score": None}, {"score": 9.5}, {"more": [1]}, {"phone": "+12025550199"}, {}]
)
def test_what_fits_or_is_not_declared_is_taken(attributes: dict[str, Any]) -> None:
    """Null is fit for anything, and so is every attribute that the workspace does not list."""
    room, aside = Room(JOURNEY), Aside()

    assert take_in(room.engine, aside, told("customer_updated", attributes)) == "routed"
    assert aside.kept == {}


def test_who_unsubscribes_is_heard_whatever_else_is_wrong() -> None:
    """The attribute is left out, and the ledger says so; nobody is messaged on because of a misspelt score."""
    room, aside = Room(JOURNEY), Aside()
    gone = told(UNSUBSCRIBED, {"score": "9", "plan": "pro"}, topic="news", channel="email")

    assert take_in(room.engine, aside, gone) == "routed"

    profile = room.customers.load("ana").profile
    assert (profile.consents, profile.attributes) == ({("news", "email"): False}, {"plan": "pro"})
    (left,) = [one for one in room.happened if one.what == "left_out"]
    assert (left.reason, left.details) == ("wrong_type", {"names": ["score"], "count": 1, "by": "e1"})


def test_no_way_in_teaches_a_wrong_type() -> None:
    """What is routed without being looked at before, as locally, is not learned either: conditions go by the type."""
    room = Room(JOURNEY)

    route(room.engine, told("began", {"score": "9"}))

    assert room.customers.load("ana").profile.attributes == {}
    assert room.told("entered", "left_out") == ["left_out wrong_type"]


def test_what_an_earlier_plan_let_in_is_false_and_says_why() -> None:
    """A customer may have a value from before the type was declared: a condition on it is false, never an error."""
    room = Room(JOURNEY)
    catalogue: Any = room.engine.catalogue
    policy, catalogue.policy = catalogue.policy, type(catalogue.policy)("shop")
    room.happen("customer_updated", becomes={"score": "many"})
    catalogue.policy = policy

    room.happen("began")

    assert room.customers.load("ana").runs == {}


@pytest.mark.parametrize(
    ("update", "kept", "reason"),
    [
        ("{score: steps.ask.answer.n}", {"score": 1}, ""),
        ("{plan: steps.ask.answer.n, first_name: Ana}", {"first_name": "Ana"}, "no plan: a text is wanted"),
    ],
)
def test_an_update_sets_nothing_of_another_type(update: str, kept: dict[str, Any], reason: str) -> None:
    """What a webhook answers nobody can check before: it is left out, the rest is set, and the run goes on."""
    room = Room(UPDATES % update)
    room.happen("began")

    do_step(room.engine, room.payload("set", do_step(room.engine, room.payload("ask"))))

    assert room.customers.load("ana").profile.attributes == kept
    assert room.told("updated") == [f"updated set {reason}".strip()]
    assert room.told("left_out") == (["left_out set wrong_type"] if reason else [])


def test_a_workspace_that_declares_nothing_compares_nothing() -> None:
    """As one that an earlier release registered."""
    room = Room(JOURNEY)
    catalogue: Any = room.engine.catalogue
    catalogue.policy = type(catalogue.policy)("shop")

    assert take_in(room.engine, Aside(), told("customer_updated", {"score": "9"})) == "routed"
    assert room.customers.load("ana").profile.attributes == {"score": "9"}

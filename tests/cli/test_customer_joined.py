"""Who somebody is known as besides, on the page that support reads: of real merges, as the engine writes them."""

from __future__ import annotations

from dataclasses import replace

from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.application.route import Incoming, route
from sojourn.aws_runtime.clock import SystemClock
from sojourn.domain.customer.rows import Event
from tests.cli.conftest import Sojourn
from tests.support.aws_deployment import Deployed
from tests.support.engine_room import Room

JOURNEY = "enter: {on: began}\nsteps: [{wait: 1 day}]"


def test_known_customers_go_by_their_ids_and_nobody_is_made_up(sojourn: Sojourn, dev: Deployed) -> None:
    """One who was known and became them is `also known as`; one of whom nobody ever heard is not listed."""
    clock = SystemClock()
    customers = DynamoCustomers(dev.dynamodb, dev.table, clock)
    engine = replace(Room(JOURNEY).engine, customers=customers, clock=clock)
    browser = {"anonymous_id": "5f2b"}
    route(engine, Incoming("c-41", Event("e1", "viewed", clock.now())))
    route(engine, Incoming("", Event("e2", "viewed", clock.now()), identities=browser))
    route(engine, Incoming("c-42", Event("e3", "viewed", clock.now()), merge="c-41"))
    route(engine, Incoming("c-42", Event("e4", "viewed", clock.now()), merge="c-never"))
    route(engine, Incoming("c-42", Event("e5", "viewed", clock.now()), identities=browser))

    plain, with_ids = (
        sojourn("customer", "show", "c-42").out,
        sojourn("customer", "show", "c-42", "--ids").out,
    )

    assert "  also known as     c-41\n" in plain
    assert "a visitor who was found to be them" in plain
    assert "c-never" not in plain + with_ids
    assert "“c-41” was found to be them: told so" in plain

"""A world: the same use cases as on AWS, with everything around them in memory and a clock that obeys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.application.ports import Outgoing
from sojourn.domain.customer.rows import Profile
from sojourn.domain.ledger import Happening
from sojourn.errors import AuthorError, SojournError
from sojourn.local.world import World
from tests.support.workspaces import deployed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Profile("ana", {"plan": "pro"}, email="ana@example.com")


class Broken(SojournError):
    """What no machine catches."""


class BrokenWebhooks:
    """Webhooks that break in a way nobody foresaw."""

    def call(self, *_: object) -> tuple[int, object]:
        raise Broken("out of order")


class Told:
    """A world and what it told."""

    def __init__(self, *journeys: str, segments: str = "pros: {when: customer.plan == 'pro'}") -> None:
        self.happened: list[Happening] = []
        self.sent: list[Outgoing] = []
        self.world = World(
            deployed(*journeys, segments=segments), NOON, self.happened.append, self.sent.append
        )

    def whats(self) -> list[str]:
        return [f"{one.what} {one.reason}".strip() for one in self.happened]


def test_a_customer_who_is_added_is_in_segments_and_enters_nothing() -> None:
    """Being a professional already is no change; becoming one again is."""
    told = Told("enter: {segment: pros}\nsteps: [{exit: end}]")
    told.world.add_customer(ANA)
    before = told.whats()
    for plan in ("free", "pro"):
        told.world.happen("ana", "changed", {}, attributes={"plan": plan})

    assert before == []
    assert told.whats() == ["entered", "exited exit:end"]


def test_what_a_provider_took_is_handed_on() -> None:
    """With the address and the text as the customer would see it."""
    told = Told("enter: {on: began}\nsteps: [{send: hello}]")
    told.world.add_customer(ANA)

    told.world.happen("ana", "began", {})
    told.world.clock.run()

    assert [(one.address, one.send.channel) for one in told.sent] == [("ana@example.com", "email")]


def test_what_a_journey_emits_comes_back_in() -> None:
    """As an event of the customer, which enters the next journey and releases waits."""
    told = Told(
        "enter: {on: began}\nsteps: [{emit: did_it}, {exit: one}]",
        "enter: {on: did_it}\nsteps: [{exit: two}]",
    )
    told.world.add_customer(ANA)

    told.world.happen("ana", "began", {})
    told.world.clock.run()

    assert [reason for reason in told.whats() if reason.startswith("exited")] == [
        "exited exit:one",
        "exited exit:two",
    ]


def test_an_execution_that_fails_closes_its_run() -> None:
    """With the name of the error; the customer is not stuck in the journey."""
    told = Told(
        """
        enter: {on: began, again: always}
        steps:
          - parallel:
              a: [{wait: {until: "2031-01-01"}}]
              b: [{wait: 1 day}]
        """
    )
    told.world.add_customer(ANA)

    told.world.happen("ana", "began", {})
    told.world.clock.run()

    assert [what for what in told.whats() if "waiting" not in what] == [
        "entered",
        "failed WaitTooLong",
        "exited failed",
    ]
    assert not told.world.busy


def test_a_mistake_of_our_own_is_no_fate_of_a_customer() -> None:
    """What no use case raises on purpose stops the world, with what was raised first as its cause."""
    told = Told("enter: {on: began, again: always}\nsteps: [{id: c, call: 'https://api.shop.example/x'}]")
    told.world.add_customer(ANA)
    told.world.engine = replace(told.world.engine, webhooks=BrokenWebhooks())
    told.world.happen("ana", "began", {})

    with pytest.raises(RuntimeError, match="Broken") as raised:
        told.world.clock.run()

    assert type(raised.value.__cause__).__name__ == "Broken"


def test_events_without_end_are_stopped() -> None:
    """A run that waits for what it emits itself would go round for ever at one instant, and enters nothing anew."""
    told = Told(
        """
        enter: {on: began}
        steps:
          - {id: again, emit: did_it}
          - {wait_for: [{event: did_it}], up_to: 1 day}
          - {goto: again}
        """
    )
    told.world.add_customer(ANA)
    told.world.happen("ana", "began", {})

    with pytest.raises(AuthorError, match="without end"):
        told.world.clock.run()


@pytest.mark.parametrize(("days", "members"), [(6, ["ana"]), (8, [])])
def test_a_segment_that_time_alone_changes_is_swept_every_night(days: int, members: list[str]) -> None:
    """Who did it within seven days leaves the segment when the seven days are over."""
    told = Told(
        "enter: {on: {left_segment: doers}}\nsteps: [{exit: gone}]",
        segments="doers:\n  when: did('did_it', '7 days')",
    )
    told.world.add_customer(ANA)
    told.world.plan_schedules(NOON + timedelta(days=30))
    told.world.happen("ana", "did_it", {})
    entered = told.world.customers.load("ana").profile.segments

    told.world.clock.run(NOON + timedelta(days=days))

    segments = told.world.customers.load("ana").profile.segments
    assert entered == {"doers"}
    assert [who for who in ("ana",) if "doers" in segments] == members
    assert told.whats() == ([] if members else ["entered", "exited exit:gone"])


def test_timeouts_are_caught_up_with_once() -> None:
    """Telling them early takes nothing from the run, which goes on as it would."""
    told = Told(
        "enter: {on: began}\nsteps:\n"
        "- {id: w, wait_for: [{event: did_it}], up_to: 1 day, otherwise: [{wait: 9 days}]}\n- {exit: end}"
    )
    told.world.add_customer(ANA)
    told.world.happen("ana", "began", {})
    told.world.clock.run(NOON + timedelta(days=2))
    for _ in range(2):
        told.world.catch_up()

    told.world.clock.run()

    assert told.whats() == ["entered", "waiting", "timed_out", "waiting", "exited exit:end"]


def test_a_world_forgets_executions_that_are_over() -> None:
    """A simulation of many customers would drown in them otherwise."""
    told = Told("enter: {on: began, again: always}\nsteps: [{wait: 1 day}, {exit: end}]")
    for n in range(3):
        told.world.happen("ana", "began", {"n": n})
        told.world.clock.run()

    assert repr(told.world.interpreter).startswith("<Interpreter executions=0 ")

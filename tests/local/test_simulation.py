"""Simulating is deterministic, however the work is shared, and what comes out is near what was guessed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from sojourn.domain.ledger import Happening
from sojourn.errors import AuthorError
from sojourn.local.deployment import deploy
from sojourn.local.population.behaviour import Behaviour
from sojourn.local.population.plan import plan_of
from sojourn.local.population.reading import read_simulation
from sojourn.local.simulation import SimulationResult, simulate
from sojourn.local.world import World
from tests.support.simulated import lived, workspace

GUESSES = """
population:
  reachable: {email: 100%, push: 50%}
  consents: {carts: 80%}
events:
  rated: 40% per 10 days
journeys:
  carts:
    enter: 60%
    convert: {anyway: 10%, opened: 5%, clicked: 30%, after: 6 hours}
    during: {cart_updated: 15%, rated: 30%}
reactions:
  email: {opened: 50%, clicked: 20%, bounced: 2%, unsubscribed: 1%, replied: 1%, complained: 1%}
tasks:
  sales: {completed: 60%, failed: 20%, after: 6 hours}
"""


def both(*listeners: Callable[[Happening], None]) -> Callable[[Happening], None]:
    """Return one listener that tells all of them."""

    def tell(happening: Happening) -> None:
        for listener in listeners:
            listener(happening)

    return tell


def as_text(result: SimulationResult) -> str:
    """Return everything but the time it took."""
    return json.dumps([result.tally.to_json(), result.meta, result.transitions, result.executed_steps])


@pytest.mark.parametrize("shard", [1, 17, 90])
def test_the_size_of_a_shard_changes_nothing(shard: int) -> None:
    """Customers live apart: whoever shares a world with them makes no difference."""
    deployment = deploy(workspace(GUESSES))

    expected = simulate(deployment, 90, 20, seed=7, shard=30)
    result = simulate(deployment, 90, 20, seed=7, shard=shard)

    assert as_text(expected) == as_text(result)


def test_the_number_of_processes_changes_nothing() -> None:
    """The same seed gives the same bytes with one process and with two."""
    project = workspace(GUESSES)

    alone = simulate(project, 60, 20, seed=3, processes=1, shard=20)
    shared = simulate(project, 60, 20, seed=3, processes=2, shard=20)

    assert as_text(alone) == as_text(shared)


def test_another_seed_gives_other_customers() -> None:
    """The seed decides about every choice."""
    deployment = deploy(workspace(GUESSES))

    one = simulate(deployment, 60, 20, seed=1)
    other = simulate(deployment, 60, 20, seed=2)

    assert as_text(one) != as_text(other)


def test_more_customers_leave_the_first_ones_as_they_were() -> None:
    """A customer's life depends on the seed and the customer's number alone."""
    project = workspace(GUESSES)

    few = lived(project, 10, 20)
    many = lived(project, 30, 20)

    firsts = {happening.customer for happening in few}
    assert sorted(map(repr, few)) == sorted(repr(one) for one in many if one.customer in firsts)


def test_sharing_state_data_changes_nothing() -> None:
    """A simulation shares data between machines and use cases instead of copying it: nothing must change it."""
    project = workspace(GUESSES)
    deployment = deploy(project)
    guesses, _ = read_simulation(project)
    plan = plan_of(project, guesses, 20)
    happened: list[list[Happening]] = [[], []]

    for trusted, record in enumerate(happened):
        behaviour = Behaviour(plan, 1, {})
        world = World(
            deployment,
            plan.start,
            both(record.append, behaviour.happened),
            behaviour.sent,
            behaviour,
            trusted=bool(trusted),
        )
        behaviour.live_in(world)
        for index in range(60):
            behaviour.add(index)
        world.clock.run(plan.start + timedelta(days=20))

    assert len(happened[0]) > 200
    assert happened[0] == happened[1]


def test_progress_tells_how_many_customers_are_done() -> None:
    """The last word is that all are done."""
    told: list[tuple[int, int]] = []

    simulate(workspace(), 50, 3, seed=1, progress=lambda done, all_: told.append((done, all_)), shard=20)

    assert told == [(20, 50), (40, 50), (50, 50)]


def test_without_guesses_there_are_believable_defaults() -> None:
    """A workspace without simulation.yaml can be simulated: customers enter, read, convert and are counted."""
    result = simulate(workspace(), 300, 30, seed=1)

    carts = result.tally.to_json()["carts"]
    assert carts["entered"]["treated"] > 60
    assert carts["goals"]["treated"] > 0
    assert carts["steps"]["first"]["whats"]["sent"] > 40
    assert result.meta == {"customers": 300, "days": 30, "seed": 1, "start": "2026-01-05"}


def test_rates_come_out_near_what_was_guessed() -> None:
    """With 600 customers every share is within about four standard deviations of the guess."""
    happened = lived(workspace(GUESSES), 600, 30)

    entered = {one.customer: one for one in reversed(happened) if one.what == "entered"}
    assert 0.52 < len(entered) / 600 < 0.68
    in_holdout = [one for one in entered.values() if one.details["holdout"]]
    assert 0.12 < len(in_holdout) / len(entered) < 0.29
    restarted = sum(one.what == "restarted" for one in happened)
    assert 0.08 < restarted / len(entered) < 0.22
    tasks = Counter(
        one.details.get("path") for one in happened if one.step == "desk" and one.what == "resumed"
    )
    assert 0.55 < tasks["completed"] / (tasks["completed"] + tasks["failed"]) < 0.92


def test_messages_make_more_customers_convert_than_a_holdout_does() -> None:
    """What is said to be added by opening and clicking shows as the lift."""
    guesses = """
population: {reachable: {email: 100%}, consents: {carts: 100%}}
journeys:
  carts:
    enter: 100%
    convert: {anyway: 10%, opened: 0%, clicked: 80%, after: 1 hour}
    during: {cart_updated: 0%}
reactions: {email: {opened: 100%, clicked: 50%, bounced: 0%, unsubscribed: 0%, after: 1 hour}}
"""
    result = simulate(workspace(guesses), 600, 15, seed=5)

    carts = result.tally.to_json()["carts"]
    rates = {
        group: carts["goals"].get(group, 0) / carts["entered"][group] for group in ("treated", "holdout")
    }
    assert 0.02 < rates["holdout"] < 0.2
    assert rates["treated"] > rates["holdout"] + 0.25


def test_a_holdout_gets_no_message() -> None:
    """Who enters a holdout is never messaged, called or given to a desk."""
    happened = lived(workspace(GUESSES), 300, 30)

    runs = {one.run for one in happened if one.what == "entered" and one.details["holdout"]}
    assert runs
    assert [one for one in happened if one.run in runs and one.what in ("sent", "tasked")] == []


def test_nobody_is_sent_a_step_twice_in_a_visit() -> None:
    """This journey has no loop, so each run sends each step once at most."""
    happened = lived(workspace(GUESSES), 300, 30)

    sends = Counter((one.run, one.step) for one in happened if one.what == "sent")
    assert len(sends) > 100
    assert set(sends.values()) == {1}


def test_without_consent_nothing_is_sent() -> None:
    """Marketing needs consent at the moment of sending."""
    happened = lived(workspace(GUESSES.replace("carts: 80%", "carts: 0%")), 100, 30)

    suppressed = Counter(one.reason for one in happened if one.what == "suppressed")
    assert suppressed["consent"] > 20
    assert [one for one in happened if one.what == "sent"] == []


def test_wrong_guesses_stop_a_simulation() -> None:
    """What `check` would find is said instead of simulated."""
    with pytest.raises(AuthorError, match="simulation.yaml:1: there is no journey"):
        simulate(workspace("journeys: {cart: {enter: 5%}}"), 10, 3, seed=1)


def test_steps_and_transitions_are_counted() -> None:
    """A journey of two waits and a send is three steps a run, and no run costs fewer transitions than steps."""
    steps = "[{wait: 1 hour}, {send: hello}, {wait: 1 hour}]"
    journey = f"journey: carts\ntopic: carts\nenter: {{on: cart_updated}}\nsteps: {steps}"
    guesses = "arrivals: {within: 1 day}\njourneys: {carts: {enter: 100%}}"

    result = simulate(workspace(guesses, journey), 20, 5, seed=1)

    assert result.executed_steps == 60
    assert result.transitions >= 60

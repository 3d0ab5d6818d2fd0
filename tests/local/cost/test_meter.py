from __future__ import annotations

from bench.workspaces import SAMPLES, files_of
from sojourn.domain.journey.project import read_project
from sojourn.local.cost.measuring import measure
from sojourn.local.cost.meter import Meter
from sojourn.local.simulation import simulate

CUSTOMERS, DAYS = 120, 20


def metered() -> Meter:
    return measure(read_project(files_of(SAMPLES)), CUSTOMERS, DAYS, seed=3)


def test_metering_changes_nothing_and_misses_nothing() -> None:
    """Runs, transitions and messages are those of the same simulation without a meter."""
    plain = simulate(read_project(files_of(SAMPLES)), CUSTOMERS, DAYS, seed=3, processes=1)

    meter = metered()

    tallies = plain.tally.journeys
    assert {name: used.entered for name, used in meter.by_journey.items() if used.entered} == {
        name: sum(tally.entered.values()) for name, tally in tallies.items() if tally.entered
    }
    assert sum(used.transitions for used in meter.by_journey.values()) == plain.transitions
    sent = {
        name: sum(sum(step.channels.values()) for step in tally.steps.values())
        for name, tally in tallies.items()
    }
    assert {name: sum(used.messages.values()) for name, used in meter.by_journey.items()} == {
        name: sent[name] for name in meter.by_journey
    }


def test_every_call_of_a_task_writes_at_least_its_profile_and_its_run() -> None:
    """A task is one read and one transaction of three rows or more: six write units, and one read unit."""
    for used in metered().by_journey.values():
        tasks = used.step + used.send

        assert used.written >= 6 * 0.9 * tasks
        assert used.read >= tasks
        assert used.told <= tasks + used.route + used.send


def test_an_event_that_means_nothing_to_any_journey_is_counted_apart() -> None:
    """It costs one read, and the write of the event, its index and the profile's revision."""
    idle = metered().idle

    assert idle.route > 0
    assert idle.read >= idle.route
    assert 5 * idle.route <= idle.written <= 8 * idle.route

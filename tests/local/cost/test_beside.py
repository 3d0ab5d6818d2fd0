from __future__ import annotations

import pytest

from bench.workspaces import SAMPLES, files_of
from sojourn.application.counting import Place
from sojourn.domain.change.figures import Figures, StepFigures
from sojourn.domain.change.messages import Rates
from sojourn.domain.journey.project import read_project
from sojourn.local.cost.beside import as_measured, counted, explained, messages, passed, rates_of
from sojourn.local.cost.estimate import estimate
from sojourn.local.cost.measuring import measure
from sojourn.local.cost.prices import USUAL, prices_of
from sojourn.local.cost.usage import Usage

SIMULATED = Figures(
    0, 100, 0,
    {
        "which": StepFigures(1.0, paths={"a": 0.5, "b": 0.5}),
        "ask": StepFigures(0.5, {"email": 0.5}),
        "text": StepFigures(0.5, {"sms": 0.25}),
    },
)  # fmt: skip
MEASURED = Figures(
    0, 400, 0,
    {
        "which": StepFigures(1.0, paths={"a": 0.9, "b": 0.1}),
        "ask": StepFigures(0.9, {"email": 0.7}),
        "text": StepFigures(0.1, {"sms": 0.1}),
    },
)  # fmt: skip
USED = Usage(
    entered=100,
    transitions=800,
    step=200,
    written=400,
    told=300,
    sms_parts=50,
    messages={"email": 50, "sms": 25},
)
RATES = Rates({"email": 0.001, "sms": 0.05}, 0.0001)


def test_counters_of_the_files_version_count_alone() -> None:
    """Others are added up only where nobody entered that of the files; figures by day are not counted again."""
    counts = {
        Place("j", "v1"): {"entered": 10, "active": 2},
        Place("j", "v1", "ask"): {"passed": 5, "sent.email": 4},
        Place("j", "v2"): {"entered": 30, "goal": 3},
        Place("j", "v2", "ask"): {"passed": 30, "path.x": 6},
        Place("j", "v2", "", "2026-03-02"): {"entered": 30},
        Place("k", "v1"): {"entered": 99},
    }

    ours, all_of_them, none = (
        counted(counts, "j", "v1"),
        counted(counts, "j", "v3"),
        counted(counts, "l", "v1"),
    )

    assert (ours.versions, ours.of_these_files, ours.under_way) == (("v1",), True, 2)
    assert ours.figures.step("ask") == StepFigures(0.5, {"email": 0.4})
    assert (all_of_them.versions, all_of_them.of_these_files) == (("v1", "v2"), False)
    assert (all_of_them.figures.entered, all_of_them.figures.goal) == (40, 3)
    assert all_of_them.figures.step("ask") == StepFigures(35 / 40, {"email": 0.1}, {"x": 6 / 40})
    assert (none.figures.entered, none.figures.steps) == (0, {})


def test_measured_messages_replace_the_simulated_ones() -> None:
    """All else is as much a step as it was: the same number of steps, the same transitions a customer."""
    used = as_measured(USED, SIMULATED, MEASURED)

    assert (passed(SIMULATED), passed(MEASURED)) == (2.0, 2.0)
    assert messages(MEASURED) == {"email": 0.7, "sms": 0.1}
    assert used.entered == 400
    assert used.transitions / used.entered == pytest.approx(8)
    assert used.messages == pytest.approx({"email": 280, "sms": 40})
    assert used.sms_parts == pytest.approx(80)


def test_the_difference_names_the_step_and_the_way_there() -> None:
    """The step at which most of it comes about, and the decision that went otherwise than in the simulation."""
    assert explained(SIMULATED, MEASURED, RATES) == (
        'less than in the simulation, most of it at "text": of 100 customers 10 pass it, not 50, and get 10 messages,'
        ' not 25; from "which" 90 of 100 go by "a", not 50'
    )
    assert explained(SIMULATED, SIMULATED, RATES) == "as in the simulation, within 5 %"


def test_rates_add_up_to_the_estimate() -> None:
    """Messages at their prices and the rest by the step come to what the estimate says."""
    made = estimate("j", USED, 1000, prices_of(USUAL), sms=0.01)

    rates = rates_of(made, SIMULATED, prices_of(USUAL), 0.01)

    assert rates.messages == {"email": 0.00016, "sms": 0.02}
    total = 1000 * (0.5 * 0.00016 + 0.25 * 0.02 + 2.0 * rates.step)
    assert made.dollars == pytest.approx(total)
    assert rates_of(made, SIMULATED, prices_of("moon-1")).messages == {}


def test_a_simulation_counts_as_a_deployment_does() -> None:
    """The counters of a metered simulation have its runs and messages."""
    meter = measure(read_project(files_of(SAMPLES)), 60, 15, seed=3)

    for journey, used in meter.by_journey.items():
        found = counted(meter.counts, journey, meter.versions[journey])
        assert found.figures.entered == used.entered
        sent = {channel: number * used.entered for channel, number in messages(found.figures).items()}
        assert sent == pytest.approx(used.messages)

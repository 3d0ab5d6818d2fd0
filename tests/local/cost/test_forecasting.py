"""Forecasts from what a simulation counted, as a deployment counts it: the sample journeys, and changes of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from bench.workspaces import SAMPLES, files_of
from sojourn.domain.change.figures import Figures
from sojourn.domain.change.forecast import forecast
from sojourn.domain.change.outline import Outline, outline_of
from sojourn.domain.journey.project import Project, read_project
from sojourn.local.cost.beside import counted, messages, passed
from sojourn.local.cost.measuring import measure

JOURNEYS = ("abandoned-cart", "appointment-reminder", "post-purchase", "welcome", "win-back")


@cache
def lived(before: str = "", after: str = "") -> tuple[Project, dict[str, Figures]]:
    """Let customers live with the samples, one text replaced; return what was counted, as if of four weeks."""
    files = {name: text.replace(before.encode(), after.encode()) for name, text in files_of(SAMPLES).items()}
    project = read_project(files)
    meter = measure(project, 250, 30, seed=5)
    figures = {
        name: replace(counted(meter.counts, name, meter.versions[name]).figures, days=28) for name in JOURNEYS
    }
    return project, figures


def outline(project: Project, journey: str) -> Outline:
    return outline_of(project.journeys[journey], project)


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_journey_that_stays_goes_on_as_it_was_counted(journey: str) -> None:
    """Every message and step that was counted is in the week before and in the week after; nothing is in doubt."""
    project, figures = lived()
    live = outline(project, journey)

    made = forecast(live, live, figures[journey])

    assert (made.differs, made.reasons) == (False, ())
    assert made.thousand_before is not None
    assert made.thousand_before.steps.likely == pytest.approx(1000 * passed(figures[journey]))
    assert {name: one.likely for name, one in made.thousand_before.messages.items()} == pytest.approx(
        {channel: 1000 * number for channel, number in messages(figures[journey]).items()}
    )


def test_a_change_whose_outcome_is_known_comes_out_so() -> None:
    """What is forecast of a split with other weights is what a simulation of the changed journey counts, nearly."""
    project, figures = lived()
    later, truth = lived("control: {weight: 50, steps: []}", "control: {weight: 10, steps: []}")

    made = forecast(
        outline(project, "abandoned-cart"), outline(later, "abandoned-cart"), figures["abandoned-cart"]
    )

    assert made.thousand_after is not None
    found = made.thousand_after.messages["email"]
    assert found.is_exact
    assert found.likely == pytest.approx(1000 * messages(truth["abandoned-cart"])["email"], rel=0.1)
    assert made.thousand_before is not None
    assert found.low > made.thousand_before.messages["email"].high


def test_what_is_not_known_lies_between_the_bounds() -> None:
    """A longer wait, in which more reach the goal: the simulation of it lies within what was forecast."""
    project, figures = lived()
    later, truth = lived(
        "up_to: 1 day                   # an order", "up_to: 4 days                   # an order"
    )

    made = forecast(
        outline(project, "abandoned-cart"), outline(later, "abandoned-cart"), figures["abandoned-cart"]
    )

    assert made.thousand_after is not None
    assert made.reasons
    for channel, number in messages(truth["abandoned-cart"]).items():
        amount = made.thousand_after.messages[channel]
        # Other waits let other customers enter again, so that the two are not of the same.
        assert 0.9 * amount.low <= 1000 * number <= 1.1 * amount.high

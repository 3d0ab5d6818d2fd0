"""What holds of a forecast whatever the journey, the figures and the change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.domain.change.figures import Figures, StepFigures
from sojourn.domain.change.forecast import forecast
from sojourn.domain.change.outline import Outline, outline_of
from tests.domain.change.test_forecast import RATES
from tests.support.journey_strategies import Written, journeys, workspace_of


@st.composite
def measured(draw: st.DrawFn, written: Written) -> tuple[Outline, Figures]:
    """Draw figures of a journey's steps, as no journey ever had them."""
    project = workspace_of(written)
    drawn = outline_of(project.journeys["drawn"], project)
    part = st.floats(0, 1).map(lambda number: round(number, 3))
    steps = {
        step.id: StepFigures(draw(part), {"email": draw(part)} if step.verb == "send" else {})
        for step in drawn.steps
    }
    return drawn, Figures(draw(st.integers(1, 28)), draw(st.integers(1, 10_000)), 0, steps)


@st.composite
def anything(draw: st.DrawFn) -> tuple[Outline, Figures]:
    """Draw a journey with figures."""
    return draw(measured(draw(journeys())[0]))


LAWS = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None
)


@given(anything())
@LAWS
def test_no_change_is_no_difference(drawn: tuple[Outline, Figures]) -> None:
    """Whatever the journey and whatever was counted: unchanged, the coming week is as those before, and exact."""
    live, figures = drawn

    made = forecast(live, live, figures, RATES)

    assert made.differs is False
    assert made.before is not None
    assert made.before.total.is_exact
    assert [reason for reason in made.reasons if not reason.startswith("made from")] == []


@given(anything())
@LAWS
def test_what_was_counted_is_what_is_told(drawn: tuple[Outline, Figures]) -> None:
    """The week before is the sum of what was counted, step by step, whatever way they are nested."""
    live, figures = drawn
    reached = replace(
        figures, steps={name: replace(one, passed=one.passed + 0.001) for name, one in figures.steps.items()}
    )

    made = forecast(live, live, reached, RATES)

    counted = sum(sum(one.sent.values()) for one in reached.steps.values()) * reached.entered_weekly
    assert made.before is not None
    assert made.before.total.likely == pytest.approx(counted)


@given(anything())
@LAWS
def test_without_a_send_there_are_no_messages(drawn: tuple[Outline, Figures]) -> None:
    """Every send taken out, with what stood inside of them: nothing is sent, certainly."""
    live, figures = drawn
    gone: set[str] = set()
    for step in live.steps:
        if step.verb == "send" or step.place[0] in gone:
            gone.add(step.id)
    silent = replace(live, steps=tuple(step for step in live.steps if step.id not in gone))

    made = forecast(live, silent, figures, RATES)

    if made.after is not None:
        assert made.after.total.high == 0
        assert made.after.messages == {}


@given(anything(), anything())
@LAWS
def test_bounds_hold_what_is_likely(one: tuple[Outline, Figures], other: tuple[Outline, Figures]) -> None:
    """From any journey to any other: no bound is below zero or above the other one, and what is likely lies between."""
    live, figures = one

    made = forecast(live, other[0], figures, RATES, other[1].steps)

    for expected in (made.before, made.after, made.thousand_after):
        for amount in (*expected.messages.values(), expected.total, expected.steps) if expected else ():
            assert 0 <= amount.low <= amount.high + 1e-9
            assert amount.likely is None or amount.low - 1e-6 <= amount.likely <= amount.high + 1e-6

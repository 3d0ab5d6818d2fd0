from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.change.figures import Figures, at_step, figures_of, step_of

TODAY = date(2026, 3, 29)


def test_figures_are_per_customer_and_week() -> None:
    """What days came to is added up, and divided among those who entered."""
    daily = {
        TODAY - timedelta(days=14): {"entered": 30, "goal": 3, "passed@ask": 20, "sent.email@ask": 15},
        TODAY - timedelta(days=1): {"entered": 10, "passed@ask": 10, "path.yes@ask": 4, "sent.sms@ask": 5},
    }

    figures = figures_of(daily, TODAY)

    assert (figures.days, figures.entered, figures.goal, figures.entered_weekly) == (14, 40, 3, 20)
    assert figures.step("ask").passed == 0.75
    assert figures.step("ask").sent == {"email": 0.375, "sms": 0.125}
    assert figures.step("ask").paths == {"yes": 0.1}
    assert figures.step("other").passed == 0


def test_only_whole_days_of_the_window_count() -> None:
    """Today is not over, and what was five weeks ago says little of the coming week."""
    days = {TODAY - timedelta(days=n): {"entered": 1} for n in (0, 1, 28, 29)}

    figures = figures_of(days, TODAY)

    assert (figures.days, figures.entered) == (28, 2)


@pytest.mark.parametrize("daily", [{}, {TODAY: {"entered": 5}}, {TODAY - timedelta(days=3): {"entered": 0}}])
def test_without_figures_there_are_no_days(daily: dict[date, dict[str, int]]) -> None:
    """Nothing counted is no figure of zero a week."""
    assert figures_of(daily, TODAY) == Figures()


@given(
    st.text("ab.@/", max_size=6).map(lambda text: f"path.{text}"),
    st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True),
)
def test_a_name_says_its_step(name: str, step: str) -> None:
    """Whatever a way is called, the counter and the step come back; a name without a step is the journey's."""
    assert step_of(at_step(name, step)) == (name, step)
    assert step_of("entered") == ("entered", "")

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.local.report.statistics import lift, newcombe, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_against_published_values(part: int, whole: int, low: float, high: float) -> None:
    """The four examples of Newcombe's paper on single proportions (1998, table I, method 3)."""
    rate = wilson(part, whole)

    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_against_published_values(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """The eight examples of Newcombe's paper on differences (1998, table II, method 10)."""
    found = newcombe(wilson(*first), wilson(*second))

    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


@pytest.mark.parametrize(
    ("treated", "holdout", "verdict"),
    [
        ((300, 900), (200, 1000), "better"),
        ((200, 1000), (300, 900), "worse"),
        ((100, 900), (11, 100), "no_difference"),
        ((20, 25), (1, 25), "too_few"),
        ((2, 900), (1, 100), "too_few"),
        ((100, 900), (0, 0), "no_holdout"),
        ((0, 0), (5, 100), "too_few"),
    ],
)
def test_what_the_comparison_says(treated: tuple[int, int], holdout: tuple[int, int], verdict: str) -> None:
    """A statement is made only where the numbers carry it."""
    assert lift(wilson(*treated), wilson(*holdout)).verdict == verdict


def test_without_a_holdout_there_is_no_difference_to_give() -> None:
    """Nothing is compared with nobody."""
    compared = lift(wilson(10, 100), wilson(0, 0))

    assert (compared.difference, compared.low, compared.high) == (None, None, None)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 5000), st.integers(1, 5000), st.data())
def test_the_interval_holds_the_difference_and_stays_possible(
    first: int, second: int, data: st.DataObject
) -> None:
    """The observed difference lies in its interval, which never leaves -1 to 1; swapping groups mirrors it."""
    one = wilson(data.draw(st.integers(0, first)), first)
    two = wilson(data.draw(st.integers(0, second)), second)

    low, high = newcombe(one, two)

    assert -1 - 1e-12 <= low <= one.rate - two.rate <= high <= 1 + 1e-12
    assert newcombe(two, one) == pytest.approx((-high, -low))

"""Splits are fair, and a pure function of journey, step, customer and salt."""

from __future__ import annotations

from collections import Counter
from math import sqrt

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.assign import assigned, position
from sojourn.domain.decide.entering import in_holdout

CUSTOMERS = 100_000
words = st.text(max_size=12)
weights = st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(lambda several: sum(several) > 0)


def test_a_hundred_thousand_customers_spread_evenly() -> None:
    """Chi-squared over a hundred bins stays below what chance exceeds once in ten thousand tries (99 degrees: 161)."""
    bins = Counter(int(position("j", "s", f"customer-{n}", "acme")) for n in range(CUSTOMERS))

    expected = CUSTOMERS / 100
    assert set(bins) == set(range(100))
    assert sum((count - expected) ** 2 / expected for count in bins.values()) < 161


def test_weights_are_respected_within_chance() -> None:
    """Each share is within four standard deviations of its weight; a weight of nothing gets nobody."""
    shares = [("a", 50.0), ("b", 33.0), ("none", 0.0), ("c", 17.0)]
    counts = Counter(assigned(shares, position("j", "s", f"customer-{n}")) for n in range(CUSTOMERS))

    for name, weight in shares:
        share = weight / 100
        assert abs(counts[name] - CUSTOMERS * share) <= 4 * sqrt(CUSTOMERS * share * (1 - share))


def test_two_splits_of_one_journey_do_not_follow_each_other() -> None:
    """Of those in the first half of one split, half are in the first half of the next, within chance."""
    halves = [
        (position("j", "one", f"customer-{n}") < 50, position("j", "two", f"customer-{n}") < 50)
        for n in range(20_000)
    ]

    both = sum(first and second for first, second in halves)
    assert abs(both - 5_000) < 4 * sqrt(20_000 * 0.25 * 0.75)


@given(words, words, words, words)
def test_the_same_customer_stands_at_the_same_place(
    journey: str, step: str, customer: str, salt: str
) -> None:
    """On the line from 0 to 100, the end excluded, on every call."""
    place = position(journey, step, customer, salt)

    assert place == position(journey, step, customer, salt)
    assert 0 <= place < 100


def test_an_assignment_never_changes_between_releases() -> None:
    """These places are what version 0.1 says; another digest would move customers between paths mid-journey."""
    places = [round(position("welcome", "discount", customer, "acme"), 6) for customer in ("ana", "ben", "")]

    assert places == [49.341446, 11.509059, 27.836426]


@settings(max_examples=200)
@given(weights, st.floats(0, 100, exclude_max=True))
def test_everybody_gets_a_path_that_has_a_weight(given_weights: list[int], at: float) -> None:
    """Also where rounding leaves the weights a hair short of the line's end."""
    total = sum(given_weights)
    shares = [(str(n), weight * 100 / total) for n, weight in enumerate(given_weights)]

    path = assigned(shares, at)

    assert dict(shares)[path] > 0


def test_the_last_share_takes_what_rounding_leaves() -> None:
    """Three thirds written as 33.33 leave a hundredth; it goes to the last path with a weight."""
    shares = [("a", 33.33), ("b", 33.33), ("c", 33.33), ("none", 0.0)]

    assert [assigned(shares, at) for at in (0.0, 33.32, 33.33, 66.66, 99.995)] == ["a", "a", "b", "c", "c"]


def test_a_holdout_is_a_share_that_a_profile_can_decide() -> None:
    """Ten per cent within chance; a profile that says so is in or out of every holdout that there is."""
    some = sum(in_holdout("j", Profile(f"customer-{n}"), 10.0, "acme") for n in range(20_000))
    said = [
        in_holdout("j", Profile("ana", holdout=holdout), percent, "acme")
        for holdout, percent in ((True, 1), (False, 100), (True, 0))
    ]

    assert abs(some - 2_000) < 4 * sqrt(20_000 * 0.1 * 0.9)
    assert said == [True, False, False]


def test_a_larger_holdout_contains_the_smaller() -> None:
    """Raising the share moves nobody out."""
    people = [Profile(f"customer-{n}") for n in range(2_000)]
    small, large = ({p.id for p in people if in_holdout("j", p, percent, "")} for percent in (5, 20))

    assert small < large

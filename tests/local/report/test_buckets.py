from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.local.report.buckets import DAY, HOUR, LIMITS, bucket_of, coarse, quantile


def test_limits_rise_and_hold_the_times_people_speak_of() -> None:
    """An hour, a day, a week are limits exactly, so that "within a day" is counted exactly."""
    assert all(a < b for a, b in pairwise(LIMITS))
    assert {HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY} <= set(LIMITS)
    assert len(LIMITS) < 260


def test_a_limit_belongs_to_the_bucket_it_ends() -> None:
    """What took exactly an hour is within an hour."""
    assert LIMITS[bucket_of(HOUR)] == HOUR
    assert LIMITS[bucket_of(HOUR + 1)] > HOUR
    assert bucket_of(10**9) == len(LIMITS)


def test_nothing_counted_has_no_median() -> None:
    """Of nothing, there is no middle."""
    assert quantile({}, 0.5) is None
    assert coarse({}) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 500 * DAY), min_size=1, max_size=200), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_quantile_lies_in_the_bucket_of_the_true_one(seconds: list[int], share: float) -> None:
    """Within its bucket's limits at most *share* lies before, at least *share* up to the end."""
    counts: dict[int, int] = {}
    for value in seconds:
        counts[bucket_of(value)] = counts.get(bucket_of(value), 0) + 1

    found = quantile(counts, share)

    assert found is not None
    upper = LIMITS[min(bucket_of(found), len(LIMITS) - 1)]
    lower = max((limit for limit in LIMITS if limit < found), default=-1)
    wanted = share * len(seconds) - 1e-9
    assert sum(value <= upper for value in seconds) >= wanted or upper == LIMITS[-1]
    assert sum(value <= lower for value in seconds) <= wanted + 1


def test_a_quantile_lies_evenly_within_its_bucket() -> None:
    """Four customers within the bucket of 55 to 60 minutes: the middle one is taken to be in its middle."""
    assert quantile({bucket_of(58 * 60): 4}, 0.5) == 57 * 60 + 30


def test_bars_hold_everything_counted() -> None:
    """The bars sum up to what was counted, and end with the last that holds something."""
    counts = {bucket_of(30 * 60): 5, bucket_of(2 * HOUR): 3, bucket_of(2 * DAY): 2}

    assert coarse(counts) == [(HOUR, 5), (3 * HOUR, 3), (6 * HOUR, 0), (12 * HOUR, 0), (DAY, 0), (2 * DAY, 2)]


def test_what_takes_longer_than_every_bar_has_one_of_its_own() -> None:
    """The last bar has no limit."""
    assert coarse({bucket_of(400 * DAY): 1})[-1] == (None, 1)

"""Turns are even, and in the order in which things fell due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.time.spreading import FellDue

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOURS = FellDue(NOON, NOON + 600 * MINUTE)
MINUTES = st.lists(st.integers(0, 600), min_size=1, max_size=300)


@given(MINUTES)
def test_who_fell_due_earlier_is_never_behind_by_more_than_a_part(minutes: list[int]) -> None:
    """Every turn lies within the time, and two that fell due clearly apart keep their order."""
    due = HOURS.counted(NOON + minute * MINUTE for minute in minutes)
    turns = sorted((minute, due.turn(NOON + minute * MINUTE, str(n))) for n, minute in enumerate(minutes))

    assert all(0 <= turn < 1 for _, turn in turns)
    assert all(one[1] <= other[1] for one in turns for other in turns if other[0] - one[0] >= 2)


def test_who_fell_due_together_is_spread_all_the_same() -> None:
    """A thousand at nine in the morning: about a tenth of them in each tenth of the time."""
    due = HOURS.counted([NOON + 5 * MINUTE] * 1_000)
    turns = [due.turn(NOON + 5 * MINUTE, f"customer-{n}") for n in range(1_000)]

    tenths = [sum(n / 10 <= turn < (n + 1) / 10 for turn in turns) for n in range(10)]
    assert min(tenths) > 60
    assert max(tenths) < 140


def test_without_a_count_the_time_itself_decides() -> None:
    """Half through the pause is half through the time; what lies outside of it is at its edge."""
    times = [-10, 0, 300, 600, 900]

    assert [HOURS.turn(NOON + n * MINUTE, "ana") for n in times] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert FellDue(NOON, NOON).turn(NOON, "ana") == 0.0

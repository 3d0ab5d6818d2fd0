"""The virtual clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.local.clock import VirtualClock

START = datetime(2026, 3, 6, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return the instant so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def test_time_jumps_from_one_action_to_the_next() -> None:
    """A wait of thirty days takes no time, and the clock shows its end."""
    clock = VirtualClock(START)
    seen: list[datetime] = []
    clock.call_at(START + timedelta(days=30), lambda: seen.append(clock.now()))

    clock.run()

    assert seen == [START + timedelta(days=30)]


@settings(max_examples=50, deadline=None)
@given(delays=st.lists(st.integers(-3, 6)), cancelled=st.sets(st.integers(0, 10)))
def test_order_is_by_time_then_by_scheduling(delays: list[int], cancelled: set[int]) -> None:
    """Actions run by time, ties in the order of scheduling, past ones at once, cancelled ones never."""
    clock = VirtualClock(START)
    seen: list[int] = []
    timers = [
        clock.call_at(at(delay), lambda index=index: seen.append(index)) for index, delay in enumerate(delays)
    ]  # type: ignore[misc]
    for index in cancelled & set(range(len(delays))):
        timers[index].cancel()

    clock.run()

    expected = sorted(set(range(len(delays))) - cancelled, key=lambda index: (max(delays[index], 0), index))
    assert expected == seen
    assert clock.pending == 0


def test_an_action_may_schedule_at_the_same_instant() -> None:
    """What an action schedules for now runs in the same instant, after what was scheduled before."""
    clock = VirtualClock(START)
    seen: list[str] = []
    clock.call_at(at(1), lambda: (seen.append("first"), clock.call_at(at(1), lambda: seen.append("third"))))
    clock.call_at(at(1), lambda: seen.append("second"))

    clock.run()

    assert seen == ["first", "second", "third"]


def test_run_stops_at_its_limit() -> None:
    """Actions at the limit still run, later ones wait, and the clock shows the limit."""
    clock = VirtualClock(START)
    seen: list[int] = []
    for second in (1, 2, 3):
        clock.call_at(at(second), lambda second=second: seen.append(second))  # type: ignore[misc]

    clock.run(until=at(2))

    assert seen == [1, 2]
    assert (clock.now(), clock.pending) == (at(2), 1)


def test_time_never_goes_back() -> None:
    """A limit in the past changes nothing."""
    clock = VirtualClock(START)
    clock.run(until=at(5))

    clock.run(until=at(1))

    assert clock.now() == at(5)


def test_an_instant_may_be_given_in_seconds() -> None:
    """Seconds since 1970 mean the same as the instant, to the microsecond."""
    clock = VirtualClock(START)
    timer = clock.call_at(at(0.25).timestamp(), lambda: None)

    assert timer.when - clock.microseconds == 250_000


def test_time_cannot_pass_inside_an_action() -> None:
    """Running the clock from an action is refused."""
    clock = VirtualClock(START)
    clock.call_at(at(1), clock.run)

    with pytest.raises(RuntimeError, match="the clock is running"):
        clock.run()


def test_cancelled_timers_do_not_hold_memory() -> None:
    """Deadlines that are cancelled leave the heap long before they are due."""
    clock = VirtualClock(START)
    kept = clock.call_at(at(99), lambda: None)
    for _ in range(10_000):
        clock.call_at(at(1_000_000), lambda: None).cancel()

    assert clock.pending == 1
    assert len(clock._heap) < 2_100
    assert kept.active


def test_cancelling_twice_counts_once() -> None:
    """A timer that was cancelled or has run can be cancelled again."""
    clock = VirtualClock(START)
    cancelled, ran = clock.call_at(at(1), lambda: None), clock.call_at(at(1), lambda: None)
    cancelled.cancel()
    cancelled.cancel()
    clock.run()

    ran.cancel()

    assert clock.pending == 0

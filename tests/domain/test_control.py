"""What publishers told a journey, and the time for which its clocks stood still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domain.control import EVERY, USUAL, Control, Pause, control_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _pauses() -> st.SearchStrategy[tuple[Pause, ...]]:
    begins = st.integers(0, 100).map(lambda hours: NOON + hours * HOUR)
    lengths = st.none() | st.integers(0, 20).map(lambda hours: hours * HOUR)
    one = st.builds(lambda begun, long: Pause(begun, None if long is None else begun + long), begins, lengths)
    return st.lists(one, max_size=5).map(tuple)


CONTROLS = st.builds(
    Control,
    entries=st.sampled_from(["open", "paused", "stopped"]),
    sends=st.sampled_from(["open", "paused"]),
    clocks=st.sampled_from(["running", "still"]),
    runs=st.sampled_from(["go_on", "end"]),
    since=st.none() | st.just(NOON),
    by=st.sampled_from(["", "arn:aws:iam::123456789012:user/ana"]),
    reason=st.sampled_from(["", "a wrong price"]),
    pauses=_pauses(),
    dropped=st.none() | st.just(NOON),
)


@given(CONTROLS)
def test_a_control_is_read_as_it_was_written(control: Control) -> None:
    """Nothing is lost on the way through JSON."""
    assert Control.from_json(control.to_json()) == control


@given(CONTROLS, CONTROLS)
def test_of_two_the_stricter_holds_whichever_was_said_first(one: Control, other: Control) -> None:
    """What holds does not depend on the order, and saying the same again changes nothing."""
    both, turned = one.stricter(other), other.stricter(one)
    assert (both.entries, both.sends, both.clocks, both.runs, both.pauses) == (
        turned.entries, turned.sends, turned.clocks, turned.runs, turned.pauses,
    )  # fmt: skip
    assert both.stricter(both) == both


@given(_pauses(), _pauses())
def test_no_minute_stands_still_twice(some: tuple[Pause, ...], others: tuple[Pause, ...]) -> None:
    """Minute by minute, the clocks stood still as long as either said so, and no longer."""
    control = Control(pauses=some).stricter(Control(pauses=others))
    end = NOON + 130 * HOUR
    stood = sum(
        any(pause.begun <= NOON + hour * HOUR < (pause.to or end) for pause in some + others)
        for hour in range(130)
    )
    assert control.stood_still(NOON, end) == stood * HOUR


def test_what_all_were_told_holds_beside_what_one_was_told() -> None:
    """A pause of everything holds for a journey that was told something milder, and for one that was told nothing."""
    controls = {EVERY: Control(sends="paused", by="ana"), "welcome": Control(entries="stopped", by="ben")}
    assert control_of(controls, "welcome").entries == "stopped"
    assert control_of(controls, "welcome").sends == "paused"
    assert control_of(controls, "win-back").sends == "paused"
    assert control_of({}, "win-back") is USUAL
    assert USUAL.is_usual
    assert not control_of(controls, "win-back").is_usual


@given(_pauses(), st.integers(0, 100), st.integers(1, 40))
def test_a_wait_is_put_off_by_as_long_as_the_clocks_stood_still_meanwhile(
    pauses: tuple[Pause, ...], begin: int, hours: int
) -> None:
    """Hour by hour, only those count in which the clocks ran; while they stand still its end is unknown."""
    control = Control().stricter(Control(pauses=pauses))
    begun, left, at = NOON + begin * HOUR, hours, NOON + begin * HOUR
    while left and at < NOON + 500 * HOUR:
        left -= not any(one.begun <= at < (one.to or at + HOUR) for one in pauses)
        at += HOUR

    assert control.put_off(begun, begun + hours * HOUR) == (None if left else at)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"sends": False}), ({"sends": False}, {}), ({"entries": False, "still": True}, {}),
    ],
)  # fmt: skip
def test_what_is_paused_twice_is_paused_since_the_first_time(
    first: dict[str, bool], second: dict[str, bool]
) -> None:
    """What fell due is counted from then on; and the reason is the first one's, unless the second gives another."""
    paused = USUAL.paused(NOON, "ana", "a wrong price", **first)
    again = paused.paused(NOON + HOUR, "ben", "", **second)
    other = paused.paused(NOON + HOUR, "ben", "a fire", **second)

    assert (again.since, again.by, again.reason) == (NOON, "ana", "a wrong price")
    assert (other.since, other.by, other.reason) == (NOON, "ben", "a fire")


def test_a_pause_of_what_was_stopped_begins_when_it_is_said() -> None:
    """That nobody enters any more paused nothing: what falls due is held from the pause on."""
    paused = USUAL.stopped(NOON, "ana", "sold out").paused(NOON + HOUR, "ben", "")

    assert (paused.since, paused.by, paused.reason) == (NOON + HOUR, "ben", "")


def test_a_journey_is_paused_resumed_and_stopped() -> None:
    """What somebody said last holds, but for what was stopped; each time the clocks stood still is kept."""
    paused = USUAL.paused(NOON, "ana", "a wrong price", still=True)
    again = paused.paused(NOON + HOUR, "ben", "", still=True)
    stopped = again.stopped(NOON + 2 * HOUR, "ben", "over", end=True)
    resumed = stopped.resumed(NOON + 3 * HOUR, "ana", "")

    assert (paused.entries, paused.sends, paused.is_still, paused.holds_sends) == (
        "paused",
        "paused",
        True,
        True,
    )
    assert (paused.since, paused.by, paused.reason) == (NOON, "ana", "a wrong price")
    assert again.pauses == paused.pauses == (Pause(NOON),)
    assert stopped.paused(NOON, "ana", "").entries == stopped.entries == "stopped"
    assert (stopped.runs, stopped.is_still) == ("end", True)
    assert (resumed.is_usual, resumed.pauses) == (True, (Pause(NOON, NOON + 3 * HOUR),))
    assert resumed.resumed(NOON + 9 * HOUR, "ana", "").pauses == resumed.pauses


def test_a_pause_may_be_of_entries_or_of_sends_alone_and_opens_nothing() -> None:
    """Who pauses once more does not start what somebody else stopped: only resuming does."""
    still = USUAL.paused(NOON, "ana", "", entries=False, still=True)
    more = still.paused(NOON + HOUR, "ana", "", sends=False)

    assert (still.entries, more.entries, more.sends, more.is_still) == ("open", "paused", "paused", True)
    assert more.pauses == still.pauses == (Pause(NOON),)
    assert more.resumed(NOON + 2 * HOUR, "ana", "").pauses == (Pause(NOON, NOON + 2 * HOUR),)


def test_only_entries_or_only_sends_are_resumed() -> None:
    """One that was stopped drains once its messages go out again; it stays stopped, as whoever stopped it said."""
    paused = USUAL.paused(NOON, "ana", "a wrong price", still=True)
    stopped = paused.stopped(NOON + HOUR, "ben", "over")
    drains = stopped.resumed(NOON + 2 * HOUR, "ana", "mended", entries=False)
    enters = paused.resumed(NOON + 2 * HOUR, "ana", "mended", sends=False)
    ends = stopped.stopped(NOON + HOUR, "ben", "over", end=True)

    assert (stopped.cannot_drain, drains.cannot_drain, ends.cannot_drain) == (True, False, False)
    assert drains == Control(
        "stopped", since=NOON + HOUR, by="ben", reason="over", pauses=(Pause(NOON, NOON + 2 * HOUR),)
    )
    assert enters == Control(
        "open", "paused", "still", since=NOON, by="ana", reason="a wrong price", pauses=(Pause(NOON),)
    )
    assert drains.resumed(NOON + 3 * HOUR, "ana", "").is_usual
    assert ends.resumed(NOON + 3 * HOUR, "ana", "", entries=False).runs == "end"


@given(CONTROLS, st.booleans())
def test_resumed_in_two_steps_it_is_as_open_as_in_one(control: Control, entries_first: bool) -> None:
    """Entries and messages have nothing to do with each other, but for who said what still holds."""
    late = NOON + 200 * HOUR
    whole = control.resumed(late, "ana", "")
    half = control.resumed(late, "ana", "", entries=entries_first, sends=not entries_first)
    other = half.resumed(late, "ana", "", entries=not entries_first, sends=entries_first)

    assert (whole.is_usual, other.is_usual, other.pauses) == (True, True, whole.pauses)
    assert half.is_usual or (half.by, half.since, half.reason) == (control.by, control.since, control.reason)


def test_of_many_pauses_the_last_hundred_are_remembered() -> None:
    """They are in a row that everybody reads."""
    control = USUAL
    for hour in range(0, 300, 2):
        control = control.paused(NOON + hour * HOUR, "ana", "", still=True).resumed(
            NOON + (hour + 1) * HOUR, "ana", ""
        )

    assert (len(control.pauses), control.pauses[-1].begun) == (100, NOON + 298 * HOUR)


def test_what_was_dropped_stays_dropped() -> None:
    """Whatever it is told afterwards, and whoever dropped it: one journey's publisher or everybody's."""
    dropped = USUAL.paused(NOON, "ana", "").resumed(NOON + HOUR, "ana", "").dropping(NOON + HOUR)

    after = dropped.paused(NOON + 2 * HOUR, "ben", "").resumed(NOON + 3 * HOUR, "ben", "")
    controls = {"welcome": after, EVERY: USUAL.dropping(NOON + 2 * HOUR)}

    assert dropped.is_usual
    assert (after.dropped, control_of(controls, "welcome").dropped) == (NOON + HOUR, NOON + 2 * HOUR)
    assert control_of(controls, "other").dropped == NOON + 2 * HOUR

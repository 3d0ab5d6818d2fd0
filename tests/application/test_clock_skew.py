"""Whoever reports an event has a clock of their own; what is compared with ours is when it reached us."""

from __future__ import annotations

from datetime import timedelta

from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from tests.support.engine_room import START, Room

WAIT = """
enter: {on: began}
steps:
  - wait: 1 day
  - {id: w, wait_for: [{event: did_it}], up_to: 2 days}
  - wait: 1 day
"""
ASKS = """
enter: {on: began}
steps: [{branch: [{name: did, when: "%s", steps: [{exit: did}]}]}]
"""
MINUTES = timedelta(minutes=1)


def paths(room: Room) -> list[object]:
    """Return the ways taken at branches."""
    return [one.details["path"] for one in room.happened if one.what == "branched"]


def test_an_event_is_stored_with_both_clocks() -> None:
    """Theirs says when it happened, ours when it came."""
    room = Room(WAIT)

    room.happen("did_it", their_clock=START - 7 * MINUTES)

    (event,) = room.customers.events("ana", "did_it")
    assert (event.at, event.received) == (START - 7 * MINUTES, START)


def test_a_clock_that_is_ahead_puts_nothing_into_the_future() -> None:
    """Be it minutes or a year: it happened when it came, at the latest."""
    for ahead in (5 * MINUTES, timedelta(days=365)):
        room = Room(ASKS % "did('did_it', '10 minutes')")

        room.happen("did_it", their_clock=START + ahead)
        room.clock.pass_by(minutes=10)
        room.happen("began")

        (event,) = room.customers.events("ana", "did_it")
        assert (event.at, event.received) == (START, START)
        assert paths(room) == ["else"]


def test_an_event_after_the_entry_releases_a_wait_though_its_clock_is_behind() -> None:
    """By a phone's clock it came before the run began; it reached us afterwards, so it counts."""
    room = Room(WAIT)
    room.happen("began")
    room.clock.pass_by(minutes=2)
    room.happen("did_it", their_clock=START - 5 * MINUTES)
    room.clock.pass_by(days=1)

    begin_waiting(room.engine, room.payload("w", token="t1"))

    assert [token for token, _ in room.executions.answered] == ["t1"]


def test_an_event_before_the_entry_releases_no_wait_though_its_clock_is_ahead() -> None:
    """It reached us before the run began, whatever its clock said."""
    room = Room(WAIT)
    room.happen("did_it", their_clock=START + 5 * MINUTES)
    room.clock.pass_by(minutes=2)
    room.happen("began")
    room.clock.pass_by(days=1)

    begin_waiting(room.engine, room.payload("w", token="t1"))

    assert room.executions.answered == []


def test_a_window_is_about_when_things_happened() -> None:
    """What came late is in no window that it did not happen in; storage is asked for what came within it only."""
    for minutes, path in ((9, "did"), (10, "else"), (30, "else")):
        room = Room(ASKS % "times('did_it', '10 minutes') == 1")
        room.happen("did_it", their_clock=START - minutes * MINUTES)
        room.customers.asked.clear()

        room.happen("began")

        assert paths(room) == [path]
        assert room.customers.asked == ["load", "events since", "commit"]


def test_whether_it_ever_happened_asks_for_all() -> None:
    """Without a window there is none to read."""
    room = Room(ASKS % "did('did_it')")
    room.happen("did_it", their_clock=START - timedelta(days=400))
    room.customers.asked.clear()

    room.happen("began")

    assert paths(room) == ["did"]
    assert room.customers.asked == ["load", "events", "commit"]


def test_a_goal_within_its_time_is_by_our_clock() -> None:
    """A clock that is behind by an hour does not bring a goal back into its time."""
    room = Room(
        """
        enter: {on: began, again: always}
        goal: {event: did_it, within: 1 hour}
        steps: [{id: s, update: {plan: pro}}]
        """
    )
    room.happen("began")
    do_step(room.engine, room.payload("s"))
    room.clock.pass_by(hours=1)

    room.happen("did_it", their_clock=START + 30 * MINUTES)

    assert room.told("goal") == []

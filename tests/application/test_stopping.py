"""A journey is stopped: nobody enters any more, and its runs come to their end, or end at once."""

from __future__ import annotations

import pytest

from sojourn.application.pausing import end_run
from sojourn.domain.control import USUAL
from tests.support.engine_room import Crash, Room
from tests.support.publishers import Published

JOURNEY = """
enter: {on: began, again: always}
steps:
  - {id: w, wait_for: [{event: did_it}], up_to: 3 days}
  - {id: s, send: hello}
  - wait: 1 day
  - {id: t, send: hello}
"""


def test_who_is_under_way_comes_to_their_end_and_nobody_follows() -> None:
    """Draining: what was begun is done, messages included."""
    story = Published(JOURNEY)
    story.happen("began")
    story.stop()
    story.until("+1h")
    story.happen("began")
    story.until("+9d")

    assert story.told("not_entered", "sent", "exited") == [
        "+1h not_entered already_running", "+3d sent s", "+4d sent t", "+4d exited completed"
    ]  # fmt: skip
    story.happen("began")
    assert story.told("not_entered")[-1] == "+9d not_entered stopped"


def test_where_runs_end_too_each_ends_with_the_publisher_s_reason() -> None:
    """Its waits go, its execution is stopped, and nothing of it is counted as a failure."""
    story = Published(JOURNEY)
    story.happen("began")
    story.until("+1d")
    (run,) = story.runs()

    story.stop(end=True)
    ended = story.end_runs()
    story.until("+9d")

    assert ended == [True]
    assert story.told("exited", "sent", "failed") == ["+1d exited stopped"]
    assert next(one for one in story.happened if one.what == "exited").details == {"detail": "a wrong price"}
    assert not story.world.executions.goes_on(run.execution)
    assert story.world.customers.load("ana").waiters == {}
    assert story.end_runs() == [False]


def test_a_run_that_nobody_came_to_ends_by_itself_at_its_next_task() -> None:
    """Whoever works the runs off may be late; no message goes out meanwhile."""
    story = Published(JOURNEY)
    story.happen("began")
    story.until("+1h")
    story.stop(end=True)
    story.until("+9d")

    assert story.told("exited", "sent", "failed") == ["+3d exited stopped"]


def test_a_run_that_stopped_in_a_pause_ends_as_well() -> None:
    """It is in no execution, and as active as any other."""
    story = Published(JOURNEY)
    story.happen("began")
    story.pause()
    story.until("+5d")
    story.stop(end=True)

    assert story.end_runs() == [True]
    assert story.told("exited") == ["+5d exited stopped"]


def test_a_stopped_journey_that_is_resumed_is_open_again() -> None:
    """There is no other way back; who was kept out is not taken in afterwards."""
    story = Published(JOURNEY)
    story.stop()
    story.happen("began")
    story.resume()
    story.happen("began")

    assert story.told("not_entered", "entered") == ["+0s not_entered stopped", "+0s entered"]


def test_a_journey_that_was_stopped_in_a_pause_drains_once_its_messages_go_out_again() -> None:
    """Until then whoever is in it stays at the next message; nobody enters by that."""
    story = Published(JOURNEY)
    story.happen("began")
    story.pause()
    story.stop()
    story.until("+5d")
    away = story.runs()

    story.resume(entries=False)
    story.until("+9d")
    story.happen("began")

    assert [run.active for run in away] == [True]
    assert story.told("held", "sent", "exited", "not_entered") == [
        "+3d held s paused", "+5d sent s", "+6d sent t", "+6d exited completed", "+9d not_entered stopped",
    ]  # fmt: skip


@pytest.mark.parametrize("crashes", [True, False])
def test_an_execution_that_could_not_be_stopped_is_stopped_by_the_next_call(crashes: bool) -> None:
    """The row is written first; a second call makes good what a crash left undone."""
    room = Room(JOURNEY)
    room.happen("began")
    control = USUAL.stopped(room.clock.at, "ana", "why", end=True)
    run = room.run()
    if crashes:
        room.executions.before.append(Crash())
        with pytest.raises(Crash):
            end_run(room.engine, "ana", ("j", ""), control)
    else:
        assert end_run(room.engine, "ana", ("j", ""), control)

    assert not end_run(room.engine, "ana", ("j", ""), control)

    assert set(room.executions.stopped) == {run.execution}
    assert not end_run(room.engine, "ana", ("k", ""), control)

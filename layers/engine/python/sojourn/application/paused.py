"""What a pause does to a run that comes to a task: it stops, owes time, or goes on (docs/pausing.md).

A run that stops leaves its execution: its row keeps where it goes on, and nothing is polled or paid for until the
journey is resumed (`pausing`). In a path of a `parallel` a run cannot leave; there a send is held, and asks again
each hour. A wait during which the clocks stood still is made up for where it ends: the task that follows finds how
long they did, and puts itself off by that. How long is worked out from when the wait began and from what the journey
was told; so it needs no note of any pause, and of two pauses both are owed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from sojourn.application.running import DROPPED, HELD, start_run
from sojourn.application.starting import PAUSED, STARTING, begins_in_the_middle
from sojourn.application.timing_out import after_timeout, deadline_of
from sojourn.domain.compile import names
from sojourn.domain.compile.timeouts import late_wait
from sojourn.domain.control import END
from sojourn.domain.time.instants import iso, parse_date_time
from sojourn.errors import RunEnded, RunParked, SendHeld

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.application.running import Running
    from sojourn.application.task_input import State, TaskInput
    from sojourn.domain.control import Control
    from sojourn.domain.customer.rows import Waiter

STOPPED = "stopped"
"""How a run ends whose journey was stopped."""
REASON = "paused"
"""Why something is put off, not sent or not entered while a journey is paused."""
SENDS, STILL, BEGINS = "sends", "still", "begins"
"""Why a run is away: it came to a send or a person's task; the clocks stood still; likewise, and a wait begins then."""
ASK_AGAIN = timedelta(hours=1)
"""So often a send asks that is held in a path of a `parallel`: nine events each time of a history that holds 25,000,
enough for a hundred days."""
IN_PATH, DROP = "@pause", "@drop"
"""What is remembered of a send that is held in a path: that a pause holds it; that it is to be dropped."""


def let_through(running: Running, task: TaskInput) -> None:
    """Let a task that comes for the first time be done, or write that it is not, and end it.

    Raises:
        RunEnded: the journey was stopped, and its runs end.
        RunParked: the run goes on later, in another execution.
        SendHeld: the send is asked again in an hour.
    """
    run, control = running.run, running.control
    if PAUSED in run.last:
        raise RunParked(run.execution)  # this task comes again, or another path's does
    if control.is_usual and not control.pauses:
        return
    if control.runs == END:
        end_now(running, control, stop=False)
        running.commit()
        raise RunEnded(STOPPED)
    if _has_begun(running, task):
        return
    since, until, place = run.waits_since, task.entered, _place(running, task)
    if place:
        waiter = open_wait(running)
        if waiter is not None:
            over = deadline_of(running.engine, waiter)
            if over is None or running.now < over:
                _back_into(running, waiter, over)
            seconds = late_wait(waiter.then)
            # The machine began that wait when it took this one for over, perhaps too early.
            since, until = (over, over + timedelta(seconds=seconds)) if seconds else (None, until)
            running.sweep("")
        if control.is_still:
            _leave(running, task, place, STILL, until, since)
        due = control.put_off(since, until) if since is not None else until
        if due is not None and due > running.now:
            running.tell("waiting", running.run.at.get("", ""), REASON, until=due)
            go_on_later(running, {**task.state, "next": place}, due)
            _left(running)
    stop_send(running, task)


def stop_send(running: Running, task: TaskInput) -> None:
    """Write that a send, or a person's task, is not done while sends are paused, and end it.

    In a path of a `parallel` a person's task begins, and is not raised before sends go on (`Waiter.unsaid`).

    Raises:
        RunParked, SendHeld: see `let_through`.
    """
    if not running.control.holds_sends or not ("send" in task.do or "task" in task.do):
        return
    place = _place(running, task)
    if place:
        _leave(running, task, place, SENDS, task.entered)
    elif "send" in task.do:
        _hold(running, task)


def is_dropped(task: TaskInput, known: Mapping[str, Any]) -> bool:
    """Say whether a send or a person's task fell due during a pause of which such are dropped.

    A send never is whose author says that it must arrive (`delivery: at_least_once`).

    Args:
        known: what is remembered of the task, where it was held in a path.
    """
    due = DROP in known or (DROPPED in task.state and task.entered <= parse_date_time(task.state[DROPPED]))
    return due and task.do.get("send", {}).get("delivery") != "at_least_once"


def open_wait(running: Running) -> Waiter | None:
    """Return what the run waits for outside of paths, for so long, if nothing has released it."""
    return next(
        (
            waiter
            for _, waiter in running.waiters()
            if waiter.run == running.run.id and not waiter.lane and not waiter.released and waiter.deadline
        ),
        None,
    )


def go_on_later(running: Running, state: State, at: datetime) -> None:
    """Let the run go on at *at*, in an execution that begins where *state* says."""
    running.put(waits_since=running.now, **begins_in_the_middle(running.run, state, at))
    running.parked = True
    parked = running.run
    running.after.append(lambda: start_run(running.engine, parked))


def stay_away(running: Running, state: State, due: datetime, why: str) -> None:
    """Let the run be in no execution until its journey is resumed; it goes on where *state* says.

    Args:
        due: when what it does there fell due.
    """
    kept = {lane: done for lane, done in running.run.last.items() if lane not in (STARTING, PAUSED)}
    running.put(last={**kept, PAUSED: (why, iso(due), dict(state))})
    running.parked = True


def end_now(running: Running, control: Control, *, stop: bool) -> None:
    """End the run, as its journey was stopped; the ledger has the publisher's reason."""
    running.end(STOPPED, stop=stop, detail=control.reason)


def _has_begun(running: Running, task: TaskInput) -> bool:
    """Say whether this very visit registered its wait before: then it waits already."""
    known = running.file.waiters.get((running.run.id, task.step))
    return known is not None and known.since == task.entered


def _place(running: Running, task: TaskInput) -> str:
    """Return the state at which the run can go on in another execution; "" where it is in the middle of paths.

    A `parallel` of which no path has done anything can be begun anew.
    """
    if task.lane:
        paths = any(running.run.at) or any(
            waiter.lane for _, waiter in running.waiters() if waiter.run == running.run.id
        )
        return "" if paths else task.lane.partition("/")[0]
    if not task.step:
        return names.END_TASK
    return names.decide(task.step) if "decide" in task.do else task.step


def _leave(
    running: Running, task: TaskInput, place: str, why: str, due: datetime, since: datetime | None = None
) -> NoReturn:
    """Let the run leave its execution until its journey is resumed.

    Args:
        due: when the task fell due, or would have by clocks that ran; since: when the wait before it began that may
            have time left.
    """
    before = running.run.at.get("", "")
    running.put(waits_since=since)
    if task.step:
        running.stand("", task.step if not task.lane else place)
    if why == STILL and since is not None and before:
        # What came is not due yet by clocks that stand still: it is the wait before it that is not over.
        running.tell("waiting", before, REASON, until=None)
    elif "send" in task.do or "task" in task.do:
        _tell_held(running, task, None)
    else:
        running.tell("waiting", running.run.at.get("", ""), REASON, until=None)
    stay_away(running, {**task.state, "next": place}, due, why)
    _left(running)


def _left(running: Running) -> NoReturn:
    running.commit()
    raise RunParked(running.run.execution)


def _tell_held(running: Running, task: TaskInput, until: datetime | None) -> None:
    do = task.do
    what = {"message": do["send"]["message"]} if "send" in do else {"task": do["task"]}
    running.tell("held", task.step, REASON, **what, until=until)


def _back_into(running: Running, waiter: Waiter, until: datetime | None) -> NoReturn:
    """Put the run back into a wait that the machine took for over, until its time is up by clocks that stood still."""
    assert waiter.deadline is not None, "a wait whose time cannot be up"
    running.change.waiters[(waiter.run, waiter.step)] = replace(waiter, token="")
    late = after_timeout(waiter)
    if until is None:
        stay_away(running, late, waiter.deadline, STILL)
    else:
        running.tell("waiting", waiter.step, REASON, until=until)
        go_on_later(running, late, until)
    _left(running)


def _hold(running: Running, task: TaskInput) -> NoReturn:
    """Hold a send in a path; what is remembered of it otherwise stays."""
    known = held_before(running, task)
    until = running.now + ASK_AGAIN
    if IN_PATH not in known:
        _tell_held(running, task, until)
    kept = {name: value for name, value in known.items() if name.startswith("@")}
    running.remember(task, {**kept, HELD: iso(until), IN_PATH: True, "steps": task.state["steps"]})
    running.commit()
    raise SendHeld(iso(until))


def held_before(running: Running, task: TaskInput) -> Mapping[str, Any]:
    """Return what is remembered of a send that was held the last time it came; nothing where it was not."""
    last = running.run.last.get(task.lane)
    return last[2] if last is not None and last[0] == task.step and HELD in last[2] else {}

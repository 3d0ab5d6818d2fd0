"""Lets the runs of a journey go on after a pause, and ends them where it was stopped: one run at a time.

Whoever works through a journey's active runs calls these for each of them, from `SETTLED` after the journey was told
so: until then a function may act on what it was told before. They may be called again for the same run, and while its
customer does something. What a pause does to runs by itself is `paused`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from sojourn.application import releasing
from sojourn.application.attempting import attempt
from sojourn.application.desk import unsaid_task
from sojourn.application.paused import (
    BEGINS,
    DROP,
    IN_PATH,
    REASON,
    SENDS,
    STOPPED,
    end_now,
    go_on_later,
    open_wait,
)
from sojourn.application.running import DROPPED, Running
from sojourn.application.starting import PAUSED, STARTING, at_once, start_execution
from sojourn.domain.compile.names import ANYWHERE
from sojourn.domain.control import DUE_DROP, DUE_SEND, DUE_SPREAD, Control
from sojourn.domain.customer.rows import changed
from sojourn.domain.time.instants import iso, parse_date_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.application.ports import Engine
    from sojourn.application.task_input import State
    from sojourn.domain.customer.rows import CustomerFile, Waiter
    from sojourn.domain.time.spreading import FellDue

SETTLED = timedelta(seconds=15)
"""So long after a journey was told something every function knows: what they read is five seconds old at most, and
what they began before is done."""
AT_ONCE = timedelta(minutes=5)
"""What a run comes to within this time, without a wait, is dropped with what fell due."""
TRANSACTIONAL = "transactional"
"""The kind of a journey whose messages are no advertising."""
Key = tuple[str, str]
"""A run of a customer: its journey and its key."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """How a journey is resumed.

    Args:
        control: what holds for the journey now, what all were told included.
        at: when it was resumed.
        due: what becomes of what fell due: `send`, `spread` or `drop`, which is for marketing alone.
        over: with `spread`, over how long.
        fell_due: with `spread`, how many fell due when (`fell_due_at` says it of a run).
        take: waits until one more run may go on; raises a `TransientError` where that takes too long.
    """

    control: Control
    at: datetime
    due: str = DUE_SEND
    over: timedelta = timedelta()
    fell_due: FellDue | None = None
    take: Callable[[], None] = at_once


class Resumed(NamedTuple):
    """What became of a run.

    Args:
        what: `nothing`: it had not stopped, or must not go on yet; `waits`: it has time left to wait, until *at*;
            `goes_on`: at once, or at *at*; `drops`: it goes on without what fell due.
    """

    what: Literal["nothing", "waits", "goes_on", "drops"]
    at: datetime | None = None


NOTHING = Resumed("nothing")


def fell_due_at(engine: Engine, customer: str, key: Key, control: Control) -> datetime | None:
    """Return when what a run stopped at fell due; None where it has not stopped, or has time left to wait.

    Args:
        control: what holds for the journey now, what all were told included.
    """
    file = engine.customers.load(customer)
    run = file.runs.get(key)
    if run is None or not run.active or PAUSED not in run.last:
        return None
    why, text, _ = run.last[PAUSED]
    running, due = Running(engine, file, run, engine.clock.now()), parse_date_time(text)
    has_time_left = why == BEGINS or _wait_over(running, open_wait(running), due, control) > due
    return None if has_time_left else due


def resume_run(engine: Engine, customer: str, key: Key, how: Resumption) -> Resumed:
    """Let a run go on that stopped in a pause; one that did not is left as it is.

    Raises:
        NoSuchMachine: its version has no state machine that begins at any step: make it, and call again.
        TransientError, Conflict: not now; the same call again is safe.
    """
    return attempt(engine, customer, lambda file: _resume(engine, file, key, how))


def end_run(engine: Engine, customer: str, key: Key, control: Control) -> bool:
    """End a run because its journey was stopped and its runs with it; False where it had ended.

    Raises:
        TransientError, Conflict: not now; the same call again is safe.
    """

    def work(file: CustomerFile) -> bool:
        run = file.runs.get(key)
        if run is None or not run.active:
            if run is not None and run.exit_reason == STOPPED:
                # Perhaps by this very call, which died before it could stop the execution.
                engine.executions.stop(run.journey, run.version, run.execution, STOPPED)
            return False
        running = Running(engine, file, run, engine.clock.now())
        end_now(running, control, stop=True)
        running.commit()
        return True

    return attempt(engine, customer, work)


def _resume(engine: Engine, file: CustomerFile, key: Key, how: Resumption) -> Resumed:
    run = file.runs.get(key)
    if run is None or not run.active:
        return NOTHING
    if PAUSED not in run.last:
        if STARTING in run.last and run.execution.endswith(ANYWHERE):
            start_execution(engine, run)  # an earlier call may have died before it could
        _in_paths(Running(engine, file, run, engine.clock.now()), how)
        return NOTHING
    why, due, state = run.last[PAUSED]
    if how.control.is_still or (why == SENDS and how.control.holds_sends):
        return NOTHING
    how.take()
    running = Running(engine, file, run, engine.clock.now())
    came = _gone_on(running, how, why, parse_date_time(due), state)
    # Started here, and not by what follows the commit: whoever calls is to hear that there is no machine yet.
    running.after.clear()
    running.commit()
    start_execution(engine, running.run)
    return came


def _gone_on(running: Running, how: Resumption, why: str, due: datetime, state: State) -> Resumed:
    run, now = running.run, running.now
    if why == BEGINS:
        # A wait begins of which nothing was waited: where its end was worked out already, it is as much later.
        if "until" in state and run.waits_since is not None:
            until = how.control.put_off(run.waits_since, parse_date_time(state["until"]))
            state = {**state, "until": iso(until or now)}
        go_on_later(running, state, now)
        if run.waits_since is None:
            running.put(waits_since=None)  # it waits until a time of the clock
        return Resumed("goes_on", now)
    waiter = open_wait(running)
    end = _wait_over(running, waiter, due, how.control)
    if end > now:
        running.tell("waiting", waiter.step if waiter else run.at.get("", ""), REASON, until=end)
        go_on_later(running, state, end)
        return Resumed("waits", end)
    at = now
    if how.due == DUE_SPREAD and how.fell_due is not None:
        at = max(now, how.at + how.over * how.fell_due.turn(due, run.id))
    elif due <= how.at and _drops(running, how):
        # What fell due in a later pause is for whoever resumes after that one.
        state = {**state, DROPPED: iso(now + AT_ONCE)}
    go_on_later(running, state, at)
    running.put(waits_since=None)
    if at > now and why == SENDS:
        running.tell("held", run.at.get("", ""), REASON, until=at)
    return Resumed("drops" if DROPPED in state else "goes_on", at)


def _wait_over(running: Running, waiter: Waiter | None, due: datetime, control: Control) -> datetime:
    """Return when a run has waited as long as it was to, clocks that stood still not counted."""
    since = running.run.waits_since
    if waiter is not None and waiter.deadline is not None:
        end = control.put_off(waiter.since, waiter.deadline)
    else:
        end = control.put_off(since, due) if since is not None else due
    return end or due


def _drops(running: Running, how: Resumption) -> bool:
    """Say whether what fell due of a run is dropped: of a transactional journey all arrives, receipts are no ads."""
    if how.due != DUE_DROP:
        return False
    run = running.run
    return running.engine.catalogue.version(run.journey, run.version).kind != TRANSACTIONAL


def _in_paths(running: Running, how: Resumption) -> None:
    """Raise the tasks that were not said in paths of a `parallel`, and mark the sends there that are to be dropped."""
    if how.control.holds_sends:
        return
    run, dropped = running.run, _drops(running, how)
    for waiter in list(running.file.waiters.values()):
        if waiter.run == run.id and waiter.unsaid is not None and not waiter.released:
            _say(running, waiter, dropped=dropped)
    marked = {
        lane: (step, visit, {**answer, DROP: True})
        for lane, (step, visit, answer) in running.run.last.items()
        if dropped and running.run.active and IN_PATH in answer and DROP not in answer
    }
    if marked:
        running.put(last={**running.run.last, **marked})
    if running.change.runs or running.change.waiters:
        running.commit()


def _say(running: Running, waiter: Waiter, *, dropped: bool) -> None:
    event = unsaid_task(running.run, waiter, running.now)
    task = event.properties
    waiter = changed(waiter, unsaid=None)
    running.change.waiters[(waiter.run, waiter.step)] = waiter
    if dropped:
        running.tell("suppressed", waiter.step, REASON, task=task["task"])
        releasing.release(running, waiter, "otherwise", {"reason": REASON}, None)
        return
    running.tell("tasked", waiter.step, task=task["task"], title=task["title"])
    # Before it is written: put twice it is the same event, put never nobody would do it.
    running.engine.bus.put(event)

"""Begins waits, and tasks for people: what is answered later, through a token."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sojourn.application import releasing
from sojourn.application.attempting import attempt
from sojourn.application.desk import task_raised
from sojourn.application.paused import REASON, go_on_later, is_dropped
from sojourn.application.resuming import resume
from sojourn.application.running import Running
from sojourn.application.seen import seen
from sojourn.application.task_input import DUE, TaskInput
from sojourn.application.timing_out import after_timeout
from sojourn.domain.compile.limits import EXECUTION_DAYS
from sojourn.domain.customer.rows import Waiter, changed
from sojourn.domain.time.instants import parse_date_time
from sojourn.errors import RunParked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile, Event


def begin_waiting(engine: Engine, payload: Mapping[str, Any]) -> None:
    """Register a wait; it is answered at once where what it waits for has come since the run entered.

    Raises:
        RunEnded: the run ended meanwhile.
        RunParked: the wait is longer than an execution can last; the run goes on in another.
    """
    task = TaskInput.of(payload)
    attempt(engine, task.state["customer"], lambda file: _begin(engine, task, file))


def _begin(engine: Engine, task: TaskInput, file: CustomerFile) -> None:
    running, task, _ = resume(engine, task, file)
    # A run that was moved here from another version of the journey takes along when its wait is over.
    due = parse_date_time(task.state[DUE]) if DUE in task.state else None
    task = replace(task, state={name: value for name, value in task.state.items() if name != DUE})
    known = file.waiters.get((running.run.id, task.step))
    if known is not None and known.since == task.entered and known.state == task.state:
        _begin_again(running, task, known)
        return
    waiter = _waiter(task, running, due)
    running.change.waiters[(waiter.run, waiter.step)] = waiter
    running.stand(task.lane, task.step)
    if "task" in task.do:
        if _raise_task(running, task, waiter):
            running.commit()
            return
    else:
        running.tell("waiting", task.step, until=waiter.deadline)
    found = _came_before(running, waiter)
    if found is not None:
        releasing.release(running, waiter, found[0]["path"], {"event": dict(found[1].properties)}, found[1])
    elif due is not None:
        running.change.waiters[(waiter.run, waiter.step)] = replace(waiter, token="")
        go_on_later(running, after_timeout(waiter), due)
    elif _too_long(running, waiter):
        _park(running, waiter)
    running.commit()
    if running.parked:
        raise RunParked(running.run.execution)


def _begin_again(running: Running, task: TaskInput, known: Waiter) -> None:
    """A repetition, perhaps with another token: tell nothing twice, and do what a crash may have left undone."""
    if known.token != task.token:
        known = replace(known, token=task.token)
        running.change.waiters[(known.run, known.step)] = known
        running.commit()
    if known.released:
        releasing.answer(running, known)
    elif "task" in task.do and known.unsaid is None:
        running.engine.bus.put(task_raised(running, task, known))


def _waiter(task: TaskInput, running: Running, due: datetime | None) -> Waiter:
    deadline = task.entered + timedelta(seconds=task.up_to) if task.up_to is not None else None
    return Waiter(
        run=running.run.id, journey=running.run.journey, step=task.step, token=task.token, since=task.entered,
        deadline=due or deadline,
        kind="task" if "task" in task.do else "wait_for", releases=tuple(task.do.get("wait_for", ())),
        then=task.then, keep=task.keep, keep_paths=task.keep_paths, state=task.state, lane=task.lane, late=task.late,
    )  # fmt: skip


def _came_before(running: Running, waiter: Waiter) -> tuple[Mapping[str, Any], Event] | None:
    """Find the first event since the run entered that releases the wait and released none before.

    Since then by our clock: what reached us after the run entered may have happened before, by another clock.
    """
    run = running.run
    found: list[tuple[Event, Mapping[str, Any]]] = []
    for release in waiter.releases:
        name = releasing.event_name(release)
        for event in seen(running.engine.customers, running.profile, name, run.entered):
            if event.id == run.entry_id or releasing.is_spent(run, waiter.lane, event.id):
                continue
            if releasing.is_about(release, event, running, waiter.state):
                found.append((event, release))
                break
    if not found:
        return None
    event, release = min(found, key=lambda pair: pair[0].at)
    return release, event


def _raise_task(running: Running, task: TaskInput, waiter: Waiter) -> bool:
    """Raise a person's task as an event; for a holdout raise nothing and go on, which is said by True.

    So it is for who fell due in a pause of which such are dropped. While sends are paused it is raised later.
    """
    run = running.run
    if run.holdout or is_dropped(task, {}):
        reason = "holdout" if run.holdout else REASON
        running.tell("suppressed", task.step, reason, task=task.do["task"])
        running.change.waiters[(run.id, task.step)] = None
        releasing.release(running, waiter, "otherwise", {"reason": reason}, None)
        return True
    event = task_raised(running, task, waiter)
    if running.control.holds_sends:
        running.tell("held", task.step, REASON, task=task.do["task"], until=None)
        unsaid = {"id": event.id, "properties": dict(event.properties), "hops": event.hops}
        running.change.waiters[(run.id, task.step)] = changed(waiter, unsaid=unsaid)
        return False
    running.tell("tasked", task.step, task=task.do["task"], title=task.do["title"])
    running.after.append(lambda: running.engine.bus.put(event))
    return False


def _too_long(running: Running, waiter: Waiter) -> bool:
    if waiter.deadline is None or not waiter.late:
        return False
    return waiter.deadline > running.run.begun + timedelta(days=EXECUTION_DAYS)


def _park(running: Running, waiter: Waiter) -> None:
    """Wait without an execution: one begins at the deadline, on the way of the timeout, or when released."""
    assert waiter.deadline is not None
    running.change.waiters[(waiter.run, waiter.step)] = replace(waiter, token="")
    running.park(after_timeout(waiter), waiter.deadline)

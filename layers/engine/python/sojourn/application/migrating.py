"""Moves runs from one version of a journey to another, lets them drain, or ends them: one run at a time.

Whoever works through a journey's active runs calls `migrate_run` for each of them; it may be called again for the same
run, and while its customer does something. A run that moves leaves its execution, and goes on in another that begins
at the step it was moved to: with its entry, its key, what its steps came to, and what is left of its wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from sojourn.application.attempting import attempt
from sojourn.application.paused import go_on_later
from sojourn.application.running import HELD, Running
from sojourn.application.starting import PAUSED, STARTING, at_once, start_execution
from sojourn.application.task_input import DUE
from sojourn.application.timing_out import deadline_of
from sojourn.domain.change.migration import DRAIN, EXIT, MOVE, STAY, Fate
from sojourn.domain.customer.rows import changed
from sojourn.domain.time.instants import iso, parse_date_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.application.task_input import State
    from sojourn.domain.change.migration import MigrationMap
    from sojourn.domain.compile.midway import Midway
    from sojourn.domain.customer.rows import CustomerFile, Run, Waiter

MIGRATED = "migrated"
LEFT = Fate(STAY)
LEAVES = f"exit:{MIGRATED}"
"""How a run ends that a migration lets drain, or ends."""
Became = Literal["moved", "drains", "exited", "stays", "paused", "elsewhere"]
"""What became of a run. `paused`: it stopped in a pause, or waits while the clocks stand still, and can be moved once
its journey is resumed. `elsewhere`: it is over, leaves already, or is not on the version that the map leads from."""
CHANGED = frozenset(("moved", "drains", "exited"))
"""What becomes of those that are written, and perhaps leave their execution for another."""


@dataclass(frozen=True, slots=True)
class Migration:
    """How the runs of one version of a journey go on.

    Args:
        fates: who goes where; it names the version they come from.
        version: the version they go to.
        before, after: the machines of the two.
        seeds: steps whose outcome must be present in a run's state from the start (`Entering.seeds` of the later).
        take: waits until one more run may be changed; raises a `TransientError` where that takes too long.
    """

    fates: MigrationMap
    version: str
    before: Midway
    after: Midway
    seeds: tuple[str, ...] = ()
    take: Callable[[], None] = at_once


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a migration does with a run, as far as the run goes by itself until then.

    Args:
        fate: what the map says of where it is; of one that is left alone, that it stays.
        at: the step at which it is, outside of paths; "" where it is at none.
        until: when the wait is over that it is in, at the step it is moved to if it is; None where it is in none, or
            where that has no end.
    """

    became: Became
    fate: Fate = LEFT
    at: str = ""
    until: datetime | None = None


def left_alone(run: Run | None, fates: MigrationMap) -> Literal["elsewhere", "paused"] | None:
    """Return why a migration leaves a run as it is, wherever it is; None where the map says what becomes of it.

    Args:
        run: the customer's run; None where there is none.
    """
    if run is None or not run.active or run.version != fates.before or run.leaves:
        return "elsewhere"
    return "paused" if PAUSED in run.last else None


def foresee(engine: Engine, file: CustomerFile, key: tuple[str, str], how: Migration) -> Foreseen:
    """Return what `migrate_run` would do with a run now, and write nothing.

    Args:
        engine: of it, only the clock and the catalogue are asked.
        key: its journey and its key.
    """
    run = file.runs.get(key)
    alone = left_alone(run, how.fates)
    if run is None or alone is not None:
        return Foreseen(alone or "elsewhere", at=run.at.get("", "") if run is not None else "")
    return _foreseen(_swept(engine, file, run), how)


def migrate_run(engine: Engine, customer: str, key: tuple[str, str], how: Migration) -> Became:
    """Do with a run as the map says.

    Args:
        key: its journey and its key.

    Raises:
        NoSuchMachine: a version has no state machine that begins at any step: make it, and call again.
        TransientError, Conflict: not now; the same call again is safe.
    """
    return attempt(engine, customer, lambda file: _migrate(engine, file, key, how))


def _migrate(engine: Engine, file: CustomerFile, key: tuple[str, str], how: Migration) -> Became:
    run = file.runs.get(key)
    alone = left_alone(run, how.fates)
    if run is None or alone is not None:
        if run is not None and STARTING in run.last and run.continued:
            start_execution(engine, run)  # an earlier call may have died before it could
        return alone or "elsewhere"
    running = _swept(engine, file, run)
    seen = _foreseen(running, how)
    if seen.became in CHANGED:
        how.take()
    if seen.became == "exited":
        return _exit(running)
    if seen.became == "drains":
        return _drain(running, how.before, seen.until)
    return _move(running, how, seen.fate.to, seen.until) if seen.became == "moved" else seen.became


def _swept(engine: Engine, file: CustomerFile, run: Run) -> Running:
    """Return a run where it is by now: waits whose time is up are over, though nothing has come of it yet."""
    running = Running(engine, file, run, engine.clock.now())
    running.sweep(None)
    return running


def _foreseen(running: Running, how: Migration) -> Foreseen:
    run = running.run
    fate, at, until = how.fates.fate(run.at), run.at.get("", ""), wait_end(running, how.before)
    if fate.do == STAY:
        return Foreseen("stays", fate, at, until)
    if fate.do == EXIT:
        return Foreseen("exited", fate, at, until)
    if running.control.is_still:
        # What is left of a wait is not known before the clocks go on.
        return Foreseen("paused", fate, at)
    if fate.do == MOVE:
        waits_on = how.after.is_wait(fate.to) or how.after.is_answered(fate.to)
        return Foreseen("moved", fate, at, until if waits_on else None)
    waits = _open_waits(running) or until is not None or len(run.at) > 1
    return Foreseen("drains" if waits else "exited", fate, at, until)


def _exit(running: Running) -> Became:
    running.end(LEAVES, stop=True)
    running.commit()
    return "exited"


def _drain(running: Running, before: Midway, end: datetime | None) -> Became:
    """Let the current wait come to its end, and nothing after it."""
    waits, in_paths = _open_waits(running), len(running.run.at) > 1
    running.put(leaves=LEAVES)
    running.tell(MIGRATED, running.run.at.get("", ""), DRAIN)
    if end is not None and not in_paths:
        # What the machine does when the time is up may be another wait: so it is not left to the machine.
        for waiter in waits:
            running.change.waiters[(waiter.run, waiter.step)] = changed(waiter, token="")
        _begin_elsewhere(running, {**_state(running), "next": before.any_task}, end)
        return "drains"
    running.commit()
    return "drains"


def _move(running: Running, how: Migration, to: str, end: datetime | None) -> Became:
    old, state = running.run, _state(running)
    state["steps"] = {**{seed: {} for seed in how.seeds}, **state["steps"]}
    for key, waiter in running.waiters():
        if waiter.run == old.id:
            running.change.waiters[key] = None
    running.put(version=how.version, last=_under_way(old, to), at={}, waits_since=None)
    running.tell(MIGRATED, to, version=old.version, **{"from": old.at.get("", "")})
    if end is not None and how.after.is_wait(to):
        running.stand("", to)
        running.tell("waiting", to, MIGRATED, until=max(end, running.now))
        state, at = {**state, "next": how.after.after(to)}, max(end, running.now)
    elif end is not None:
        running.stand("", to)
        state, at = {**state, "next": to, DUE: iso(end)}, running.now
    else:
        state, at = running.conclude("", "", {}, state, how.after.way_to(to)), running.now
    if not running.run.active or running.parked:
        running.after.append(partial(_stop, running.engine, old))
        running.commit()
        return "moved"
    _begin_elsewhere(running, state, at, left=old)
    return "moved"


def _begin_elsewhere(running: Running, state: State, at: datetime, left: Run | None = None) -> None:
    """Leave the present execution, and begin one at *at*, where *state* says."""
    old = left or running.run
    go_on_later(running, state, at)
    # Started here, and not by what follows the commit: whoever calls is to hear that there is no machine yet.
    running.after = [partial(_stop, running.engine, old)]
    running.commit()
    start_execution(running.engine, running.run)


def _stop(engine: Engine, run: Run) -> None:
    engine.executions.stop(run.journey, run.version, run.execution, MIGRATED)


def _state(running: Running) -> State:
    return {"run": running.run.id, "customer": running.run.customer, **running.remembered()}


def _under_way(run: Run, to: str) -> dict[str, tuple[str, str, State]]:
    """Return what a run still remembers of its tasks: a send that is held, and may be out, if it is moved to that one.

    Of all others it forgets when they were done: who is moved back to a step comes to it anew.
    """
    last = run.last.get("")
    return {"": last} if last is not None and last[0] == to and HELD in last[2] else {}


def wait_end(running: Running, before: Midway) -> datetime | None:
    """Return when the wait is over that a run is in, outside of paths; None where it is in none, or that has no end."""
    run, waiter = running.run, _open_wait(running)
    if waiter is not None:
        return deadline_of(running.engine, waiter)
    step = run.at.get("", "")
    if len(run.at) > 1 or not before.is_wait(step):
        return None
    if STARTING in run.last and run.begun > running.now:
        return run.begun
    since, lasts = run.waits_since, before.lasts(step)
    if since is not None and lasts is not None:
        return running.control.put_off(since, since + lasts)
    told = [parse_date_time(state["until"]) for _, _, state in run.last.values() if "until" in state]
    end = max(told, default=None)
    return end if since is None or end is None else running.control.put_off(since, end)


def _open_waits(running: Running) -> list[Waiter]:
    return [waiter for _, waiter in running.waiters() if waiter.run == running.run.id and not waiter.released]


def _open_wait(running: Running) -> Waiter | None:
    return next((waiter for waiter in _open_waits(running) if not waiter.lane), None)

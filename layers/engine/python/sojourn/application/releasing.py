"""Releases waits: an event answers the step that waits for it, with the run's new state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.application import paused
from sojourn.application.starting import PAUSED
from sojourn.domain.condition.lazily import compile_condition
from sojourn.domain.customer.rows import Event, changed
from sojourn.domain.decide.feedback import ENTERED_SEGMENT, LEFT_SEGMENT, MESSAGE_EVENTS
from sojourn.errors import LostRace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.running import Running
    from sojourn.domain.customer.rows import Run, Waiter


REMEMBERED = 100
"""So many released waits a run's row remembers."""


def is_spent(run: Run, lane: str, event_id: str) -> bool:
    """Say whether an event released a wait on the way to *lane* before: paths side by side each have their own."""
    return any(by == event_id and _on_one_way(where, lane) for where, by in run.released)


def _on_one_way(one: str, other: str) -> bool:
    inner, outer = (one, other) if len(one) >= len(other) else (other, one)
    return not outer or inner == outer or inner.startswith(f"{outer}/")


def event_name(release: Mapping[str, Any]) -> str:
    """Return the name of the events that can release a wait in this way."""
    kind = release["kind"]
    if kind == "event":
        return str(release["of"])
    if kind == "entered_segment":
        return ENTERED_SEGMENT
    if kind == "left_segment":
        return LEFT_SEGMENT
    return MESSAGE_EVENTS[kind]


def is_about(release: Mapping[str, Any], event: Event, running: Running, state: Mapping[str, Any]) -> bool:
    """Say whether *event* releases a wait of this run in this way."""
    if event.name != event_name(release):
        return False
    kind, properties = release["kind"], event.properties
    if kind in ("entered_segment", "left_segment") and properties.get("segment") != release["of"]:
        return False
    if kind in MESSAGE_EVENTS and (
        properties.get("step") != release["of"] or not running.run.stands_for(properties.get("run", ""))
    ):
        return False
    where = release.get("where")
    return not where or compile_condition(where).evaluate(running.view(state, properties)).value


def release(
    running: Running, waiter: Waiter, path: str, outcome: Mapping[str, Any], event: Event | None, **told: str
) -> None:
    """Answer a waiter: write that it is over, walk on from *path*, and answer the task once that is written.

    Args:
        told: what the ledger tells besides.
    """
    if running.run.leaves:
        running.end(running.run.leaves, stop=True)
        return
    if event is not None:
        running.put(released=(*running.run.released, (waiter.lane, event.id))[-REMEMBERED:])
    execution = running.run.execution
    deadline = waiter.deadline
    # Once the time is up that the machine was given, it has gone on; the wait itself may last longer after a pause.
    asked = waiter.token if deadline is None or running.now < deadline else ""
    if not asked:
        # The execution planned for the timeout never begins: what follows counts from now.
        running.put(begun=running.now)
    running.tell(
        "resumed",
        waiter.step,
        path=outcome.get("path", path),
        **({"event": event.name} if event else {}),
        **told,
    )
    state = running.conclude(
        waiter.step,
        path,
        outcome,
        waiter.state,
        waiter.then,
        keep=waiter.keep,
        keep_paths=waiter.keep_paths,
        lane=waiter.lane,
    )
    run = running.run
    if run.active and not running.parked:
        answered = _answered(waiter, event.id if event else "answered", state)
        running.change.waiters[(waiter.run, waiter.step)] = answered
        if asked:
            running.after.append(lambda: answer(running, answered))
        else:
            _leave_park(running, waiter, state)
    elif not run.active:
        running.after.append(
            lambda: running.engine.executions.stop(run.journey, run.version, run.execution, run.exit_reason)
        )
    else:
        running.change.waiters[(waiter.run, waiter.step)] = None
        running.after.append(
            lambda: running.engine.executions.stop(run.journey, run.version, execution, "continued elsewhere")
        )


def answer(running: Running, waiter: Waiter) -> None:
    """Answer a released waiter's task; a wait that is over already is a lost race, not an error."""
    if not waiter.token:
        return
    try:
        running.engine.executions.succeed(waiter.token, waiter.answer)
    except LostRace:
        return


def _answered(waiter: Waiter, by: str, state: Mapping[str, Any]) -> Waiter:

    return changed(waiter, released=by, answer=state)


def _leave_park(running: Running, waiter: Waiter, state: dict[str, Any]) -> None:
    """A parked run waits in no execution: the one planned for its timeout is stopped, a new one begins now.

    While the clocks stand still, none does: the run goes on once its journey is resumed.
    """
    run = running.run
    if PAUSED not in run.last:
        running.after.append(
            lambda: running.engine.executions.stop(run.journey, run.version, run.execution, "released")
        )
    if running.control.is_still:
        begins = run.waits_since is not None or "until" in state
        paused.stay_away(running, state, running.now, paused.BEGINS if begins else paused.STILL)
    elif waiter.late:
        running.park(state, running.now)
    else:
        since = run.waits_since
        paused.go_on_later(running, state, running.now)
        running.put(waits_since=since)

"""Finds the run that a task belongs to, and tells the task that came again from one that comes for the first time.

A task comes again after a crash, with the instant at which its state was entered; and in an execution that failed
and is redriven, with another instant, as the state is entered anew. Both are the same visit of the step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.application.paused import let_through
from sojourn.application.running import HELD, Running, start_run
from sojourn.domain.decide.ending import FAILED
from sojourn.errors import RunEnded

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.application.task_input import State, TaskInput
    from sojourn.domain.customer.rows import CustomerFile, Run

REDRIVEN = "@redriven"
"""The key in `Run.last` of a task that an execution which had failed went on with, where its answer was written
before: when it was entered anew. All others are remembered as of their only visit."""


def resume(engine: Engine, task: TaskInput, file: CustomerFile) -> tuple[Running, TaskInput, State | None]:
    """Find the run a task belongs to; return it, the task, and the answer if this visit was answered before.

    The task is returned as it came first, where it came before: what is made from it has the same ids.

    Raises:
        RunEnded: the run ended, goes on in another execution, or has moved past this task: a late second
            invocation must not do its work again.
        RunParked, SendHeld: its journey is paused, or was, see `sojourn.application.paused`.
    """
    run = file.run(task.state["run"])
    if run is None:
        raise RunEnded("unknown")
    # Where our clock is behind the state machine's, what was put off until now would be put off again at once.
    running = Running(engine, file, run, max(engine.clock.now(), task.entered))
    redriven = _is_redriven(run, task)
    if run.exit_reason == FAILED and not redriven:
        raise RunEnded(FAILED)
    if redriven:
        _reopen(running, task)
    came, task = task, _as_it_came_first(run, task)
    last = run.last.get(task.lane)
    if last is not None and last[:2] == (task.step, task.entered_text):
        if redriven or came.entered > task.entered:
            # The second is a redrive that was quicker than the news of the failure.
            running.put(last={**running.run.last, REDRIVEN: (came.step, came.entered_text, {})})
            running.commit()
        start_run(engine, running.run)
        return running, task, last[2]
    if last is not None and task.is_before(last[1]):
        raise RunEnded("a later task of the run has been done")
    if not running.run.active or run.execution != task.execution:
        # Where the run left this execution, a crash may have come before the next was started.
        start_run(engine, run)
        raise RunEnded(run.exit_reason)
    if run.leaves:
        running.end(run.leaves, stop=False)
        running.commit()
        raise RunEnded(run.leaves)
    let_through(running, task)
    running.sweep(task.lane, but=(task.step, task.entered))
    return running, task, None


def _as_it_came_first(run: Run, task: TaskInput) -> TaskInput:
    """Return the task as of the first time it came in this round, where an answer of it is written.

    In one round of its loop a run comes to a step once; only a send that was held comes to it again, on purpose.
    """
    last = run.last.get(task.lane)
    if last is None or last[0] != task.step or HELD in last[2] or not task.is_in_round_of(last[1]):
        return task
    return task.of_visit(last[1])


def _is_redriven(run: Run, task: TaskInput) -> bool:
    """Say whether a run that ended as failed goes on: its execution was redriven, and enters a state since then."""
    return (
        run.exit_reason == FAILED
        and run.execution == task.execution
        and not run.goal_reached
        and run.ended is not None
        and task.entered > run.ended
    )


def _reopen(running: Running, task: TaskInput) -> None:
    running.put(status="running", ended=None, exit_reason="", needed_until=None)
    running.stand(task.lane, task.step)
    running.tell("resumed", reason="redriven", at_step=task.step)

"""Raises tasks for people, and ends them: somebody completed one, could not, or put it off.

A task ends once, whoever answers how often: the same answer again is the same, another one hears how it ended.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sojourn.application import releasing
from sojourn.application.attempting import attempt, digest
from sojourn.application.ports import Outbound, TaskRef
from sojourn.application.running import Running
from sojourn.application.timing_out import deadline_of
from sojourn.application.values import resolved
from sojourn.domain.decide.entering import hops_after
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.application.task_input import TaskInput
    from sojourn.domain.customer.rows import CustomerFile, Run, Waiter

TASK_RAISED = "task_raised"
COMPLETED, RESCHEDULED, FAILED = "completed", "rescheduled", "failed"
OUTCOMES = (COMPLETED, RESCHEDULED, FAILED)
REMEMBERED = 20
"""So many ended tasks a run's row remembers, for who answers again."""
NOTED = 500
"""So many characters of a person's notes the ledger tells."""


class Answer(NamedTuple):
    """What a person says of a task.

    Args:
        outcome: one of `OUTCOMES`.
        noted: what steps can read afterwards as `answer`; plain JSON values.
        by: who says so, for the ledger.
    """

    outcome: str
    noted: Mapping[str, Any]
    by: str = ""


@dataclass(frozen=True, slots=True)
class TaskEnd:
    """What became of an answer.

    Args:
        status: `ended` by it; `repeated`: by the same answer, earlier; `otherwise`: by another one; `over`: nobody
            can answer any more, as its time is up or its run ended.
        outcome: how it ended, where somebody ended it.
    """

    status: Literal["ended", "repeated", "otherwise", "over"]
    outcome: str = ""


def task_raised(running: Running, task: TaskInput, waiter: Waiter) -> Outbound:
    """Return the event that raises a person's task; its id is the same each time."""
    run = running.run
    details, _ = resolved(task.do.get("with", {}), running, task.state)
    told: dict[str, Any] = {
        "task": task.do["task"], "title": task.do["title"], "with": details, "journey": run.journey,
    }  # fmt: skip
    if waiter.deadline is not None:
        told["until"] = iso(waiter.deadline)
    told |= running.engine.ticket(TaskRef(run.customer, run.id, task.step, waiter.since))
    return Outbound(
        digest(run.id, task.step, task.entered_text), TASK_RAISED, run.customer, running.now, told, run.id, task.step,
        hops_after(run, running.now),
    )  # fmt: skip


def unsaid_task(run: Run, waiter: Waiter, now: datetime) -> Outbound:
    """Return the event that raises a task which was not raised when the run came to it, as sends were paused."""
    said = waiter.unsaid or {}
    return Outbound(
        said["id"], TASK_RAISED, run.customer, now, said["properties"], run.id, waiter.step, said["hops"]
    )


def end_task(engine: Engine, ref: TaskRef, answer: Answer) -> TaskEnd:
    """End a person's task, so that its run goes on with what they answered.

    Raises:
        TransientError, Conflict: not now; the same call again is safe.
    """
    return attempt(engine, ref.customer, lambda file: _end(engine, file, ref, answer))


def _end(engine: Engine, file: CustomerFile, ref: TaskRef, answer: Answer) -> TaskEnd:
    run = file.run(ref.run)
    if run is None:
        return TaskEnd("over")
    now = engine.clock.now()
    waiter = file.waiters.get((ref.run, ref.step))
    if waiter is not None and (waiter.kind != "task" or waiter.since != ref.since):
        waiter = None
    before = run.answered.get(_visit(ref))
    if before is not None:
        if waiter is not None and waiter.released:
            # Perhaps by this very call, which crashed before it could answer the execution.
            releasing.answer(Running(engine, file, run, now), waiter)
        same = before == (answer.outcome, _digest(answer))
        return TaskEnd("repeated" if same else "otherwise", before[0])
    if not run.active or waiter is None or waiter.released or _late(engine, waiter, now):
        return TaskEnd("over")
    running = Running(engine, file, run, now)
    running.put(answered=_with(run, ref, answer))
    outcome = {
        "answer": dict(answer.noted), "reason": answer.outcome, "outcome": answer.outcome, "path": answer.outcome,
    }  # fmt: skip
    releasing.release(running, waiter, "", outcome, None, **_told(answer))
    running.commit()
    return TaskEnd("ended", answer.outcome)


def _late(engine: Engine, waiter: Waiter, now: datetime) -> bool:
    deadline = deadline_of(engine, waiter)
    return deadline is not None and now >= deadline


def _visit(ref: TaskRef) -> str:
    """Tell this visit of a step from the others of its run: one that was put off is perhaps raised again."""
    return f"{ref.step} {iso(ref.since)}"


def _digest(answer: Answer) -> str:
    return digest(json.dumps(answer.noted, sort_keys=True, ensure_ascii=False))


def _with(run: Run, ref: TaskRef, answer: Answer) -> dict[str, tuple[str, str]]:
    kept = list(run.answered.items())[1 - REMEMBERED :]
    return {**dict(kept), _visit(ref): (answer.outcome, _digest(answer))}


def _told(answer: Answer) -> dict[str, str]:
    notes = answer.noted.get("notes")
    told = {"by": answer.by, "notes": notes[:NOTED] if isinstance(notes, str) else ""}
    return {name: said for name, said in told.items() if said}

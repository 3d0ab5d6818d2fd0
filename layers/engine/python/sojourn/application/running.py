"""What every task of a run does around its own work: is the run still on, what follows, what is remembered.

A task's answer is the run's whole new state. Everything it wants written goes into one `Change`; what must
happen outside (executions started, answered, stopped; events put) happens after it is committed, in an order that
a repetition after a crash completes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import attempt
from sojourn.application.following import do_all
from sojourn.application.starting import STARTING, start_execution
from sojourn.application.task_input import State, TaskInput
from sojourn.application.timing_out import deadline_of
from sojourn.application.view import View
from sojourn.application.walking import take_down, walker
from sojourn.domain.compile.outcomes import bounded, outcome_kept
from sojourn.domain.customer.rows import Change, changed
from sojourn.domain.decide.ending import FAILED, needed_until, slimmed
from sojourn.domain.decide.follow import follow
from sojourn.domain.decide.standing import standing
from sojourn.domain.ledger import Happening
from sojourn.errors import MachineGone, NoSuchMachine, RunEnded, RunParked, TransientError

if TYPE_CHECKING:
    from sojourn.application.ports import Engine
    from sojourn.domain.control import Control
    from sojourn.domain.customer.rows import CustomerFile, Profile, Run, Waiter

HELD = "@held"
"""What a run remembers of a send that is held: until when."""
DROPPED = "dropped"
"""In a run's state after a pause: up to when what it comes to at once, without waiting, is dropped."""


@dataclass(slots=True)
class Running:
    """One customer's run while a task of it, or an event for it, is worked on."""

    engine: Engine
    file: CustomerFile
    run: Run
    now: datetime
    change: Change = field(default_factory=Change)
    after: list[Callable[[], None]] = field(default_factory=list)
    parked: bool = False

    @property
    def control(self) -> Control:
        """What publishers told the run's journey."""
        return self.engine.catalogue.control(self.run.journey)

    @property
    def profile(self) -> Profile:
        """The customer, this change included."""
        return self.change.profile or self.file.profile

    def view(self, state: Mapping[str, Any], event: Mapping[str, Any] | None = None) -> View:
        """Return what conditions can read now."""
        return View(self.engine, self.profile, self.now, self.run, state, event, arrived=self.change.event)

    def remembered(self) -> State:
        """Return what the run's steps came to so far, as its rows know it: tasks done, and waits begun."""
        states = [state for _, _, state in self.run.last.values()]
        states += [waiter.answer or waiter.state for _, waiter in self.waiters() if waiter.run == self.run.id]
        steps: State = {}
        for state in states:
            steps |= {step: outcome for step, outcome in state.get("steps", {}).items() if outcome}
        return {"steps": steps}

    def put(self, **fields: Any) -> None:
        """Change fields of the run."""
        self.run = changed(self.run, **fields)
        self.change.put_run(self.run)

    def stand(self, lane: str, step: str, beside: Iterable[tuple[str, str]] = ()) -> None:
        """Note where the run is now (`sojourn.domain.decide.standing`)."""
        at = standing(self.run.at, lane, step, beside)
        if at != self.run.at:
            self.put(at=at)

    def tell(self, what: str, step: str = "", reason: str = "", **details: Any) -> None:
        """Add to the ledger what happened now."""
        self.tell_at(self.now, what, step, reason, details)

    def tell_at(self, at: datetime, what: str, step: str, reason: str, details: Mapping[str, Any]) -> None:
        """Add to the ledger what happened at *at*."""
        run = self.run
        self.change.happened.append(
            Happening(at, run.customer, run.journey, run.version, run.id, what, step, reason, details)  # type: ignore[arg-type]
        )

    def commit(self) -> None:
        """Write the change, then do what must follow."""
        self.file = self.engine.customers.commit(self.file, self.change)
        after, self.after = self.after, []
        self.change = Change()
        do_all(after)

    def fail(self, error: str, cause: str) -> None:
        """End the run as `failed` and commit it: its execution failed without telling, or can never begin."""
        self.tell("failed", reason=error, cause=cause[:1000])
        self.end(FAILED, stop=False)
        self.commit()

    def end(self, reason: str, *, stop: bool, detail: str = "") -> None:
        """End the run: its waits end with it; with *stop* its execution is stopped from outside."""
        self.sweep(None)
        for key, waiter in self.waiters():
            if waiter.run == self.run.id:
                self.change.waiters[key] = None
        run = self.run
        ended = changed(
            run, status="ended", ended=self.now, exit_reason=reason, goal_reached=run.goal_reached or reason == "goal",
        )  # fmt: skip
        journey = self.engine.catalogue.version(run.journey, run.version)
        self.run = ended
        self.put(at={}, needed_until=needed_until(journey, ended), **slimmed(journey, ended))
        self.tell("exited", reason=reason, **({"detail": detail} if detail else {}))
        if stop:
            self.after.append(
                lambda: self.engine.executions.stop(run.journey, run.version, run.execution, reason)
            )
            self.after += [partial(start_run, self.engine, other) for other in self._not_heard_of()]

    def _not_heard_of(self) -> list[Run]:
        """Return the customer's other runs of which no task was heard.

        A task of this run may have entered them, and died before it could start them: it does not come again now.
        """
        return [
            run
            for key, run in self.file.runs.items()
            if key not in self.change.runs and run.active and STARTING in run.last
        ]

    def waiters(self) -> list[tuple[tuple[str, str], Waiter]]:
        """The customer's waiters, this change included."""
        merged = {**self.file.waiters, **self.change.waiters}
        return [(key, waiter) for key, waiter in merged.items() if waiter is not None]

    def sweep(self, lane: str | None, but: tuple[str, datetime] | None = None) -> None:
        """Take away waits that are over: the run has moved past those of *lane*, or past their time if None.

        Args:
            but: step and beginning of the one wait that is not over: it is being registered again.
        """
        for key, waiter in self.waiters():
            if waiter.run != self.run.id or (waiter.step, waiter.since) == but:
                continue
            if lane and waiter.lane != lane and not waiter.lane.startswith(f"{lane}/"):
                continue
            deadline = deadline_of(self.engine, waiter)
            late = deadline is not None and deadline <= self.now and not waiter.released
            if lane is None and not late:
                continue
            self.change.waiters[key] = None
            if not waiter.released and (late or lane is not None):
                self._timed_out(waiter)

    def _timed_out(self, waiter: Waiter) -> None:
        at = deadline_of(self.engine, waiter) or self.now
        self.tell_at(at, "timed_out", waiter.step, "", {"path": "otherwise"})
        then = waiter.then
        node = then["nodes"].get(target := then["paths"]["otherwise"], {})
        begun = [[target, node["wait"]]] if "wait" in node else node.get("lanes", ())
        for step, seconds, *_ in begun:
            self.tell_at(at, "waiting", step, "", {"until": at + timedelta(seconds=seconds)})
        if begun and self.run.at.get(waiter.lane) == waiter.step:
            self.stand(waiter.lane, target, ((path, step) for step, _, *rest in begun for path in rest))
            if "wait" in node and not waiter.lane:
                self.put(waits_since=at)

    def conclude(
        self, step: str, path: str, outcome: Mapping[str, Any], state: Mapping[str, Any], then: Mapping[str, Any],
        *, keep: tuple[str, ...] = (), keep_paths: tuple[str, ...] = (), lane: str = "", task: TaskInput | None = None,
    ) -> State:  # fmt: skip
        """Walk on from a step's outcome; return the run's new state.

        Args:
            path: which way out of the step; outcome: what it came to, of which `keep` is remembered.
            task: whose answer this is: a repetition of it gets the same.
        """
        new: State = {"run": state["run"], "customer": self.run.customer, "steps": dict(state["steps"])}
        if keep:
            new["steps"][step] = bounded(outcome_kept({"path": path, **outcome}, keep), state["steps"])
        followed = follow(then, path, walker(self, new, lane), self.view(new))
        take_down(followed, new, keep_paths)
        if DROPPED in state and task is not None and followed.until is None and not followed.lasts:
            new[DROPPED] = state[DROPPED]
        for told in followed.told:
            self.tell_at(self.now, told.what, told.step, told.reason, told.details)
        at: Mapping[str, str] = {}
        if followed.ended:
            self.end(followed.ended, stop=False)
        else:
            at = standing(self.run.at, lane, "" if followed.joined else followed.leaf, followed.beside)
            if followed.parked:
                self.park(new, followed.until or self.now)
        since = self.now if followed.lasts and not lane else None
        if task is not None:
            self.remember(task, new, at, since)
        elif at:
            self.put(at=at, waits_since=since)
        return new

    def park(self, state: State, at: datetime) -> None:
        """Let the run go on at *at* in a new execution, which begins where *state* says."""
        run = self.run
        name = f"{run.id}-{run.continued + 1}"
        self.put(
            continued=run.continued + 1,
            execution=name,
            begun=max(at, self.now),
            last={STARTING: (name, "", state)},
        )
        parked = self.run
        self.after.append(lambda: start_run(self.engine, parked))
        self.parked = True

    def onward(self, task: TaskInput, path: str, outcome: Mapping[str, Any]) -> State:
        """Walk on from what a task came to, commit its work and return its answer.

        Raises:
            RunParked: the run goes on in another execution.
        """
        state = self.conclude(
            task.step, path, outcome, task.state, task.then,
            keep=task.keep, keep_paths=task.keep_paths, lane=task.lane, task=task,
        )  # fmt: skip
        self.commit()
        return self.answer_again(task, state)

    def remember(
        self, task: TaskInput, answer: State, at: Mapping[str, str] | None = None, since: datetime | None = None
    ) -> None:  # fmt: skip
        """Let the run's row keep what a task came to, for a repetition of it.

        Args:
            at: where the run is now; by default at the task's own step.
            since: since when it waits for a length of time.
        """
        last = {key: value for key, value in self.run.last.items() if key != STARTING or self.parked}
        fields: dict[str, Any] = {
            "last": {**last, task.lane: (task.step, task.entered_text, answer)},
            "at": standing(self.run.at, task.lane, task.step) if at is None else at,
            "waits_since": since,
        }
        if not self.run.active and ("emit" in task.do or "update" in task.do):
            # What follows the write of these is worked out again after a crash, and may read the entry.
            before = self.file.run(self.run.id)
            fields["entry"] = before.entry if before is not None else self.run.entry
        self.put(**fields)

    def answer_again(self, task: TaskInput, state: State) -> State:
        """Return a task's answer, which is written.

        Raises:
            RunParked: the run goes on in another execution.
            RunEnded: the run ended in one of several paths.
        """
        if self.run.execution != task.execution:
            raise RunParked(self.run.execution)
        if not self.run.active and task.lane:
            raise RunEnded(self.run.exit_reason)
        return state


def start_run(engine: Engine, run: Run) -> None:
    """Start the execution a run goes on in, as `start_execution` does; where its state machine is gone, end the run.

    It ends as `failed`: no execution fails for it, so that nobody else would, and it would stand there for ever.

    Raises:
        TransientError: not now; who comes to the customer next tries again.
    """
    try:
        start_execution(engine, run)
    except NoSuchMachine as none:
        raise TransientError(str(none)) from none
    except MachineGone as gone:
        cause = str(gone)
    else:
        return

    def work(file: CustomerFile) -> None:
        now = file.run(run.id)
        if now is not None and now.active and now.execution == run.execution and STARTING in now.last:
            Running(engine, file, now, engine.clock.now()).fail("MachineGone", cause)

    attempt(engine, run.customer, work)

"""Lets one event, and the segment changes it brings about, act on all of a customer's runs and on journeys.

All an event does is one commit, as far as one commit takes it. Where it is more (a customer with hundreds of runs, an
event that a thousand journeys begin with), it is written in parts: each says what is still to be done, so that whoever
reads the customer next goes on there, and nothing is done twice. Until it is done, nothing else that happened to the
customer acts. What must follow (executions started, answered, stopped) follows the last part: their first tasks would
write the same customer, and be in the way of the parts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.application import releasing
from sojourn.application.drafted import entered_by, version_for
from sojourn.application.enrol import Entering, EntryEvent
from sojourn.application.following import do_all
from sojourn.application.goals import holds, reach_goal, reach_goal_late
from sojourn.application.running import Running
from sojourn.application.timing_out import deadline_of
from sojourn.domain.compile.compiled import API, SCHEDULE, Trigger
from sojourn.domain.control import STOPPED
from sojourn.domain.customer.rows import Change, Unfinished, changed
from sojourn.domain.decide.feedback import by_program
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.customer.rows import CustomerFile, Event, Profile, Run, Waiter

LIMITS = (90, 30, 8, 1)
"""After so many rows a part ends: DynamoDB takes a hundred at once. Where the rows are too large, fewer are tried."""
Place = tuple[Any, ...]
"""How far an event has come: what has ended first, then what goes on, then the journeys it enters."""
_ENDED, _GOES_ON, _JOURNEY = range(3)
ANSWER = "answer"
"""Where the event that a program's call is keeps what the call came to, in its context: whoever calls again is told."""


@dataclass(slots=True)
class Progress:
    """What one invocation has written in parts so far, however often it had to read the customer again.

    Args:
        parts: how many.
        owed: what must follow, once all is written.
    """

    parts: int = 0
    owed: list[Callable[[], object]] = field(default_factory=list)


class Acting(ABC):
    """One delivery: one customer, what to write, what to do after it is written.

    Args:
        limit: after so many rows a part ends.
    """

    def __init__(
        self, engine: Engine, file: CustomerFile, now: datetime, limit: int = LIMITS[0],
        progress: Progress | None = None,
    ) -> None:  # fmt: skip
        self.engine = engine
        self.file = file
        self.now = now
        self.limit = limit
        self.progress = progress or Progress()
        new = not file.revision and file.profile.since is None
        self.change = Change(profile=changed(file.profile, since=now) if new else None)
        self.after: list[Callable[[], None]] = []
        self._first: Event | None = None
        self._queue: list[tuple[Trigger, Event]] = []
        self._to_ask: set[str] = set()
        self._restarted: set[str] = set()
        self._grouped: tuple[CustomerFile | None, dict[str, list[tuple[str, str]]]] = (None, {})
        self._past: Place = ()

    def begin(self, event: Event, asked: set[str], trigger: Trigger | None = None) -> None:
        """Let an event act, then ask these segments, and let each change act that comes of it; write it all.

        Args:
            trigger: what it is to journeys, where it is nothing that the customer did.
        """
        self._first = event
        self._queue = [(trigger or Trigger("event", event.name), event)]
        self._to_ask = asked
        self.work_off()

    def go_on(self, left: Unfinished) -> None:
        """Do what an event before could not be done with in one commit."""
        self._first = left.event
        self._queue = [(Trigger(kind, name), event) for kind, name, event in left.acting]
        self._to_ask = set(left.asked)
        self._restarted = set(left.restarted)
        self._past = left.past
        self.work_off()

    def enqueue(self, event: Event, trigger: Trigger) -> None:
        """Let a segment change act, after all that acts already."""
        self._queue.append((trigger, event))

    def work_off(self) -> None:
        """Let everything act, in its order, and write it."""
        while self._queue:
            trigger, event = self._queue[0]
            if event is not self._first and not self._past:
                self._make_room()
                self.change.moved.append(event)
            self._act(event, trigger)
            del self._queue[0]
            self._restarted, self._past = set(), ()
            asked, self._to_ask = self._to_ask, set()
            self.ask(asked)
        self.change.finished = self.file.unfinished is not None
        self.commit()

    @abstractmethod
    def ask(self, names: set[str]) -> bool:
        """Ask these segments, and enqueue who entered and left; say whether anything changed."""

    def commit(self) -> None:
        """Write the change, then do what must follow; what cannot be done keeps nothing else from being done."""
        self._write()
        owed, self.progress.owed = self.progress.owed, []
        do_all(owed)

    def _write(self) -> None:
        self.file = self.engine.customers.commit(self.file, self.change)
        self.progress.owed += self.after
        self.after = []
        self.change = Change()

    def _make_room(self) -> None:
        """Write what was done so far, and what is still to be done, where that is enough at once."""
        if self.change.rows >= self.limit:
            queue = tuple((trigger.kind, trigger.name, event) for trigger, event in self._queue)
            self.change.unfinished = Unfinished(
                self._first, queue, tuple(sorted(self._to_ask)), tuple(sorted(self._restarted)), self._past
            )
            self._write()
            self.progress.parts += 1

    def profile(self) -> Profile:
        """Return the customer, this change included."""
        return self.change.profile or self.file.profile

    def runs(self) -> list[Run]:
        """Return the customer's runs, this change included."""
        return list({**self.file.runs, **self.change.runs}.values())

    def entering(self) -> Entering:
        """Return what enters the customer into journeys."""
        return Entering(self.engine, self.file, self.change, self.now, self.after)

    def _act(self, event: Event, trigger: Trigger) -> None:
        if by_program(event):
            return
        if trigger.kind == API:
            self._let_in(event, trigger)
            return
        for run in self._to_visit(event, _ENDED):
            if not run.active and not run.goal_reached:
                reach_goal_late(self._running(run), event)
        for run in self._to_visit(event, _GOES_ON):
            if run.active:
                running = self._running(run)
                journey = self.engine.catalogue.version(run.journey, run.version)
                if not reach_goal(running, journey, event) and not self._react(
                    running, journey, event, trigger
                ):
                    self._release(running, event)
        for journey in entered_by(self.engine.catalogue, self.profile(), trigger):
            if journey.name not in self._restarted and self._comes_to((_JOURNEY, journey.name)):
                self.entering().enter(journey, EntryEvent(event.name, event.id, event.properties, event.hops))

    def _let_in(self, event: Event, trigger: Trigger) -> None:
        """Enter the journey that is called for; the event keeps what came of it, in the same commit.

        Nothing was written before, so that there is room. No run of the customer hears of it: it is nothing they did.
        """
        by = str(event.context.get("by", API))
        if by == API:
            journey = next(iter(entered_by(self.engine.catalogue, self.profile(), trigger)), None)
        else:
            journey = self._version(trigger.name)
        if journey is None:
            raise TransientError(f'journey "{trigger.name}" is just being taken away, or put in place')
        # A schedule is no program that is to hear of whoever did not enter.
        source = "" if by == SCHEDULE else str(event.context["source"])
        # What a call is answered stays so for ever: whoever may come again is answered once entries are open.
        entry = EntryEvent(by, event.id, event.properties, event.hops, source, waits=by != API)
        run, why, missing = self.entering().enter(journey, entry)
        answer: dict[str, Any] = {"why": why} if run is None else {"run": run.id, "holdout": run.holdout}
        if missing:
            answer["missing"] = list(missing)
        self._first = self.change.event = changed(event, context={**event.context, ANSWER: answer})

    def _react(self, running: Running, journey: CompiledJourney, event: Event, trigger: Trigger) -> bool:
        for reaction in journey.reactions:
            if reaction.trigger != trigger:
                continue
            if reaction.where and not holds(reaction.where, running, event):
                continue
            entry = EntryEvent(event.name, event.id, event.properties, event.hops)
            if reaction.do == "exit":
                running.end(f"exit:{reaction.reason or event.name}", stop=True)
            elif reaction.do == "restart":
                if self.engine.catalogue.control(journey.name).entries == STOPPED:
                    continue  # as if it were not written: the run goes on as it is
                running.tell("restarted", reason=event.name)
                running.end("restarted", stop=True)
                self._restarted.add(journey.name)
                self.entering().enter(
                    self._version(journey.name) or journey, entry, instead_of=running.run, ask=False
                )
            else:
                running.tell("redirected", reason=event.name, to=reaction.to)
                running.end("redirected", stop=True)
                other = self._version(reaction.to)
                if other is not None:
                    own = Trigger("event", event.name) in other.enter.triggers
                    self.entering().enter(other, entry, ask=own)
            return True
        return False

    def _version(self, journey: str) -> CompiledJourney | None:
        return version_for(self.engine.catalogue, self.profile(), journey)

    def _release(self, running: Running, event: Event) -> None:
        """Release the waits that began first: along one path an event releases one wait at most."""
        for waiter in sorted(self._waits_of(running.run), key=lambda one: one.since):
            if (
                waiter.released
                or releasing.is_spent(running.run, waiter.lane, event.id)
                or self._is_late(waiter)
            ):
                continue
            found = next(
                (r for r in waiter.releases if releasing.is_about(r, event, running, waiter.state)), None
            )
            if found is not None:
                releasing.release(running, waiter, found["path"], {"event": dict(event.properties)}, event)
                if not running.run.active:
                    return

    def _is_late(self, waiter: Waiter) -> bool:
        deadline = deadline_of(self.engine, waiter)
        return deadline is not None and self.now >= deadline

    def _to_visit(self, event: Event, stage: int) -> Iterator[Run]:
        """Yield the runs that an event has not acted on, oldest first, but those that it entered itself.

        What has ended comes first: acting on a run may enter a journey, in the place of a run that had ended.
        """
        for run in sorted(self.runs(), key=lambda run: (run.entered, run.id)):
            if run.entry_id != event.id and self._comes_to((stage, run.entered.timestamp(), run.id)):
                yield run

    def _comes_to(self, place: Place) -> bool:
        """Say whether a place is still to be visited; if so there is room for what is done there."""
        if place <= self._past:
            return False
        self._make_room()
        self._past = place
        return True

    def _waits_of(self, run: Run) -> Iterator[Waiter]:
        """Yield what a run waits for, this change included."""
        if self._grouped[0] is not self.file:
            # Once for all runs: a customer may be in hundreds.
            grouped: dict[str, list[tuple[str, str]]] = {}
            for key in self.file.waiters:
                grouped.setdefault(key[0], []).append(key)
            self._grouped = self.file, grouped
        for key in self._grouped[1].get(run.id, ()):
            waiter = self.change.waiters.get(key, self.file.waiters[key])
            if waiter is not None:
                yield waiter

    def _running(self, run: Run) -> Running:
        return Running(self.engine, self.file, run, self.now, self.change, self.after)

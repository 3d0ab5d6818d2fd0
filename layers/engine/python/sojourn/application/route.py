"""The behavioural router: what a customer did is stored, and moves every run and journey it is about.

The order, for one event and then for each segment change it brings about:

1. An event known already is not stored again, nor read for: storing it tells. What its first delivery began is
   completed.
2. Feedback changes the profile; attributes that come with it are set; segments are asked again.
3. Each active run, oldest first: a goal ends it; else the first `while_running` that matches acts; else waits
   that match are released. Ending wins over releasing.
4. Journeys it enters, except those it has just restarted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.application import releasing
from sojourn.application.attempting import attempt, digest
from sojourn.application.completing import complete
from sojourn.application.enrol import Entering, EntryEvent
from sojourn.application.goals import holds, reach_goal, reach_goal_late
from sojourn.application.profile_alone import is_stored, write_profile_alone
from sojourn.application.running import Running
from sojourn.application.view import View
from sojourn.domain.compile.compiled import Trigger
from sojourn.domain.condition.evaluation import compile_condition
from sojourn.domain.customer.rows import Change, Event, changed
from sojourn.domain.decide.ending import FAILED, reads_run_late
from sojourn.domain.decide.feedback import ENTERED_SEGMENT, LEFT_SEGMENT, engagement, profile_after
from sojourn.domain.decide.learning import learned
from sojourn.domain.decide.segments import membership
from sojourn.errors import EventKnown, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.application.ports import Engine
    from sojourn.domain.compile.compiled import CompiledJourney
    from sojourn.domain.customer.rows import CustomerFile, Profile, Run
    from sojourn.domain.decide.segments import SegmentRule


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event on its way in, and the attributes that come with it."""

    customer: str
    event: Event
    attributes: Mapping[str, Any] = field(default_factory=dict)


def route(engine: Engine, incoming: Incoming) -> bool:
    """Store an event and act on it; return False where it had been stored before.

    Raises:
        TooLarge: it does more than one commit takes. What it says of the customer is written, all else is not; it may
            be delivered again.
    """
    try:
        attempt(
            engine,
            incoming.customer,
            lambda file: _Routing(engine, file, engine.clock.now(), incoming.event.hops).event(incoming),
        )
    except (EventKnown, TooLarge) as error:
        if isinstance(error, TooLarge) and not is_stored(engine, incoming.customer, incoming.event):
            write_profile_alone(engine, incoming.customer, incoming.event, incoming.attributes)
            raise
        complete(engine, engine.customers.load(incoming.customer))
        return False
    return True


def enter_by_api(engine: Engine, customer: str, journey: str, entry: EntryEvent) -> bool:
    """Enter a customer into a journey directly (API, audience, schedule), under its rules; say whether they did."""

    def work(file: CustomerFile) -> bool:
        routing = _Routing(engine, file, engine.clock.now())
        compiled = engine.catalogue.current(journey)
        entered = compiled is not None and routing.entering().enter(compiled, entry)
        routing.commit()
        return entered

    return attempt(engine, customer, work)


def sweep_segments(engine: Engine, customer: str, since: datetime | None = None) -> None:
    """Ask a customer's time-dependent segments again: the daily sweep.

    Args:
        since: when they were asked last; what cannot have changed by time alone is not asked again.
    """
    now = engine.clock.now()
    rules = {
        rule.name for rule in engine.catalogue.segments
        if rule.timed
        and (since is None or rule.may_have_changed(partial(engine.customers.events, customer), since, now))
    }  # fmt: skip

    def work(file: CustomerFile) -> None:
        routing = _Routing(engine, file, engine.clock.now())
        if routing.segments(rules):
            routing.commit()

    if rules:
        attempt(engine, customer, work)


def segments_reading(engine: Engine, customer: str, attributes: frozenset[str], hops: int = 0) -> None:
    """Ask the segments again that read any of these attributes, after a journey changed them.

    Args:
        hops: how many journeys in quick succession led to it.
    """

    def work(file: CustomerFile) -> None:
        routing = _Routing(engine, file, engine.clock.now(), hops)
        names = {
            rule.name for rule in engine.catalogue.segments if not rule.attributes.isdisjoint(attributes)
        }
        if routing.segments(names):
            routing.commit()

    attempt(engine, customer, work)


def _received(event: Event, now: datetime) -> Event:
    """Note when an event reached us; a clock that is ahead of ours puts nothing into the future."""
    if event.received == now and event.at <= now:
        return event
    return changed(event, received=now, at=min(event.at, now))


class _Routing:
    """One delivery: one file, one change, what to do after it is written.

    Args:
        hops: how many journeys in quick succession led to it.
    """

    def __init__(self, engine: Engine, file: CustomerFile, now: datetime, hops: int = 0) -> None:
        self.engine = engine
        self.file = file
        self.now = now
        self.hops = hops
        new = not file.revision and file.profile.since is None
        self.change = Change(profile=changed(file.profile, since=now) if new else None)
        self.after: list[Callable[[], None]] = []

    def event(self, incoming: Incoming) -> None:
        event = _received(incoming.event, self.now)
        self.change.event = event
        before = self._profile()
        profile = learned(profile_after(event, before), incoming.attributes)
        if profile is not before:
            self.change.profile = profile
        self._engage(event)
        asked = self._asked(event, incoming.attributes, profile is not before)
        self.act(event, Trigger("event", event.name))
        self.segments(asked)
        self.commit()

    def segments(self, names: set[str]) -> bool:
        """Ask these segments, write who entered and left, and act on each; say whether anything changed."""
        if not names:
            return False
        before = self._profile().segments
        now_in = membership(self.engine.catalogue.segments, names, before, self._belongs)
        entered, left = sorted(now_in - before), sorted(before - now_in)
        if entered or left:
            self.change.profile = replace(self._profile(), segments=now_in)
        for kind, event_name, segments in (
            ("left", LEFT_SEGMENT, left),
            ("entered", ENTERED_SEGMENT, entered),
        ):
            for name in segments:
                event_id = digest(self.file.profile.id, kind, name, self.now.isoformat())
                moved = Event(event_id, event_name, self.now, {"segment": name}, self.now, self.hops)
                self.change.moved.append(moved)
                self.act(moved, Trigger(kind, name))
        return bool(entered or left)

    def _belongs(self, rule: SegmentRule, members: frozenset[str]) -> bool:
        profile = self._profile()
        if profile.segments != members:
            profile = replace(profile, segments=members)
        view = View(self.engine, profile, self.now, arrived=self.change.event)
        return compile_condition(rule.when).evaluate(view).value

    def act(self, event: Event, trigger: Trigger) -> None:
        """Let one event, or one segment change, act on all runs and journeys."""
        restarted: set[str] = set()
        runs = sorted(self._runs(), key=lambda r: (r.entered, r.id))
        # What has ended comes first: acting on a run may enter a journey, in the place of a run that had ended.
        for run in runs:
            if not run.active and not run.goal_reached:
                reach_goal_late(self._running(run), event)
        for run in runs:
            if run.active:
                running = self._running(run)
                journey = self.engine.catalogue.version(run.journey, run.version)
                if not reach_goal(running, journey, event) and not self._react(
                    running, journey, event, trigger, restarted
                ):
                    self._release(running, event)
        for journey in self.engine.catalogue.entered_by(trigger):
            if journey.name not in restarted:
                self.entering().enter(journey, EntryEvent(event.name, event.id, event.properties, event.hops))

    def entering(self) -> Entering:
        return Entering(self.engine, self.file, self.change, self.now, self.after)

    def commit(self) -> None:
        self.engine.customers.commit(self.file, self.change)
        for act in self.after:
            act()

    def _profile(self) -> Profile:
        return self.change.profile or self.file.profile

    def _runs(self) -> list[Run]:
        return list({**self.file.runs, **self.change.runs}.values())

    def _running(self, run: Run) -> Running:
        return Running(self.engine, self.file, run, self.now, self.change, self.after)

    def _asked(self, event: Event, attributes: Mapping[str, Any], changed: bool) -> set[str]:
        return {
            rule.name for rule in self.engine.catalogue.segments
            if event.name in rule.events
            or not rule.attributes.isdisjoint(attributes)
            or (changed and "*" in rule.attributes)
        }  # fmt: skip

    def _engage(self, event: Event) -> None:
        about = engagement(event)
        if about is None:
            return
        for run in self._runs():
            if run.id == about[0] and self._is_asked(run):
                did = run.engaged.get(about[1], frozenset())
                self.change.put_run(changed(run, engaged={**run.engaged, about[1]: did | {about[2]}}))

    def _is_asked(self, run: Run) -> bool:
        """Say whether anybody may ask what became of a run's messages."""
        if run.active or run.exit_reason == FAILED:
            return True
        return reads_run_late(self.engine.catalogue.version(run.journey, run.version), run)

    def _react(
        self, running: Running, journey: CompiledJourney, event: Event, trigger: Trigger, restarted: set[str]
    ) -> bool:
        for reaction in journey.reactions:
            if reaction.trigger != trigger:
                continue
            if reaction.where and not holds(reaction.where, running, event):
                continue
            entry = EntryEvent(event.name, event.id, event.properties, event.hops)
            if reaction.do == "exit":
                running.end(f"exit:{reaction.reason or event.name}", stop=True)
            elif reaction.do == "restart":
                running.tell("restarted", reason=event.name)
                running.end("restarted", stop=True)
                restarted.add(journey.name)
                current = self.engine.catalogue.current(journey.name)
                self.entering().enter(current or journey, entry, instead_of=running.run, ask=False)
            else:
                running.tell("redirected", reason=event.name, to=reaction.to)
                running.end("redirected", stop=True)
                other = self.engine.catalogue.current(reaction.to)
                if other is not None:
                    own = Trigger("event", event.name) in other.enter.triggers
                    self.entering().enter(other, entry, ask=own)
            return True
        return False

    def _release(self, running: Running, event: Event) -> None:
        """Release the waits that began first: along one path an event releases one wait at most."""
        waiters = sorted((waiter for _, waiter in running.waiters()), key=lambda one: one.since)
        for waiter in waiters:
            if (
                waiter.run != running.run.id
                or waiter.released
                or releasing.is_spent(running.run, waiter.lane, event.id)
                or (waiter.deadline is not None and self.now >= waiter.deadline)
            ):
                continue
            found = next(
                (r for r in waiter.releases if releasing.is_about(r, event, running, waiter.state)), None
            )
            if found is not None:
                releasing.release(running, waiter, found["path"], {"event": dict(event.properties)}, event)
                if not running.run.active:
                    return

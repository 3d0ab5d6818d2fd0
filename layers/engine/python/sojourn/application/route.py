"""The behavioural router: what a customer did is stored, and moves every run and journey it is about.

The order, for one event and then for each segment change it brings about:

1. Whoever it says are the same person become one (`identifying`). An event known already is not stored again: storing
   it tells. What its first delivery began is completed.
2. Feedback changes the profile; attributes that come with it are set; segments are asked again.
3. Each active run, oldest first: a goal ends it; else the first `while_running` that matches acts; else waits
   that match are released. Ending wins over releasing.
4. Journeys it enters, except those it has just restarted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sojourn.application import receipts
from sojourn.application.acting import LIMITS, Acting
from sojourn.application.attempting import attempt, digest
from sojourn.application.completing import begin_overdue, complete
from sojourn.application.enrol import EntryEvent
from sojourn.application.identifying import one_person, told_of, whose
from sojourn.application.merging import bring_over, go_on
from sojourn.application.profile_alone import give_up
from sojourn.application.view import View
from sojourn.domain.compile.compiled import Trigger
from sojourn.domain.condition.evaluation import compile_condition
from sojourn.domain.customer.rows import MERGED, Event, changed
from sojourn.domain.decide.feedback import ENTERED_SEGMENT, LEFT_SEGMENT
from sojourn.domain.decide.learning import learned
from sojourn.domain.decide.merging import with_other
from sojourn.domain.decide.segments import membership
from sojourn.errors import EventKnown, TooLarge, TransientError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.identifying import Person
    from sojourn.application.ports import Engine
    from sojourn.application.traits import Traits
    from sojourn.domain.customer.rows import CustomerFile, Unfinished
    from sojourn.domain.decide.segments import SegmentRule


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event on its way in, and the attributes that come with it.

    Args:
        customer: whose it is, by the engine's id; "" where only the identities say so.
        identities: `anonymous_id`, `email`, `phone` and `device`, as far as they are said to be the same person's.
        merge: another customer, by id, who is told to be the same person, however well known; "" for none.
    """

    customer: str
    event: Event
    attributes: Mapping[str, Any] = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)
    merge: str = ""


def route(engine: Engine, incoming: Incoming) -> bool:
    """Store an event and act on it; return False where it had been stored before.

    Raises:
        TooLarge: it does something that no commit takes. What it says of the customer is written, what is too large is
            not.
    """
    customer, too_large = whose(engine, incoming), TooLarge()
    for limit in LIMITS:
        delivery = _Delivery(engine, incoming, customer, limit)
        try:
            _at_once_or_after_a_merge(engine, customer, delivery)
        except EventKnown:
            break
        except TooLarge as error:
            too_large = error
        else:
            _bring_over(engine, delivery.file)
            return True
    else:
        if give_up(engine, customer, incoming.event, told_of(engine, incoming)):
            raise too_large
    file = engine.customers.load(customer)
    complete(engine, file)
    _bring_over(engine, file)
    return False


def _at_once_or_after_a_merge(engine: Engine, customer: str, delivery: _Delivery) -> None:
    """Do a delivery; where somebody was left in the middle of becoming another, go on with that before."""
    try:
        attempt(engine, customer, delivery)
    except TransientError:
        if not go_on(engine, customer):
            raise
        attempt(engine, customer, delivery)


def _bring_over(engine: Engine, file: CustomerFile | None) -> None:
    """Go on with what is to be brought over to a customer; when that is done, ask what they are in now."""
    if file is None or not file.profile.merging:
        return
    done = bring_over(engine, file)

    def work(file: CustomerFile) -> None:
        if file.unfinished is not None:
            file = _finished(engine, file, file.unfinished, LIMITS[0])
        routing = _Routing(engine, file, engine.clock.now())
        profile = file.profile
        for source in set(done).intersection(profile.merging):
            profile = with_other(profile, source, MERGED)
        if profile is not file.profile:
            routing.change.profile = profile
            routing.ask({rule.name for rule in engine.catalogue.segments})
            routing.work_off()

    if done:
        attempt(engine, file.profile.id, work)


def bring_over_rest(engine: Engine, customer: str) -> None:
    """Go on bringing over to a customer what is left of those who became them: a sweep does, where no event comes."""
    _bring_over(engine, engine.customers.load(customer))


@dataclass(slots=True)
class _Delivery:
    """The work of one invocation on one event: what an event before left to be done comes first.

    Args:
        customer: of whom the event was said to be.
        begun: whether this invocation has begun with the event: what is left of it then is its own.
        file: the customer whose event it was in the end.
    """

    engine: Engine
    incoming: Incoming
    customer: str
    limit: int
    begun: bool = False
    file: CustomerFile | None = None

    def __call__(self, file: CustomerFile) -> None:
        file = begin_overdue(self.engine, file)
        left, event = file.unfinished, self.incoming.event
        if left is not None:
            file = self.file = _finished(self.engine, file, left, self.limit)
            if self.begun and left.event is not None and left.event.id == event.id:
                return
        self.begun = True
        now = self.engine.clock.now()
        person = one_person(self.engine, file, self.incoming, now, self._finish)
        routing = _Routing(self.engine, person.file, now, event.hops, self.limit)
        routing.know(person)
        routing.event(self.incoming, self.customer)
        self.file = routing.file

    def _finish(self, file: CustomerFile) -> CustomerFile:
        """Do what an event before left to be done for somebody who is to be another."""
        left = file.unfinished
        return file if left is None else _finished(self.engine, file, left, self.limit)


def enter_by_api(engine: Engine, customer: str, journey: str, entry: EntryEvent) -> bool:
    """Enter a customer into a journey directly (API, audience, schedule), under its rules; say whether they did."""

    def work(file: CustomerFile) -> bool:
        routing = _Routing(engine, file, engine.clock.now())
        compiled = engine.catalogue.current(journey)
        entered = compiled is not None and routing.entering().enter(compiled, entry)
        routing.commit()
        return entered

    return attempt(engine, customer, work)


def segments_reading(engine: Engine, customer: str, attributes: frozenset[str], hops: int = 0) -> None:
    """Ask the segments again that read any of these attributes, after a journey changed them.

    Args:
        hops: how many journeys in quick succession led to it.
    """
    names = {rule.name for rule in engine.catalogue.segments if not rule.attributes.isdisjoint(attributes)}
    ask_segments(engine, customer, names, hops)


def ask_segments(engine: Engine, customer: str, names: set[str], hops: int = 0) -> bool:
    """Ask these segments of a customer again, and act on what comes of it; say whether anything did.

    Nobody becomes known by being asked about: who was erased meanwhile stays so.
    """

    def work(file: CustomerFile) -> bool:
        if file.unfinished is not None:
            file = _finished(engine, file, file.unfinished, LIMITS[0])
        routing = _Routing(engine, file, engine.clock.now(), hops)
        if not file.revision or not routing.ask(names):
            return False
        routing.work_off()
        return True

    return bool(names) and attempt(engine, customer, work)


def _finished(engine: Engine, file: CustomerFile, left: Unfinished, limit: int) -> CustomerFile:
    """Do what an event before has left to be done; return the customer as they are then."""
    hops = left.event.hops if left.event is not None else 0
    routing = _Routing(engine, file, engine.clock.now(), hops, limit)
    routing.go_on(left)
    return routing.file


def _received(event: Event, now: datetime) -> Event:
    """Note when an event reached us; a clock that is ahead of ours puts nothing into the future."""
    if event.received == now and event.at <= now:
        return event
    return changed(event, received=now, at=min(event.at, now))


class _Routing(Acting):
    """One delivery, and what it says of the customer.

    Args:
        hops: how many journeys in quick succession led to it.
    """

    def __init__(
        self, engine: Engine, file: CustomerFile, now: datetime, hops: int = 0, limit: int = LIMITS[0]
    ) -> None:
        super().__init__(engine, file, now, limit)
        self.hops = hops
        self._traits: Traits | None = None

    def know(self, person: Person) -> None:
        """Remember who else is, or is not, the same person."""
        if person.profile is not self.file.profile:
            self.change.profile = changed(person.profile, since=self.profile().since)
        self.change.happened += person.happened

    def event(self, incoming: Incoming, customer: str) -> None:
        """Take an event in.

        Args:
            customer: of whom it was said to be.
        """
        event = _received(incoming.event, self.now)
        if receipts.is_of_nobody(self.file, event):
            return
        before = self.profile()
        receipt = receipts.read(self.engine, before, event, self.now, customer)
        event = self.change.event = receipt.event
        self.change.send = receipt.send
        if receipt.told is not None:
            self.change.happened.append(receipt.told)
        told = told_of(self.engine, incoming)
        profile = learned(receipt.profile, told, event.at, zone=self.engine.catalogue.policy.timezone)
        if profile is not before:
            self.change.profile = profile
        receipts.engage(self.engine, self.change, self.runs(), event)
        asked = self._asked(event, told, profile is not before)
        self.begin(event, asked)

    def ask(self, names: set[str]) -> bool:
        """Ask these segments, and enqueue who entered and left; say whether anything changed."""
        if not names:
            return False
        before = self.profile().segments
        now_in = membership(self.engine.catalogue.segments, names, before, self._belongs)
        entered, left = sorted(now_in - before), sorted(before - now_in)
        if entered or left:
            self.change.profile = replace(self.profile(), segments=now_in)
        for kind, event_name, segments in (
            ("left", LEFT_SEGMENT, left),
            ("entered", ENTERED_SEGMENT, entered),
        ):
            for name in segments:
                event_id = digest(self.file.profile.id, kind, name, self.now.isoformat())
                moved = Event(event_id, event_name, self.now, {"segment": name}, self.now, self.hops)
                self.enqueue(moved, Trigger(kind, name))
        return bool(entered or left)

    def _belongs(self, rule: SegmentRule, members: frozenset[str]) -> bool:
        profile = self.profile()
        if profile.segments != members:
            profile = replace(profile, segments=members)
        view = View(self.engine, profile, self.now, arrived=self.change.event, traits=self._traits)
        self._traits = view.traits
        return compile_condition(rule.when).evaluate(view).value

    def _asked(self, event: Event, attributes: Mapping[str, Any], changed: bool) -> set[str]:
        return {
            rule.name for rule in self.engine.catalogue.segments
            if event.name in rule.events
            or not rule.attributes.isdisjoint(attributes)
            or (changed and "*" in rule.attributes)
            or self.file.profile.merging
        }  # fmt: skip

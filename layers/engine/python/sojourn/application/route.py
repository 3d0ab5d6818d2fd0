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

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.application.acting import LIMITS, Progress
from sojourn.application.attempting import attempt
from sojourn.application.completing import begin_overdue, complete
from sojourn.application.drafted import version_for
from sojourn.application.enrol import EntryEvent
from sojourn.application.identifying import one_person, told_by_itself, whose
from sojourn.application.merging import bring_over, go_on
from sojourn.application.profile_alone import give_up, write_profile
from sojourn.application.routing import Routing, finished
from sojourn.domain.customer.rows import MERGED, Event
from sojourn.domain.decide.merging import with_other
from sojourn.errors import Conflict, EventKnown, TooLarge, TransientError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event on its way in, and the attributes that come with it.

    Args:
        customer: whose it is, by the engine's id; "" where only the identities say so.
        identities: `anonymous_id`, `email`, `phone` and `device`, as far as they are said to be the same person's.
        merge: another customer, by id, who is told to be the same person, however well known; "" for none.
        hearsay: anybody may have said it: of addresses it is believed little (`sojourn.domain.decide.hearsay`).
        journey: which one a program's call is to enter; "" for what a customer did. See `sojourn.application.calling`.
    """

    customer: str
    event: Event
    attributes: Mapping[str, Any] = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)
    merge: str = ""
    hearsay: bool = False
    journey: str = ""


def route(engine: Engine, incoming: Incoming) -> bool:
    """Store an event and act on it; return False where it had been stored before.

    Raises:
        TooLarge: it does something that no commit takes. What it says of the customer is written, what is too large is
            not.
    """
    return deliver(engine, incoming)[0]


def deliver(engine: Engine, incoming: Incoming) -> tuple[bool, CustomerFile]:
    """Do as `route` does; return besides whose the event was in the end."""
    customer, progress, too_large = whose(engine, incoming), Progress(), TooLarge()
    for limit in LIMITS:
        delivery = _Delivery(engine, incoming, customer, limit, progress)
        try:
            _at_once_or_after_a_merge(engine, customer, delivery)
        except EventKnown:
            break
        except TooLarge as error:
            too_large = error
        except (Conflict, TransientError):
            raise
        except Exception:
            # One of the runs breaks, or what was left before: their own word holds all the same.
            write_profile(engine, customer, incoming.event, told_by_itself(engine, incoming))
            raise
        else:
            _bring_over(engine, delivery.file)
            assert delivery.file is not None
            return True, delivery.file
    else:
        if give_up(engine, customer, incoming.event, told_by_itself(engine, incoming)):
            raise too_large
    file = engine.customers.load(customer)
    complete(engine, file)
    _bring_over(engine, file)
    return False, file


def _at_once_or_after_a_merge(engine: Engine, customer: str, delivery: _Delivery) -> None:
    """Do a delivery; where somebody was left in the middle of becoming another, go on with that before."""
    try:
        attempt(engine, customer, delivery, progress=lambda: delivery.progress.parts)
    except TransientError:
        if not go_on(engine, customer):
            raise
        attempt(engine, customer, delivery, progress=lambda: delivery.progress.parts)


def _bring_over(engine: Engine, file: CustomerFile | None) -> None:
    """Go on with what is to be brought over to a customer; when that is done, ask what they are in now."""
    if file is None or not file.profile.merging:
        return
    done, progress = bring_over(engine, file), Progress()

    def work(file: CustomerFile) -> None:
        file = finished(engine, file, progress)
        routing = Routing(engine, file, engine.clock.now(), progress=progress)
        profile = file.profile
        for source in set(done).intersection(profile.merging):
            profile = with_other(profile, source, MERGED)
        if profile is not file.profile:
            routing.change.profile = profile
            routing.ask({rule.name for rule in engine.catalogue.segments})
            routing.work_off()

    if done:
        attempt(engine, file.profile.id, work, progress=lambda: progress.parts)


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
    progress: Progress
    begun: bool = False
    file: CustomerFile | None = None

    def __call__(self, file: CustomerFile) -> None:
        file = begin_overdue(self.engine, file)
        left, event, now = file.unfinished, self.incoming.event, self.engine.clock.now()
        if self.begun and left is not None and left.event is not None and left.event.id == event.id:
            routing = Routing(self.engine, file, now, event.hops, self.limit, self.progress)
            routing.go_on(left)
            self.file = routing.file
            return
        file = self.file = self._finish(file)
        self.begun = True
        person = one_person(self.engine, file, self.incoming, now, self._finish)
        routing = Routing(self.engine, person.file, now, event.hops, self.limit, self.progress)
        routing.know(person)
        routing.event(person.incoming, self.customer)
        self.file = routing.file

    def _finish(self, file: CustomerFile) -> CustomerFile:
        """Do what an event before left to be done, for whoever it is about or who is to be another."""
        return finished(self.engine, file, self.progress)


def enter_by_api(engine: Engine, customer: str, journey: str, entry: EntryEvent) -> bool:
    """Enter a customer into a journey directly (audience, schedule), under its rules; say whether they did."""

    def work(file: CustomerFile) -> bool:
        routing = Routing(engine, finished(engine, file), engine.clock.now())
        compiled = version_for(engine.catalogue, routing.profile(), journey)
        entered = compiled is not None and routing.entering().enter(compiled, entry).run is not None
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
    progress = Progress()

    def work(file: CustomerFile) -> bool:
        file = finished(engine, file, progress)
        routing = Routing(engine, file, engine.clock.now(), hops, progress=progress)
        if not file.revision or not routing.ask(names):
            return False
        routing.work_off()
        return True

    return bool(names) and attempt(engine, customer, work, progress=lambda: progress.parts)

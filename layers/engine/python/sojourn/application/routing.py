"""One delivery of one event: what it says of the customer, and which segments are asked because of it.

Who it is about and what an earlier event left to be done are settled before (`route`); what it does to runs and
journeys is `acting`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.application import receipts
from sojourn.application.acting import LIMITS, Acting, Progress
from sojourn.application.attempting import digest
from sojourn.application.identifying import taught, told_of
from sojourn.application.view import View
from sojourn.domain.compile.compiled import API, Trigger
from sojourn.domain.condition.lazily import compile_condition
from sojourn.domain.customer.rows import Change, Event, changed
from sojourn.domain.decide.bounding import NO_ROOM, NO_ROOM_FOR_TOPIC, NOT_UNDERSTOOD, WRONG_TYPE, named
from sojourn.domain.decide.feedback import ENTERED_SEGMENT, LEFT_SEGMENT
from sojourn.domain.decide.learning import without_room
from sojourn.domain.decide.segments import membership
from sojourn.domain.ledger import Happening
from sojourn.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sojourn.application.identifying import Person
    from sojourn.application.ports import Engine
    from sojourn.application.route import Incoming
    from sojourn.application.traits import Traits
    from sojourn.domain.customer.rows import CustomerFile, Profile
    from sojourn.domain.decide.segments import SegmentRule


def finished(engine: Engine, file: CustomerFile, progress: Progress | None = None) -> CustomerFile:
    """Do what an event before has left to be done, if anything; return the customer as they are then.

    What no commit takes is given up: the customer's next event must not wait for it, nor share its fate.
    """
    progress = progress or Progress()
    for limit in LIMITS:
        left = file.unfinished
        if left is None:
            return file
        hops = left.event.hops if left.event is not None else 0
        routing = Routing(engine, file, engine.clock.now(), hops, limit, progress)
        try:
            routing.go_on(left)
        except TooLarge:
            file = engine.customers.load(file.profile.id)
        else:
            return routing.file
    return engine.customers.commit(file, Change(finished=True))


def received(event: Event, now: datetime) -> Event:
    """Note when an event reached us; a clock that is ahead of ours puts nothing into the future."""
    if event.received == now and event.at <= now:
        return event
    return changed(event, received=now, at=min(event.at, now))


class Routing(Acting):
    """One delivery, and what it says of the customer.

    Args:
        hops: how many journeys in quick succession led to it.
    """

    def __init__(
        self, engine: Engine, file: CustomerFile, now: datetime, hops: int = 0, limit: int = LIMITS[0],
        progress: Progress | None = None,
    ) -> None:  # fmt: skip
        super().__init__(engine, file, now, limit, progress)
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
        event = received(incoming.event, self.now)
        if receipts.is_of_nobody(self.file, event):
            return
        before = self.profile()
        receipt = receipts.read(self.engine, before, event, self.now, customer)
        if receipts.is_said_again(self.engine, before, receipt):
            self.change.profile = receipt.profile
            self.commit()
            return
        event = self.change.event = receipt.event
        self.change.send = receipt.send
        if receipt.told is not None:
            self.change.happened.append(receipt.told)
        told = told_of(self.engine, incoming)
        profile = taught(self.engine, receipt.profile, told, event.at, hearsay=incoming.hearsay)
        if profile is not before:
            self.change.profile = profile
        self._tell_left_out(incoming, receipt.profile, profile, told)
        receipts.engage(self.engine, self.change, self.runs(), event)
        asked = self._asked(event, told, profile is not before)
        self.begin(event, asked, Trigger(API, incoming.journey) if incoming.journey else None)

    def _tell_left_out(
        self, incoming: Incoming, before: Profile, after: Profile, told: Mapping[str, Any]
    ) -> None:
        """Tell what an event says and is not taken: by name, never what stood there."""
        event, policy = incoming.event, self.engine.catalogue.policy
        word = receipts.not_understood(event, policy.topics)
        left: dict[str, Sequence[str]] = {
            NO_ROOM: without_room(before, after, told, min(event.at, self.now)) if told else [],
            WRONG_TYPE: [name for name in incoming.attributes if name not in told],
            NO_ROOM_FOR_TOPIC: receipts.topics_left_out(event, before, policy.topics),
            NOT_UNDERSTOOD: word.unclear if word is not None else (),
        }
        for reason, names in left.items():
            if names:
                details = {**named(names), "by": event.id}
                if reason == NOT_UNDERSTOOD and word is not None:
                    details |= {"topics": named(word.topics)["names"], "channels": list(word.channels)}
                self.change.happened.append(
                    Happening(self.now, after.id, "", "", "", "left_out", "", reason, details)
                )

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

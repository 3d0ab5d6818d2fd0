"""Lets simulated customers live in a world: they arrive, do things, and react to what the journeys do.

It sees what a customer would see: the messages that went out, and (through the ledger) that a journey began or
waits. It decides nothing about journeys; that is for the engine.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.application.desk import COMPLETED, FAILED, RESCHEDULED, Answer, end_task
from sojourn.application.enrol import EntryEvent
from sojourn.application.ports import TaskRef
from sojourn.domain.customer.rows import Change, Event
from sojourn.domain.decide.feedback import MESSAGE_EVENTS, UNSUBSCRIBED
from sojourn.domain.journey.model.workspace import CHANNELS
from sojourn.domain.time.instants import iso
from sojourn.local.population.arrivals import Curve
from sojourn.local.population.links import tells_opening, tracked_links
from sojourn.local.population.person import Person, Stay
from sojourn.local.population.plan import USUAL_CALL, USUAL_TASK
from sojourn.local.population.values import made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.application.ports import Outgoing
    from sojourn.domain.ledger import Happening
    from sojourn.local.population.journeys import DuringPlan
    from sojourn.local.population.plan import Plan, Stream, TaskPlan
    from sojourn.local.population.reactions import ReactionPlan
    from sojourn.local.world import World

SOON = 120.0
"""Seconds from opening to clicking, from opening to unsubscribing, and until a bounce comes back, typically."""


class Behaviour:
    """Everything that the customers of one world do.

    Args:
        curves: the arrival curve of each zone, filled as zones come up; worlds of one plan share them.
    """

    def __init__(self, plan: Plan, seed: int, curves: dict[str, Curve]) -> None:
        self._plan = plan
        self._seed = seed
        self._curves = curves
        self._people: dict[str, Person] = {}
        self._world: World | None = None

    @property
    def world(self) -> World:
        """The world they live in, once `live_in` has told."""
        assert self._world is not None
        return self._world

    def live_in(self, world: World) -> None:
        """Say in which world they live: it must tell `happened` and `sent`."""
        self._world = world

    def add(self, index: int) -> None:
        """Let one more customer live: the one of this number, the same in every world."""
        person = Person(self._seed, index)
        self._people[person.id] = person
        plan, world = self._plan, self.world
        profile = plan.people.profile(person, plan.start)
        customers = world.customers
        for event, at in plan.people.history(person, plan.start):
            past = Event(self._event_id(person), event, at, {})
            customers.commit(customers.load(person.id), Change(event=past))
        world.add_customer(profile)
        curve = self._curve(profile.timezone or world.engine.catalogue.policy.timezone)
        for stream in plan.streams:
            self._begin(person, stream, curve)

    # -- what they do of their own accord

    def _curve(self, zone: str) -> Curve:
        curve = self._curves.get(zone)
        if curve is None:
            plan = self._plan
            curve = self._curves[zone] = Curve(
                plan.start, plan.arriving or plan.seconds, zone, plan.day, plan.week
            )
        return curve

    def _begin(self, person: Person, stream: Stream, curve: Curve) -> None:
        if stream.once:
            if person.happens(stream.mean):
                self._at(curve.at(person.chance.random()), person, partial(self._act, person, stream))
        elif stream.mean > 0.0:
            self._again(person, stream, curve, 0.0)

    def _again(self, person: Person, stream: Stream, curve: Curve, share: float) -> None:
        """Plan the next of several times: they come at random, evenly over what is busy in the span."""
        share += person.chance.expovariate(stream.mean)
        if share < 1.0:
            self._at(curve.at(share), person, partial(self._act_again, person, stream, curve, share))

    def _act_again(self, person: Person, stream: Stream, curve: Curve, share: float) -> None:
        self._act(person, stream)
        self._again(person, stream, curve, share)

    def _at(self, seconds: float, person: Person, act: Callable[[], None]) -> None:
        self.world.clock.call_at(self._plan.start + timedelta(seconds=seconds), act)

    def _act(self, person: Person, stream: Stream) -> None:
        if stream.event:
            self._do(person, stream.event, self._told(person, stream.event, {}))
            return
        told = made(self._plan.journeys[stream.journey].entry, person, self.world.clock.now())
        self.world.enter_with(person.id, stream.journey, EntryEvent("api", self._event_id(person), told))

    def _told(self, person: Person, event: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Make up what an event tells.

        Within a journey it is about the same things as the entry: the same cart, the same appointment; only what
        somebody guessed about this event comes first.
        """
        plan = self._plan.events.get(event)
        if plan is None:
            return {}
        now = self.world.clock.now()
        told = made(plan.said, person, now)
        for name, maker in plan.usual.items():
            told[name] = entry[name] if name in entry else maker(person, now)
        return told

    def _do(self, person: Person, event: str, properties: Mapping[str, Any]) -> None:
        self.world.happen(person.id, event, properties, self._event_id(person))

    @staticmethod
    def _event_id(person: Person) -> str:
        return f"{person.id}-{person.next_number()}"

    def _later(self, person: Person, typical: float, act: Callable[[], None]) -> None:
        clock = self.world.clock
        clock.call_at_microseconds(clock.microseconds + int(person.delay(typical) * 1_000_000), act)

    # -- what they do because of a journey

    def happened(self, happening: Happening) -> None:
        """React to what the ledger tells: a run that began, a step that waits, a task for a person."""
        what = happening.what
        if what == "entered":
            self._entered(happening)
        elif what == "waiting":
            self._waiting(happening)
        elif what == "tasked":
            self._tasked(happening)

    def _entered(self, happening: Happening) -> None:
        person = self._people[happening.customer]
        plan = self._plan.journeys[happening.journey]
        if not plan.goal and not plan.during:
            return
        run = self.world.customers.load(person.id).run(happening.run)
        entry = run.entry if run is not None else {}
        stay = person.stays[happening.run] = Stay(happening.journey, entry)
        self._convert(person, stay, plan.anyway)
        for during in plan.during:
            if not during.at:
                self._during(person, happening.run, stay, during)

    def _waiting(self, happening: Happening) -> None:
        plan = self._plan.journeys[happening.journey]
        for during in plan.during:
            if happening.step in during.at:
                person = self._people[happening.customer]
                stay = person.stays[happening.run]
                # Once a run: a customer asked twice to review a purchase may do it, or not.
                if during.event not in stay.decided:
                    stay.decided.add(during.event)
                    self._during(person, happening.run, stay, during)

    def _during(self, person: Person, run_id: str, stay: Stay, during: DuringPlan) -> None:
        if person.happens(during.share):
            self._later(
                person, during.after, partial(self._while_running, person, run_id, stay, during.event)
            )

    def _while_running(self, person: Person, run_id: str, stay: Stay, event: str) -> None:
        run = self.world.customers.load(person.id).run(run_id)
        if run is not None and run.active:
            self._do(person, event, self._told(person, event, stay.entry))

    def _convert(self, person: Person, stay: Stay, share: float) -> None:
        """Perhaps reach the goal, some time from now; a run converts once."""
        plan = self._plan.journeys[stay.journey]
        if plan.goal and not stay.converts and person.happens(share):
            stay.converts = True
            self._later(person, plan.after, partial(self._reach, person, stay, plan.goal))

    def _reach(self, person: Person, stay: Stay, goal: str) -> None:
        self._do(person, goal, self._told(person, goal, stay.entry))

    def _tasked(self, happening: Happening) -> None:
        person = self._people[happening.customer]
        plan = self._plan.tasks.get(str(happening.details["task"]), USUAL_TASK)
        drawn = person.chance.random()
        for outcome, share in (
            (COMPLETED, plan.completed),
            (FAILED, plan.failed),
            (RESCHEDULED, plan.rescheduled),
        ):
            if drawn < share:
                answer = made(plan.answer, person, happening.at)
                self._later(person, plan.after, partial(self._end_task, happening, plan, outcome, answer))
                return
            drawn -= share

    def _end_task(self, raised: Happening, plan: TaskPlan, outcome: str, answer: dict[str, Any]) -> None:
        waiter = self.world.customers.load(raised.customer).waiters.get((raised.run, raised.step))
        if waiter is None:
            return
        if outcome == RESCHEDULED:
            answer["until"] = iso(self.world.clock.now() + timedelta(seconds=plan.put_off))
        ref = TaskRef(raised.customer, raised.run, raised.step, waiter.since)
        end_task(self.world.engine, ref, Answer(outcome, answer))

    # -- what they do with messages

    def sent(self, outgoing: Outgoing) -> None:
        """React to a message: what its reader will do, and when."""
        send = outgoing.send
        person = self._people[send.customer]
        plan = (
            self._plan.journeys[send.journey].reactions.get(send.channel)
            or self._plan.reactions[send.channel]
        )
        about = {
            "step": send.step, "run": send.run, "send": send.id, "journey": send.journey, "message": send.message,
            "channel": send.channel,
        }  # fmt: skip
        if person.happens(plan.bounced):
            self._later(person, SOON, partial(self._do, person, MESSAGE_EVENTS["bounced"], about))
            return
        drawn = person.chance.random()
        if drawn < max(plan.opened, plan.clicked):
            url = self._clicked(person, plan, outgoing) if drawn < plan.clicked else ""
            # Of an email without the picture nobody hears that it was opened.
            seen = plan.seen and (send.channel != "email" or tells_opening(outgoing.rendered.parts, send.id))
            self._later(person, plan.after, partial(self._read, person, plan, about, url, seen))
        if person.happens(plan.replied):
            self._later(person, plan.after, partial(self._reply, person, plan, about))
        if person.happens(plan.complained):
            self._later(person, plan.after, partial(self._do, person, MESSAGE_EVENTS["complained"], about))
        if send.marketing and person.happens(plan.unsubscribed):
            said = {"topic": send.topic, "channels": list(CHANNELS)}
            self._later(person, plan.after, partial(self._do, person, UNSUBSCRIBED, said))

    def _clicked(self, person: Person, plan: ReactionPlan, outgoing: Outgoing) -> str:
        """Choose the link that is clicked; behind a message without one there is at least the shop."""
        if plan.link is not None:
            return str(plan.link(person, self.world.clock.now()))
        links = tracked_links(outgoing.rendered.parts.values(), outgoing.send.id)
        return links[person.chance.randrange(len(links))] if links else "https://shop.example/"

    def _read(
        self, person: Person, plan: ReactionPlan, about: Mapping[str, Any], url: str, seen: bool
    ) -> None:
        stay = person.stays.get(about["run"])
        journey = self._plan.journeys[about["journey"]]
        if seen:
            self._do(person, MESSAGE_EVENTS["opened"], about)
            if stay is not None:
                self._convert(person, stay, journey.opened)
        if url:
            self._later(person, SOON, partial(self._click, person, stay, about, url))

    def _click(self, person: Person, stay: Stay | None, about: Mapping[str, Any], url: str) -> None:
        self._do(person, MESSAGE_EVENTS["clicked"], {**about, "url": url})
        if stay is not None:
            self._convert(person, stay, self._plan.journeys[stay.journey].clicked)

    def _reply(self, person: Person, plan: ReactionPlan, about: Mapping[str, Any]) -> None:
        text = plan.reply(person, self.world.clock.now())
        self._do(person, MESSAGE_EVENTS["replied"], {**about, "text": str(text)})

    # -- what webhooks answer them

    def call(self, call_id: str, url: str, payload: Mapping[str, Any], step: str) -> tuple[int, Any]:
        """Answer a webhook, as the application's port asks."""
        person = self._people[payload["customer"]]
        plan = self._plan.calls.get(step, USUAL_CALL)
        if not person.happens(plan.answered):
            return 503, {}
        return 200, made(plan.answer, person, self.world.clock.now())

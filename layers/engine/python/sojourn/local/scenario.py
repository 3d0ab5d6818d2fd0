"""Plays a scenario in a world of its own, and compares what happened with what was expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.application.desk import OUTCOMES, RESCHEDULED, Answer
from sojourn.application.ports import TaskRef
from sojourn.domain.customer.identity import ANONYMOUS, ANONYMOUS_ID, unknown_id
from sojourn.domain.customer.rows import Profile
from sojourn.domain.decide.feedback import MESSAGE_EVENTS, SUBSCRIBED, UNSUBSCRIBED
from sojourn.domain.journey.model.workspace import CHANNELS
from sojourn.domain.time.durations import parse_offset
from sojourn.domain.time.instants import iso, parse_instant
from sojourn.local.expecting import matches, said
from sojourn.local.trace import in_time, since
from sojourn.local.world import World

if TYPE_CHECKING:
    from sojourn.domain.journey.model.scenario import (
        Also,
        Expectation,
        Scenario,
        ScenarioCustomer,
        ScenarioEvent,
    )
    from sojourn.domain.ledger import Happening
    from sojourn.local.deployment import Deployment

MakeWorld = Callable[["Deployment", datetime, Callable[["Happening"], None]], World]

LONGEST = timedelta(days=366)


@dataclass(slots=True)
class Played:
    """What came of a scenario: the trace, and what was not as expected (nothing: it passed)."""

    start: datetime
    trace: list[Happening]
    failures: list[str] = field(default_factory=list)


def play(scenario: Scenario, deployment: Deployment, make_world: MakeWorld = World) -> Played:
    """Play *scenario* against the workspace's journeys and check its expectations.

    Args:
        make_world: makes the world it is played in; another one runs the machines on another interpreter.
    """
    return _Play(scenario, deployment, make_world).run()


class _Play:
    def __init__(self, scenario: Scenario, deployment: Deployment, make_world: MakeWorld) -> None:
        self.scenario = scenario
        self.deployment = deployment
        zone = deployment.catalogue.policy.timezone
        self.start = parse_instant(scenario.start, zone)
        self.zone = zone
        self.happened: list[Happening] = []
        self.world = make_world(deployment, self.start, self.happened.append)
        self.failures: list[str] = []
        self.faults: dict[str, Also] = {}

    def run(self) -> Played:
        for customer in self.scenario.customers:
            self.world.add_customer(_profile(customer, self.deployment))
        self.world.webhooks.answers |= {
            step: (call.status, call.answer) for step, call in self.scenario.calls.items()
        }
        self._plan()
        until = self._at(self.scenario.until) if self.scenario.until else None
        last = until or self.start + LONGEST
        self.world.plan_schedules(last)
        self._run_until(until, last)
        self.world.catch_up()
        trace = [one for one in in_time(self.happened) if one.at <= last]
        self._expect(trace)
        return Played(self.start, trace, self.failures)

    def _run_until(self, until: datetime | None, last: datetime) -> None:
        """Run to *until*; without it, day by day until every run has ended and nothing is planned to happen."""
        if until is not None:
            self.world.clock.run(until)
            return
        written = [event.at for event in self.scenario.events] + [also.at for also in self.scenario.also]
        planned = [self._at(text) for text in written]
        expected = [self._at(one.at) for one in self.scenario.expect if one.at]
        least = max([*planned, *expected, self.start])
        day = self.start
        while day < last and (day <= least or self.world.busy):
            day = min(day + timedelta(days=1), last)
            self.world.clock.run(day)

    def _plan(self) -> None:
        for event in self.scenario.events:
            self.world.clock.call_at(
                self._at(event.at),
                partial(self._happen, event),
            )
        for also in self.scenario.also:
            self.world.clock.call_at(self._at(also.at), partial(self._do, also))

    def _happen(self, event: ScenarioEvent) -> None:
        who = event.customer or event.anonymous or ""
        said = event.identities.model_dump(exclude_none=True) if event.identities else {}
        if event.anonymous:
            said[ANONYMOUS_ID] = event.anonymous
        self.world.happen(
            event.customer or "", event.event, event.properties, f"{who}:{event.id}" if event.id else "",
            event.attributes, identities=said, merge=event.merge or "",
        )  # fmt: skip

    def _at(self, text: str) -> datetime:
        if text.startswith("+"):
            return self.start + parse_offset(text)
        return parse_instant(text, self.zone)

    def _do(self, also: Also) -> None:
        if also.fault is not None:
            self._fault(also)
            return
        customer = self._whose(also)
        for kind, name in MESSAGE_EVENTS.items():
            step = getattr(also, kind)
            if step is not None:
                self._feedback(customer, kind, name, step, also)
        if also.completed or also.failed or also.rescheduled:
            self._end_task(customer, also)
        for topic, name in ((also.unsubscribed, UNSUBSCRIBED), (also.subscribed, SUBSCRIBED)):
            if topic is not None:
                channels = [also.channel] if also.channel else list(CHANNELS)
                self.world.happen(customer, name, {"topic": topic, "channels": channels})
        if also.set is not None:
            self.world.happen(customer, "customer_updated", {}, attributes=also.set)
        if also.enter is not None:
            self.world.enter(customer, also.enter, also.properties)

    def _whose(self, also: Also) -> str:
        """Return who does something outside events: whoever an anonymous id is by now; the first if none is named."""
        if also.anonymous is None:
            return also.customer or self.scenario.customers[0].id
        return self.world.customers.load(unknown_id(ANONYMOUS, also.anonymous.strip())).profile.id

    def _fault(self, also: Also) -> None:
        channels = [also.channel] if also.channel else list(CHANNELS)
        for channel in channels:
            self.world.senders[channel].fault = also.fault or ""
            self.faults[channel] = also
        if also.until:
            self.world.clock.call_at(self._at(also.until), partial(self._mend, also, channels))

    def _mend(self, also: Also, channels: list[Any]) -> None:
        """End a fault, unless another has begun on the channel meanwhile."""
        for channel in channels:
            if self.faults.get(channel) is also:
                self.world.senders[channel].fault = ""

    def _feedback(self, customer: str, kind: str, name: str, step: str, also: Also) -> None:
        sends = [
            send
            for send in self.world.customers.sends(customer)
            if send.step == step and send.status != "failed"
        ]
        if not sends:
            self.failures.append(f'at {also.at} "{customer}" {kind} "{step}", which was not sent by then')
            return
        send = sends[-1]
        properties = {
            "step": step, "run": send.run, "send": send.id, "journey": send.journey, "message": send.message,
            "channel": send.channel,
        }  # fmt: skip
        said = {name: getattr(also, name) for name in ("text", "url", "hard", "machine")}
        self.world.happen(
            customer, name, properties | {key: value for key, value in said.items() if value is not None}
        )

    def _end_task(self, customer: str, also: Also) -> None:
        outcome, step = next((kind, getattr(also, kind)) for kind in OUTCOMES if getattr(also, kind))
        answer = dict(also.answer)
        if outcome == RESCHEDULED and also.until:
            answer["until"] = iso(self._at(also.until))
        for key, waiter in self.world.customers.load(customer).waiters.items():
            if key[1] == step and waiter.kind == "task" and not waiter.released:
                self.world.end_task(
                    TaskRef(customer, waiter.run, step, waiter.since), Answer(outcome, answer)
                )
                return
        self.failures.append(
            f'at {also.at} the task "{step}" of "{customer}" was {outcome}, but it was not open then'
        )

    def _expect(self, trace: list[Happening]) -> None:
        position = 0
        for expected in self.scenario.expect:
            at = self._at(expected.at) if expected.at else None
            found = next((i for i in range(position, len(trace)) if self._is(expected, trace[i], at)), None)
            if found is None:
                self.failures.append(self._missing(expected, trace, at))
            else:
                position = found + 1
        for unwanted in self.scenario.never:
            at = self._at(unwanted.at) if unwanted.at else None
            found_one = next((one for one in trace if self._is(unwanted, one, at)), None)
            if found_one is not None:
                self.failures.append(
                    f"never {said(unwanted)}, but it did at {since(found_one.at, self.start)}"
                )

    def _is(self, expected: Expectation, one: Happening, at: datetime | None) -> bool:
        return matches(expected, one, at, self._at)

    def _missing(self, expected: Expectation, trace: list[Happening], at: datetime | None) -> str:
        elsewhere = [one for one in trace if matches(expected, one, None, self._at)]
        text = f"expected {said(expected)}"
        if not elsewhere:
            return f"{text}, but it never came"
        times = ", ".join(since(one.at, self.start) for one in elsewhere[:3])
        if at is not None and all(one.at != at for one in elsewhere):
            return f"{text}, but it came at {times}"
        return f"{text} after what stands before it, but it came at {times}"


def _profile(customer: ScenarioCustomer, deployment: Deployment) -> Profile:
    topics = deployment.catalogue.policy.topics
    consents = {
        (topic, channel): channel in wanted
        for topic, wanted in (customer.consents or {}).items()
        for channel in topics[topic].channels
    }
    return Profile(
        id=customer.id, attributes=dict(customer.attributes), timezone=customer.timezone, locale=customer.locale,
        email=customer.email, phone=customer.phone, device=customer.device, consents=consents,
        suppressed=dict.fromkeys(customer.suppressed, "bounce"), holdout=customer.holdout,
    )  # fmt: skip

"""SJ320: what is about one of several things says about which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.condition.references import references
from sojourn.domain.findings import Severity
from sojourn.domain.journey.model.steps import WaitFor
from sojourn.domain.journey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context, JourneyView
    from sojourn.domain.places import Span


class EventWithoutKey(Rule):
    """In a journey with a key, an event that has the key's property is compared with the entry.

    What:
        The journey has a `key`, and its goal, a `while_running` or a `wait_for` names an event that carries the same
        property, without a `where`.
    Why:
        A customer can be in the journey several times, once per key. Without a `where` one event is about all of these
        runs: who buys one cart would be taken to have bought the other as well.
    Instead of:
        enter: {on: cart_updated, key: event.cart_id, again: always}
        goal: {event: order_completed}
        steps:
          - wait: 2 hours
          - {id: reminder, send: reminder}
    Write:
        enter: {on: cart_updated, key: event.cart_id, again: always}
        goal: {event: order_completed, where: event.cart_id == entry.cart_id}
        steps:
          - wait: 2 hours
          - {id: reminder, send: reminder}
    """

    code = "SJ320"
    name = "event-without-key"
    severity = Severity.WARNING

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at every event that acts on a run of a journey with a key."""
        for view in context.journeys.values():
            keyed = {
                str(found.path[1])
                for found in references(view.journey.enter.key or "")
                if found.path[0] == "event" and len(found.path) > 1
            }
            for event, at in _without_where(view):
                shared = sorted(keyed & context.event_types.get(event, {}).keys())
                if shared:
                    yield self.finding(
                        f'"{event}" acts on every run of the customer, whatever its "{shared[0]}"',
                        view.file,
                        at,
                        f"add `where: event.{shared[0]} == entry.{shared[0]}`",
                    )


def _without_where(view: JourneyView) -> Iterator[tuple[str, Span]]:
    goal = view.journey.goal
    if goal is not None and goal.where is None:
        yield goal.event, goal.place("event")
    for reaction in view.journey.while_running:
        if isinstance(reaction.on, str) and reaction.where is None:
            yield reaction.on, reaction.place("on")
    for node in view.steps_of(WaitFor):
        for release in node.step.wait_for if isinstance(node.step, WaitFor) else ():
            if release.event is not None and release.where is None:
                yield release.event, release.place("event")

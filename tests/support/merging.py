"""People who turn out to be the same, over any adapter of `Customers`; and an adapter that dies at any call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.application.route import Incoming, route
from sojourn.domain.customer.identity import ANONYMOUS, unknown_id
from sojourn.domain.customer.rows import Event
from tests.support.engine_room import Crash, Room

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sojourn.application.ports import Customers
    from sojourn.domain.customer.rows import CustomerFile, Profile

CART = """
enter: {on: began, again: always}
goal: {event: stopped}
steps:
  - {wait: 1 hour}
  - {id: s, send: hello, delivery: at_most_once}
  - {id: seen, wait_for: [{event: did_it}], up_to: 2 days}
"""
A1 = unknown_id(ANONYMOUS, "a1")
A2 = unknown_id(ANONYMOUS, "a2")
EVENTS = ("began", "did_it", "stopped", "changed")


class Dying:
    """Customers whose n-th call dies: before it does anything, or after."""

    def __init__(self, customers: Customers, at: int = 0, *, after: bool = False) -> None:
        self._customers, self._at, self._after = customers, at, after
        self.calls: list[str] = []
        self.meanwhile: dict[str, list[Callable[[], object]]] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._customers, name)

        def call(*given: Any, **named: Any) -> Any:
            self.calls.append(name)
            if self.meanwhile.get(name):
                self.meanwhile[name].pop(0)()
            dies = len(self.calls) == self._at
            if dies and not self._after:
                raise Crash
            answer = found(*given, **named)
            if dies:
                raise Crash
            return answer

        return call


class Persons:
    """A room whose customers are kept by one of the adapters; whoever does something there is named by anything."""

    def __init__(self, customers: Customers, *journeys: str, **room: Any) -> None:
        self.room = Room(*(journeys or (CART,)), **room)
        self.customers = customers
        self.through(customers)

    def through(self, customers: Any) -> Any:
        """Let the use cases reach the customers so."""
        self.room.customers = customers
        self.room.engine = replace(self.room.engine, customers=customers)
        return customers

    def did(
        self, name: str, event_id: str, customer: str = "", *, anonymous: str = "", merge: str = "",
        at: datetime | None = None, becomes: dict[str, Any] | None = None, context: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None, **identities: str,
    ) -> bool:  # fmt: skip
        """Let somebody do something now."""
        event = Event(event_id, name, at or self.room.clock.at, properties or {}, context=context or {})
        said = {**identities, **({"anonymous_id": anonymous} if anonymous else {})}
        return route(self.room.engine, Incoming(customer, event, becomes or {}, said, merge))

    def file(self, customer: str) -> CustomerFile:
        return self.customers.load(customer)

    def profile(self, customer: str) -> Profile:
        return self.file(customer).profile

    def events(self, customer: str, names: Sequence[str] = EVENTS) -> list[str]:
        """Return the ids of what a customer did."""
        return sorted(event.id for name in names for event in self.customers.events(customer, name))

    def told(self, store: Any, *whats: str) -> list[str]:
        return sorted(f"{one.what} {one.reason}".strip() for one in store.happened if one.what in whats)


def until_done(work: Callable[[], object], tries: int = 20) -> None:
    """Deliver something again and again, as a queue does, until nothing dies."""
    for _ in range(tries):
        try:
            work()
        except Crash:
            continue
        return
    raise AssertionError("it dies each time")

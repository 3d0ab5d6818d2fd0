"""What conditions and templates can read, for one customer in one run at one instant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.application.seen import seen
from sojourn.application.traits import Known, Traits
from sojourn.domain.decide.feedback import by_program
from sojourn.domain.decide.reaching import address_of, consented, zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sojourn.application.ports import Catalogue, Customers
    from sojourn.domain.customer.rows import Event, Profile, Run

_EMPTY: Mapping[str, Any] = {}


class Readable(Protocol):
    """What is read of the ports: an engine has it, and so has whoever only asks."""

    @property
    def customers(self) -> Customers:
        """What customers did."""

    @property
    def catalogue(self) -> Catalogue:
        """What is published."""


class View:
    """The scope of conditions (`sojourn.domain.condition.evaluation.Scope`), read lazily.

    Args:
        profile: the customer as of now, this change included.
        run: None while the customer is only about to enter.
        state: the run's state, for the outcomes of steps.
        event: the event a `where` is about.
        arrived: the event that is being stored: the customer did it, though no storage knows it yet.
        traits: of another view of this customer at this instant, so that none is worked out twice.
    """

    __slots__ = (
        "_arrived", "_customer", "_engine", "_profile", "_run", "_steps", "_traits", "entry", "event", "now",
    )  # fmt: skip

    def __init__(
        self, engine: Readable, profile: Profile, now: datetime, run: Run | None = None,
        state: Mapping[str, Any] = _EMPTY, event: Mapping[str, Any] | None = None,
        entry: Mapping[str, Any] | None = None, arrived: Event | None = None, traits: Traits | None = None,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._profile = profile
        self._run = run
        self._arrived = arrived
        self._steps: Mapping[str, Any] = state.get("steps", _EMPTY)
        self._customer: Mapping[str, Any] | None = None
        self.entry = run.entry if run is not None else entry if entry is not None else _EMPTY
        self.event = event
        self.now = now
        # Once the event is stored, what was worked out with it beside the storage would count it twice.
        self._traits = traits if traits is not None and traits.arrived is arrived else None

    @property
    def customer(self) -> Mapping[str, Any]:
        """The customer's attributes and traits, and who they are: `id`, `email`, `phone`, `timezone`, `locale`."""
        if self._customer is None:
            attributes = known(self._profile)
            self._customer = Known(attributes, self.traits) if self._engine.catalogue.traits else attributes
        return self._customer

    @property
    def traits(self) -> Traits:
        """The customer's computed traits."""
        if self._traits is None:
            self._traits = Traits(self._engine.catalogue.traits, self._events, self.now, self._arrived)
        return self._traits

    @property
    def steps(self) -> Mapping[str, Mapping[str, Any]]:
        """The outcomes so far; a wait that timed out took the path `otherwise`."""
        return {
            step: {"path": "otherwise"} if "Error" in outcome else outcome
            for step, outcome in self._steps.items()
            if outcome
        }

    def did(self, event: str, within: timedelta | None = None) -> bool:
        """Whether the customer did something, within so long before now."""
        return self.times(event, within) > 0

    def times(self, event: str, within: timedelta | None = None) -> int:
        """How often the customer did something."""
        if within is None:
            return len(self._events(event))
        since = self.now - within
        # Nothing is received before it happened, so that the window holds nothing that was received before it.
        return sum(1 for one in self._events(event, since) if one.at > since)

    def last(self, event: str) -> datetime | None:
        """When the customer did something last."""
        return max((one.at for one in self._events(event)), default=None)

    def _events(self, name: str, since: datetime | None = None) -> Sequence[Event]:
        events = seen(self._engine.customers, self._profile, name, since)
        if self._arrived is None or self._arrived.name != name or by_program(self._arrived):
            return events
        return (*events, self._arrived)

    def in_segment(self, name: str) -> bool:
        """Whether the customer is in a segment now."""
        return name in self._profile.segments

    def opened(self, step: str) -> bool:
        """Whether the message of a step of this run was opened."""
        return self._engaged(step, "opened") or self._engaged(step, "clicked")

    def clicked(self, step: str) -> bool:
        """Whether a link in the message of a step of this run was clicked."""
        return self._engaged(step, "clicked")

    def _engaged(self, step: str, how: str) -> bool:
        return self._run is not None and how in self._run.engaged.get(step, ())

    def consented(self, topic: str, channel: str) -> bool:
        """Whether the customer wants a topic on a channel."""
        return consented(self._profile, self._engine.catalogue.policy, topic, channel)

    def reachable(self, channel: str) -> bool:
        """Whether a channel reaches the customer at all."""
        return channel not in self._profile.suppressed and address_of(self._profile, channel) is not None

    def engaged(self, channel: str, within: timedelta | None = None) -> bool:
        """Whether the customer, and no machine, opened, clicked or replied on a channel, within so long before now."""
        # Imported here, as few conditions ask, and a function that evaluates none begins sooner.
        from sojourn.domain.decide.segments import last_engaged

        at = last_engaged(self._profile.engagement, channel)
        return at is not None and (within is None or at > self.now - within)

    def local(self, time: datetime) -> datetime:
        """A time on the customer's own wall clock."""
        from sojourn.domain.time.local_time import wall_clock  # imported here, as above

        return wall_clock(time, zone_of(self._profile, self._engine.catalogue.policy).name)


def known(profile: Profile) -> dict[str, Any]:
    """Return what conditions and templates can read of a customer; but for `id`, an attribute of such a name wins."""
    return {
        "email": profile.email, "phone": profile.phone, "timezone": profile.timezone, "locale": profile.locale,
        **profile.attributes, "id": profile.id,
    }  # fmt: skip

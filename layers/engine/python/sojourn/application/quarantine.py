"""Takes an event in, unless it is not what the workspace says of it: then it is kept aside, as it came.

What is kept aside has changed nothing: no attribute is learned from it, no run hears of it. It can be put on the bus
again under its id, once the plan fits it or when the application that sent it has been mended; or dropped. It knows
no table and no queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sojourn.application.identifying import whose
from sojourn.application.profile_alone import is_stored
from sojourn.application.route import route
from sojourn.domain.decide.plan import amiss
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from sojourn.application.ports import Engine
    from sojourn.application.route import Incoming


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event that is kept aside.

    Args:
        customer: whose it is, as far as is known.
        reasons: place, what is wanted there and what kind of thing is found; no value.
        detail: the event as `sojourn.aws_runtime.incoming.inbound` reads it.
    """

    customer: str
    id: str
    name: str
    received: datetime
    reasons: tuple[str, ...]
    detail: Mapping[str, Any]


class Quarantine(Protocol):
    """Where events are kept aside."""

    def put(self, event: Quarantined) -> bool:
        """Keep an event; say whether it was not kept already.

        Raises:
            TransientError: it may be tried again.
        """


def take_in(engine: Engine, quarantine: Quarantine, incoming: Incoming) -> str:
    """Route an event, or keep it aside; return `routed`, `quarantined`, or `known` for a second delivery.

    One that acted under an older plan is known, whatever the plan says by now.

    Raises:
        AuthorError: it never will be: it says nothing of whom it is, or see `route`.
    """
    policy = engine.catalogue.policy
    event = incoming.event
    wrong = amiss(policy.events, policy.attributes, event, incoming.attributes, policy.topics)
    if not wrong:
        return "routed" if route(engine, incoming) else "known"
    # Whoever became somebody else meanwhile has their rows there.
    file = engine.customers.load(whose(engine, incoming))
    if is_stored(engine, file, event):
        # It was as planned when it came first, and what it began then is completed.
        return "routed" if route(engine, incoming) else "known"
    aside = Quarantined(
        file.profile.id, event.id, event.name, engine.clock.now(), tuple(map(str, wrong)), detail_of(incoming)
    )
    return "quarantined" if quarantine.put(aside) else "known"


def detail_of(incoming: Incoming) -> dict[str, Any]:
    """Return an event as it comes in: what is read from it is *incoming* again."""
    event = incoming.event
    said = {
        "customer": incoming.customer, "identities": dict(incoming.identities), "id": event.id, "name": event.name,
        "time": iso(event.at), "properties": dict(event.properties), "attributes": dict(incoming.attributes),
        "context": dict(event.context), "merge": incoming.merge, "hearsay": incoming.hearsay, "hops": event.hops,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value or name == "properties"}

"""Writes what an event says of its customer, where all that it sets off is more than one commit takes.

An event is stored together with everything it does, so that it is done once. Where that does not fit, nothing of it
is, and it is delivered again once the rest fits. What it says of the customer cannot wait so long: who takes a consent
back, complains or bounces is messaged no more, whatever becomes of the runs. It may be written twice without harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import attempt
from sojourn.domain.customer.rows import Change
from sojourn.domain.decide.feedback import profile_after
from sojourn.domain.decide.learning import learned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile, Event


def is_stored(engine: Engine, customer: str, event: Event) -> bool:
    """Say whether this is a second delivery, which a commit that is too large does not come to ask."""
    return any(one.id == event.id for one in engine.customers.events(customer, event.name))


def write_profile_alone(engine: Engine, customer: str, event: Event, attributes: Mapping[str, Any]) -> None:
    """Write the profile as the event leaves it, and nothing else, the event included."""

    def work(file: CustomerFile) -> None:
        profile = learned(profile_after(event, file.profile), attributes)
        if profile is not file.profile:
            engine.customers.commit(file, Change(profile=profile))

    attempt(engine, customer, work)

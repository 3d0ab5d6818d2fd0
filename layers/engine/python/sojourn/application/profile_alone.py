"""Gives up an event that does something no commit takes, however few rows it writes: one row is too large.

What it says of the customer is written all the same: who takes a consent back, complains or bounces is messaged no
more, whatever becomes of the runs. It may be written twice without harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.application import receipts
from sojourn.application.attempting import attempt
from sojourn.domain.customer.rows import Change
from sojourn.domain.decide.learning import learned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile, Event


def give_up(engine: Engine, customer: str, event: Event, attributes: Mapping[str, Any]) -> bool:
    """Give up what is left of an event; say whether there was anything: else it is a second delivery.

    Of one that is stored, what is left undone is given up, as the customer's next event must not wait for it. Of one
    that is not, the profile is written as the event leaves it, and nothing else.
    """

    def work(file: CustomerFile) -> bool:
        left, before, now = file.unfinished, file.profile, engine.clock.now()
        if left is not None and left.event is not None and left.event.id == event.id:
            engine.customers.commit(file, Change(finished=True))
            return True
        known = engine.customers.events(before.id, event.name, also=before.merging)
        if any(one.id == event.id for one in known):
            return False
        receipt = receipts.read(engine, before, event, now, customer)
        zone = engine.catalogue.policy.timezone
        profile = learned(receipt.profile, attributes, min(event.at, now), zone=zone)
        if profile is not before:
            engine.customers.commit(file, Change(profile=profile))
        return True

    return attempt(engine, customer, work)

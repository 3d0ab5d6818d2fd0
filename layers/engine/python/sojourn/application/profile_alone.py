"""Writes what an event says of its customer where nothing else of it can be written.

What it does is more than any commit takes, as one row is too large; or one of the runs it is about breaks. Who takes a
consent back, complains or bounces is messaged no more, whatever becomes of the runs. It may be written twice without
harm.
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
        left = file.unfinished
        if left is not None and left.event is not None and left.event.id == event.id:
            engine.customers.commit(file, Change(finished=True))
            return True
        if is_stored(engine, file, event):
            return False
        _write(engine, file, customer, event, attributes)
        return True

    return attempt(engine, customer, work)


def write_profile(engine: Engine, customer: str, event: Event, attributes: Mapping[str, Any]) -> None:
    """Write what a new event says of its customer, and nothing else, the event included."""

    def work(file: CustomerFile) -> None:
        if not is_stored(engine, file, event):
            _write(engine, file, customer, event, attributes)

    attempt(engine, customer, work)


def is_stored(engine: Engine, file: CustomerFile, event: Event) -> bool:
    """Say whether an event is known already; it costs a read."""
    return engine.customers.event(file.profile.id, event.id, also=file.profile.merging) is not None


def _write(
    engine: Engine, file: CustomerFile, customer: str, event: Event, attributes: Mapping[str, Any]
) -> None:
    if receipts.is_of_nobody(file, event):
        return
    before, now = file.profile, engine.clock.now()
    receipt = receipts.read(engine, before, event, now, customer)
    zone = engine.catalogue.policy.timezone
    profile = learned(receipt.profile, attributes, min(event.at, now), zone=zone)
    if profile is not before:
        engine.customers.commit(file, Change(profile=profile))

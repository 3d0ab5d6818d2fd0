"""What a customer did, as conditions, waits and traits see it: the one place where it is read for them.

What a program opened or clicked is not among it, under whatever name somebody asks for it. It is kept and shown all the
same; an event that comes in is asked before it acts (`acting`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.decide.feedback import CLICKED, OPENED, by_program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sojourn.application.ports import Customers
    from sojourn.domain.customer.rows import Event, Profile


def seen(customers: Customers, profile: Profile, name: str, since: datetime | None = None) -> Sequence[Event]:
    """Return what a customer did under a name, by `at`, oldest first.

    Args:
        since: only what was received at that instant or later.
    """
    events = customers.events(profile.id, name, since, profile.merging)
    return [one for one in events if not by_program(one)] if name in (OPENED, CLICKED) else events

"""However a channel is written in an event: what comes in is about the channel that it means, and is kept so."""

from __future__ import annotations

from sojourn.adapters.memory.customers import MemoryCustomers
from tests.support.merging import Persons


def test_a_complaint_that_comes_in_is_kept_with_the_channels_own_name() -> None:
    """So that whoever shows it, or asks for it, finds one."""
    persons = Persons(MemoryCustomers())
    persons.did("did_it", "first", "c-1", becomes={"email": "ana@example.com"})

    persons.did("message_complained", "spam", "c-1", properties={"channel": "Email"})

    (kept,) = persons.customers.events("c-1", "message_complained")
    assert (kept.properties["channel"], persons.profile("c-1").suppressed) == (
        "email",
        {"email": "complaint"},
    )

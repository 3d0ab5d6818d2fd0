"""Receipts come twice and in any order: what is known in the end is the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.adapters.memory.catalogue import MemoryCatalogue
from sojourn.application.route import Incoming, route
from sojourn.application.send import do_send
from sojourn.domain.customer.rows import Event
from tests.support.engine_room import START, Room

JOURNEY = "enter: {on: began}\nsteps: [{id: s, send: hello, via: [%s]}, {wait: 30 days}]"
KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("message_sent", {"provider_id": "m-1"}), ("message_delivered", {"provider_id": "m-1"}), ("message_delayed", {}),
    ("message_bounced", {"hard": True}), ("message_bounced", {"hard": False}), ("message_complained", {}),
    ("message_rejected", {}), ("message_failed", {}), ("message_opened", {}), ("message_opened", {"machine": True}),
    ("message_clicked", {"url": "https://shop.example/"}), ("message_clicked", {"machine": True}),
    ("message_replied", {"text": "Yes"}), ("message_replied", {"text": "STOP"}),
    ("message_replied", {"text": "START"}), ("message_replied", {"text": "HELP"}),
)  # fmt: skip
MOMENTS = st.integers(1, 90).map(lambda minutes: START + timedelta(minutes=minutes))


def known(channel: str, told: Sequence[tuple[int, datetime]]) -> Any:
    """Send a message, tell all of this of it, and return what is known then."""
    room = Room(JOURNEY % channel)
    assert isinstance(room.deployment.catalogue, MemoryCatalogue)
    room.happen("began")
    do_send(room.engine, room.payload("s"))
    send = room.customers.sends("ana")[-1]
    room.clock.pass_by(hours=2)
    for number, at in told:
        name, said = KINDS[number]
        # One kind at one instant is one event, however often it is told.
        event_id = f"{number}-{at.isoformat()}"
        event = Event(event_id, name, at, {"channel": channel, "send": send.id, **said})
        route(room.engine, Incoming("ana", event))
    row, file = room.customers.sends("ana")[-1], room.customers.load("ana")
    counted = sorted(
        (one.what, str(one.details.get("machine", ""))) for one in room.happened if one.what in row.did
    )
    profile = file.profile
    return (
        (row.status, row.provider_id, row.did), counted, dict(profile.suppressed), profile.engagement,
        profile.last_sent, room.run().engaged,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(data=st.data(), channel=st.sampled_from(["email", "sms"]))
def test_feedback_in_any_order_comes_to_the_same(data: st.DataObject, channel: str) -> None:
    """The send's status, what is counted, suppression and engagement are a function of what was told."""
    told = data.draw(st.lists(st.tuples(st.integers(0, len(KINDS) - 1), MOMENTS), min_size=1, max_size=7))
    again = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told), max_size=4))))

    assert known(channel, again) == known(channel, told)

"""What a use case asks of storage and of others: counted, because on AWS each of these calls is paid and waited for."""

from __future__ import annotations

import pytest

from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.errors import Refused, SendHeld, Throttled
from tests.support.engine_room import Room

ONCE = "enter: {on: began}\nsteps: [{id: s, send: hello, via: [email, sms]}, {wait: 1 day}]"
CAPS = 'caps: [{max: 9, per: 7 days}]\nquiet_hours: {email: {from: "21:00", to: "06:00"}}'


def asked_by_sending(room: Room) -> list[str]:
    """Send, and return what was asked of storage."""
    payload = room.payload("s")
    room.customers.asked.clear()
    do_send(room.engine, payload)
    return list(room.customers.asked)


def test_a_send_is_one_read_one_claim_one_call_and_one_write() -> None:
    """With caps, consent and quiet hours asked: all of that is in what was read."""
    room = Room(ONCE, workspace=CAPS)
    room.happen("began")

    asked = asked_by_sending(room)

    assert asked == ["load", "commit", "commit"]
    assert (len(room.email.taken), len(room.pace.asked)) == (1, 1)


def test_a_send_that_is_not_allowed_is_one_read_and_one_write() -> None:
    """Nothing is claimed, and nobody asked, for a message that consent stops."""
    room = Room(ONCE)
    room.happen("unsubscribed", topic="news")
    room.happen("began")

    assert asked_by_sending(room) == ["load", "commit"]
    assert room.pace.asked == []


def test_the_next_channel_costs_one_claim_more() -> None:
    """What came of the first is written with the claim of the second."""
    room = Room(ONCE)
    room.happen("began")
    room.email.before.append(Refused("bad_address"))

    assert asked_by_sending(room) == ["load", "commit", "commit", "commit"]


@pytest.mark.parametrize("paced", [True, False], ids=["no room", "busy"])
def test_a_send_that_is_put_off_costs_no_more(paced: bool) -> None:
    """Without room it is one read and one write; where the provider is busy the claim comes first."""
    room = Room(ONCE)
    room.happen("began")
    room.pace.waits = [1.0] if paced else []
    room.email.before = [] if paced else [Throttled("busy", 1.0)]

    with pytest.raises(SendHeld):
        asked_by_sending(room)

    assert room.customers.asked == (["load", "commit"] if paced else ["load", "commit", "commit"])


def test_a_repeated_send_reads_its_answer() -> None:
    """One read, nothing else."""
    room = Room(ONCE)
    room.happen("began")
    payload = room.payload("s")
    do_send(room.engine, payload)
    room.customers.asked.clear()

    do_send(room.engine, payload)

    assert room.customers.asked == ["load"]


def test_an_event_that_matches_nothing_is_one_read_and_one_write() -> None:
    """However many journeys there are; nothing is read to find out whether it came before."""
    room = Room(ONCE)
    room.customers.asked.clear()

    room.happen("did_it", "e1")

    assert room.customers.asked == ["load", "commit"]


def test_a_second_delivery_is_two_reads_and_a_write_that_is_refused() -> None:
    """It is decided as if it were the first; only storing it tells."""
    room = Room(ONCE)
    room.happen("did_it", "e1")
    room.customers.asked.clear()

    stored = room.happen("did_it", "e1")

    assert not stored
    assert room.customers.asked == ["load", "commit", "load"]


def test_an_event_that_enters_a_journey_costs_no_more_than_one_that_does_not() -> None:
    """The run is written with the event, and its execution started after that."""
    room = Room(ONCE)
    room.customers.asked.clear()

    room.happen("began")

    assert room.customers.asked == ["load", "commit"]
    assert len(room.executions.started) == 1


def test_a_step_is_one_read_and_one_write() -> None:
    """Decisions that follow it included."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - {id: s, emit: stopped}
          - branch: [{when: customer.plan == "pro", steps: [{exit: pro}]}]
          - wait: 1 day
        """
    )
    room.happen("began")
    payload = room.payload("s")
    room.customers.asked.clear()

    do_step(room.engine, payload)

    assert room.customers.asked == ["load", "commit"]

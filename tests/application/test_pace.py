"""No more messages a second than a provider takes: what has no room waits, unclaimed, and does not crowd."""

from __future__ import annotations

import pytest

from sojourn.application.send import do_send
from sojourn.errors import SendHeld, Throttled
from tests.support.engine_room import START, Room

ONCE = "%senter: {on: began}\nsteps: [{id: s, send: hello, via: [email, sms]}, {wait: 1 day}]"
MARKETING, RECEIPT = ONCE % "", ONCE % "kind: transactional\n"


def held(room: Room) -> float:
    """Send, and return for how many seconds that was put off."""
    with pytest.raises(SendHeld):
        do_send(room.engine, room.payload("s", room.state()))
    until = room.happened[-1].details["until"]
    return float((until - room.clock.at).total_seconds())


def test_where_there_is_no_room_the_send_is_held_and_nothing_is_claimed() -> None:
    """The next channel is not tried in its place; the caps know nothing of it."""
    room = Room(MARKETING, workspace="caps: [{max: 1, per: 7 days}]")
    room.happen("began")
    room.pace.waits = [3.0]

    assert held(room) == 3.0
    assert room.told("held") == ["held s pace: no room for more messages a second"]
    assert room.customers.sends("ana") == ()
    assert room.customers.load("ana").recent == ()
    assert room.email.taken == room.sms.taken == []
    assert room.run().at == {"": "s"}


def test_room_is_asked_for_once_per_message_and_only_for_what_may_go_out() -> None:
    """Not for what consent, or a broken text, stops before."""
    room = Room(MARKETING)
    room.happen("unsubscribed", topic="news", channel="email")
    room.happen("began")

    do_send(room.engine, room.payload("s"))

    assert room.pace.asked == ["sms"]


def test_the_pauses_grow_until_there_is_room() -> None:
    """Each time in a row twice as long, up to a quarter of an hour; a receipt comes back within a minute."""
    for journey, last in ((MARKETING, 900.0), (RECEIPT, 60.0)):
        room = Room(journey)
        room.happen("began")
        room.pace.waits = [0.1] * 12

        pauses = []
        for _ in range(12):
            pauses.append(held(room))
            room.clock.pass_by(seconds=pauses[-1])
        do_send(room.engine, room.payload("s", room.state()))

        assert pauses[:6] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
        assert pauses[-1] == last
        assert len(room.email.taken) == 1


@pytest.mark.parametrize("busy", [False, True], ids=["no room", "a busy provider"])
def test_a_receipt_that_has_waited_for_an_hour_can_wait_a_quarter_more(busy: bool) -> None:
    """At the pace of its first hour an execution's history would be full in three days; so it lasts for weeks."""
    room = Room(RECEIPT)
    room.happen("began")
    pauses = []
    for _ in range(70):
        room.pace.waits = [] if busy else [0.1]
        room.email.before = [Throttled("busy", 1.0)] if busy else []
        pauses.append(held(room))
        room.clock.pass_by(seconds=pauses[-1])

    assert sum(pauses[:60]) == pytest.approx(3_400, abs=200)
    assert set(pauses[60:]) == {900.0}


def test_who_is_put_off_together_comes_back_apart() -> None:
    """By chance, up to twice as late: for room as for a busy provider."""
    for luck, pause in ((0.0, 4.0), (0.5, 6.0), (0.99, 7.96)):
        room, busy = Room(MARKETING), Room(MARKETING)
        room.pace.waits = [4.0]
        busy.email.before.append(Throttled("busy", 4.0))
        for one in (room, busy):
            one.luck = luck
            one.happen("began")

            assert held(one) == pytest.approx(pause)


def test_who_is_held_until_quiet_hours_end_comes_back_apart() -> None:
    """By chance, up to ten minutes late; one hour is left of New York's night."""
    for luck, pause in ((0.0, 3_600.0), (0.5, 3_900.0)):
        room = Room(MARKETING, workspace='quiet_hours: {email: {from: "21:00", to: "08:00"}}')
        room.luck = luck
        room.happen("began")

        assert held(room) == pause


def test_a_pause_for_room_begins_anew_after_another_reason() -> None:
    """Only what comes in a row grows."""
    room = Room(MARKETING)
    room.happen("began")
    room.pace.waits = [0.1, 0.1, 0.0, 0.1]
    room.email.before.append(Throttled("busy", 30.0))

    pauses = []
    for _ in range(4):
        pauses.append(held(room))
        room.clock.pass_by(seconds=pauses[-1])

    assert pauses == [1.0, 2.0, 30.0, 1.0]


def test_attempts_that_are_overtaken_give_way_for_a_moment_each() -> None:
    """Longer each time, by chance, so that those who met do not meet again."""
    room = Room("enter: {on: began}\nsteps: [{wait: 1 day}]")
    room.luck = 0.5
    room.customers.meanwhile = [
        lambda: room.happen("did_it", "e1"),
        None,
        lambda: room.happen("did_it", "e2"),
    ]

    room.happen("began")

    assert room.clock.paused == [0.025, 0.05]
    assert room.run().entered == START

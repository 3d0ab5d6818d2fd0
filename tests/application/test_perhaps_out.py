"""A message that must arrive and may have: repeated as the same send, in its own room under the caps."""

from __future__ import annotations

from contextlib import suppress

import pytest

from sojourn.application.send import do_send
from sojourn.errors import Refused, RunEnded, SendHeld, Throttled, UnknownOutcome
from tests.support.engine_room import Crash, Room

MUST_ARRIVE = """
enter: {on: began}
while_running: [{on: stopped, do: exit}]
steps: [{id: s, send: hello, via: [email, sms], delivery: at_least_once}, {wait: 1 day}]
"""
CAPPED = "caps: [{max: 1, per: 7 days%s}]"
MINUTES = (5, 15, 45, 135, 360)
"""The pauses after which a provider that did not answer is asked again."""


def begun(workspace: str = CAPPED % "") -> Room:
    """Return a room in which ana has begun."""
    room = Room(MUST_ARRIVE, workspace=workspace)
    room.happen("began")
    return room


def visit(room: Room) -> None:
    """Let the state machine come to the send."""
    with suppress(SendHeld):
        do_send(room.engine, room.payload("s"))


def rows(room: Room) -> list[tuple[str, str]]:
    """Return the rows of ana's sends: channel and status."""
    return [(send.channel, send.status) for send in room.customers.sends("ana")]


def counted(room: Room) -> int:
    """Return how many sends count for the caps."""
    return len(room.customers.load("ana").recent)


@pytest.mark.parametrize("arrived", ["before", "after"])
@pytest.mark.parametrize("about", ["", ", channel: email"])
def test_a_silent_provider_is_asked_again_though_the_cap_is_used_up(about: str, arrived: str) -> None:
    """By this very message: it is the same send, which counts once, and no other channel is tried beside it."""
    room = begun(CAPPED % about)
    getattr(room.email, arrived).append(UnknownOutcome("no answer"))
    visit(room)
    room.clock.pass_by(minutes=5)

    visit(room)

    assert room.told("sent", "suppressed") == ["sent s"]
    assert (rows(room), counted(room), room.sms.taken) == ([("email", "sent")], 1, [])


def test_every_repetition_is_the_same_send() -> None:
    """Whoever receives a webhook, or finds a message in the inbox, twice knows it by its id."""
    room = begun()
    for minutes in (*MINUTES, 1):
        room.email.after.append(UnknownOutcome("no answer"))
        visit(room)
        room.clock.pass_by(minutes=minutes)

    assert room.told("sent", "suppressed") == ["sent s unknown"]
    assert len(room.told("held")) == len(MINUTES)
    assert [outgoing.send.id for outgoing in room.email.taken] == [room.email.taken[0].send.id] * 6
    assert (rows(room), counted(room)) == ([("email", "claimed")], 1)


@pytest.mark.parametrize("first", [Crash(), UnknownOutcome("no answer")], ids=["crash", "silence"])
def test_a_repetition_that_is_busy_keeps_the_claim(first: BaseException) -> None:
    """The first attempt may have arrived: its room stays taken, and once the provider is well that send goes out."""
    room = begun()
    room.email.after.append(first)
    with suppress(Crash, SendHeld):
        do_send(room.engine, room.payload("s"))
    room.clock.pass_by(minutes=0 if isinstance(first, Crash) else 5)
    room.email.before.append(Throttled("busy", 30.0))

    visit(room)
    held = rows(room), counted(room)
    room.clock.pass_by(hours=1)
    visit(room)

    assert held == ([("email", "claimed")], 1)
    assert (rows(room), counted(room), room.sms.taken) == ([("email", "sent")], 1, [])
    assert len({outgoing.send.id for outgoing in room.email.taken}) == 1


def test_a_repetition_that_is_refused_ends_as_unknown() -> None:
    """Not on the next channel, which might make it two; what the provider said of the address holds all the same."""
    room = begun()
    payload = room.payload("s")
    room.email.after.append(Crash())
    with pytest.raises(Crash):
        do_send(room.engine, payload)
    room.email.before.append(Refused("bad_address", "550", gone=True))

    do_send(room.engine, payload)

    assert room.told("sent", "suppressed") == ["sent s unknown"]
    (told,) = [one for one in room.happened if one.what == "sent"]
    assert told.details["detail"] == "not sent again: refused (bad_address: 550)"
    assert (rows(room), counted(room), room.sms.taken) == ([("email", "claimed")], 1, [])
    assert room.customers.load("ana").profile.suppressed == {"email": "bounce"}


def test_a_repetition_that_breaks_keeps_the_claim() -> None:
    """The task fails of our mistake; mended, it sends the same message, which counted all the time."""
    room = begun()
    payload = room.payload("s")
    room.email.after.append(Crash())
    with pytest.raises(Crash):
        do_send(room.engine, payload)
    room.email.before.append(KeyError("ours"))
    with pytest.raises(KeyError):
        do_send(room.engine, payload)
    broken = rows(room), counted(room)

    do_send(room.engine, payload)

    assert broken == ([("email", "claimed")], 1)
    assert (rows(room), counted(room)) == ([("email", "sent")], 1)
    assert len({outgoing.send.id for outgoing in room.email.taken}) == 1


@pytest.mark.parametrize("why", ["quiet hours", "room"])
def test_a_repetition_that_has_to_wait_is_still_the_same_send(why: str) -> None:
    """Nobody knows more of it than before: in its own room, on its channel."""
    quiet = 'quiet_hours: {email: {from: "07:04", to: "08:00"}}\n' if why == "quiet hours" else ""
    room = begun(quiet + CAPPED % "")
    room.email.after.append(UnknownOutcome("no answer"))
    visit(room)
    room.clock.pass_by(minutes=5)
    if why == "room":
        room.pace.waits.append(2.0)
    visit(room)
    room.clock.pass_by(hours=2)

    visit(room)

    assert len(room.told("held")) == 2
    assert (rows(room), counted(room), room.sms.taken) == ([("email", "sent")], 1, [])
    assert len({outgoing.send.id for outgoing in room.email.taken}) == 1


@pytest.mark.parametrize("answer", [Refused("rejected"), Throttled("busy", 1.0), KeyError("ours")])
def test_a_repetition_that_failed_as_its_run_ended_keeps_the_claim(answer: Exception) -> None:
    """Whatever this attempt came to, the one before may have arrived."""
    room = begun()
    payload = room.payload("s")
    room.email.after.append(Crash())
    with pytest.raises(Crash):
        do_send(room.engine, payload)
    room.email.before.append(answer)
    room.customers.meanwhile = [None, lambda: room.happen("stopped")]

    with pytest.raises((RunEnded, KeyError)):
        do_send(room.engine, payload)

    assert (rows(room), counted(room)) == ([("email", "claimed")], 1)


def test_a_claim_whose_write_was_not_answered_is_given_back_only_if_it_is_the_first() -> None:
    """The claim of this invocation is not out; that of the one before may be, though this one took it over."""
    room = begun()
    payload = room.payload("s")
    room.email.after.append(Crash())
    with pytest.raises(Crash):
        do_send(room.engine, payload)
    room.email.before.append(Throttled("busy", 1.0))
    room.customers.meanwhile = [None, lambda: room.happen("did_it")]

    with pytest.raises(SendHeld):
        do_send(room.engine, payload)

    assert (rows(room), counted(room)) == ([("email", "claimed")], 1)

"""A second invocation that comes late, after the run has moved on, does nothing again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.domain.customer.rows import Change, changed
from sojourn.errors import RunEnded
from tests.support.engine_room import ANA, Room
from tests.support.workspaces import deployed, lines, played

SEND = """
enter: {on: began}
steps: [{id: s, send: hello, via: [push, email]}, {wait: 1 day}, {id: u, update: {score: 1}}, {wait: 1 day}]
"""


def test_a_late_send_sends_nothing_on_another_channel() -> None:
    """A device that became known since would otherwise bring a second message."""
    room = Room(SEND, person=changed(ANA, device=None))
    room.happen("began")
    sent = room.payload("s")
    state = do_send(room.engine, sent)
    room.clock.at += timedelta(days=1)
    do_step(room.engine, room.payload("u", state))
    file = room.customers.load("ana")
    room.customers.commit(file, Change(profile=changed(file.profile, device="token-new")))

    with pytest.raises(RunEnded):
        do_send(room.engine, sent)

    assert (len(room.email.taken), len(room.push.taken)) == (1, 0)


def test_a_restart_keeps_its_key_whatever_the_event_says() -> None:
    """The run begins again with the new event; an event without the key's property loses nobody."""
    deployment = deployed(
        """
        enter: {on: began, key: event.ref}
        while_running: [{on: stopped, do: restart}]
        steps: [{wait: 2 hours}, {id: s, send: hello}]
        """
    )
    story = """
    events:
      - {at: +0s, customer: ana, event: began, properties: {ref: a}}
      - {at: +1h, customer: ana, event: stopped}
    """

    trace = played(deployment, story)

    assert lines(trace, "entered", "restarted", "sent") == [
        "+0s entered", "+1h restarted", "+1h entered", "+3h sent s email",
    ]  # fmt: skip


def test_channels_that_were_passed_over_are_told_with_why() -> None:
    """A message that went by email because there was no device says so."""
    deployment = deployed("enter: {on: began}\nsteps: [{id: s, send: hello, via: [push, email]}]")

    trace = played(
        deployment, "events: [{at: +0s, customer: ana, event: began}]", "- {id: ana, email: ana@example.com}"
    )

    told = next(one for one in trace.trace if one.what == "sent")
    assert told.details["instead_of"] == "push: no_address"

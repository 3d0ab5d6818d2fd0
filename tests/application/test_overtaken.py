"""A second invocation that comes late, after the run has moved on, does nothing again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from sojourn.application.ports import Outgoing
from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.domain.customer.rows import Change, changed
from sojourn.errors import Refused, RunEnded, Throttled
from tests.support.engine_room import ANA, Room
from tests.support.workspaces import deployed, lines, played

SEND = """
enter: {on: began}
steps: [{id: s, send: hello, via: [push, email]}, {wait: 1 day}, {id: u, update: {score: 1}}, {wait: 1 day}]
"""


@dataclass
class SlowProvider:
    """A provider of whom something happens while it works on a message, and who then answers so."""

    meanwhile: Callable[[], object]
    answer: str | Exception

    def send(self, outgoing: Outgoing) -> str:
        self.meanwhile()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


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


@pytest.mark.parametrize("delivery", ["at_most_once", "at_least_once"])
def test_what_a_provider_said_outlives_a_busy_storage(delivery: str) -> None:
    """Storage that is busy while the outcome is written is asked again: the message is neither lost nor sent twice."""
    room = Room(
        f"enter: {{on: began}}\nsteps: [{{id: s, send: hello, via: [email], delivery: {delivery}}}, {{wait: 1 day}}]"
    )
    room.happen("began")

    def busy() -> None:
        raise Throttled("the table is busy")

    room.customers.meanwhile = [None, busy, busy, None]

    do_send(room.engine, room.payload("s"))

    assert len(room.email.taken) == 1
    assert [(send.status, send.provider_id) for send in room.customers.sends("ana")] == [
        ("sent", "provider-1")
    ]
    assert room.told("sent") == ["sent s"]


@pytest.mark.parametrize(
    ("answer", "row", "counted", "suppressed"),
    [
        ("provider-1", ("sent", "provider-1"), 1, {}),
        (Throttled("busy", 5.0), ("failed", ""), 0, {}),
        (Refused("bad_address", "no such mailbox", gone=True), ("failed", ""), 0, {"email": "bounce"}),
    ],
)
def test_what_a_provider_said_outlives_a_second_invocation(
    answer: str | Exception, row: tuple[str, str], counted: int, suppressed: dict[str, str]
) -> None:
    """The state machine asked again and was answered while the first still waited for the provider: what that says of
    the message, its room in the caps and the address is written all the same.
    """
    room = Room("enter: {on: began}\nsteps: [{id: s, send: hello, via: [email]}, {wait: 1 day}]")
    room.happen("began")
    payload = room.payload("s")
    second: list[object] = []
    providers = dict(room.engine.senders)
    providers["email"] = SlowProvider(lambda: second.append(do_send(room.engine, payload)), answer)
    engine = replace(room.engine, senders=providers)

    first = do_send(engine, payload)

    file = room.customers.load("ana")
    assert [first] == second
    assert room.told("sent", "held", "suppressed") == ["sent s unknown"]
    assert [(send.status, send.provider_id) for send in room.customers.sends("ana")] == [row]
    assert (len(file.recent), dict(file.profile.suppressed)) == (counted, suppressed)


def test_what_is_sent_stays_sent_whatever_another_invocation_heard() -> None:
    """Of two that asked the provider, one got the message through; the other's refusal says nothing of that one."""
    room = Room(SEND.replace("via: [push, email]", "via: [email], delivery: at_least_once"))
    room.happen("began")
    payload = room.payload("s")
    providers = dict(room.engine.senders)
    providers["email"] = SlowProvider(lambda: do_send(room.engine, payload), Throttled("busy", 5.0))

    do_send(replace(room.engine, senders=providers), payload)

    assert len(room.email.taken) == 1
    assert [(send.status, send.provider_id) for send in room.customers.sends("ana")] == [
        ("sent", "provider-1")
    ]
    assert len(room.customers.load("ana").recent) == 1


def test_a_busy_storage_before_the_claim_is_left_to_the_state_machine() -> None:
    """Nothing has been asked of anybody yet, so that the task may fail and be tried again."""
    room = Room(SEND)
    room.happen("began")

    def busy() -> None:
        raise Throttled("the table is busy")

    room.customers.meanwhile = [busy]

    with pytest.raises(Throttled):
        do_send(room.engine, room.payload("s"))

    assert (len(room.email.taken), len(room.push.taken), room.told("sent")) == (0, 0, [])


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

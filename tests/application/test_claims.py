"""A claim says that a provider may have the message; where it certainly has not, the message is sent after all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sojourn.adapters.memory.customers import MemoryCustomers
from sojourn.application.closing import close_run
from sojourn.application.ports import Sender
from sojourn.application.send import do_send
from sojourn.domain.customer.rows import Change, CustomerFile, Send
from sojourn.errors import Conflict, Refused, RunEnded, TransientError
from tests.support.engine_room import Crash, Room

SEND = "enter: {on: began}\nsteps: [{id: s, send: hello, via: [%s]%s}, {wait: 1 day}]"
ONCE, AT_LEAST = SEND % ("email", ""), SEND % ("email", ", delivery: at_least_once")
BOTH = SEND % ("email, sms", "")
CAPS = "caps: [{max: 1, per: 7 days}]"


def begun(journey: str, **given: Any) -> tuple[Room, Any]:
    """Return a room in which ana has entered, and what the machine hands `send`."""
    room = Room(journey, **given)
    room.happen("began")
    return room, room.payload("s")


def fail(room: Room, payload: Any, error: type[BaseException]) -> None:
    """Let the send fail, and its run be closed; then an hour passes, and somebody mends it."""
    with pytest.raises(error):
        do_send(room.engine, payload)
    room.clock.pass_by(seconds=20)
    run = room.run()
    assert close_run(room.engine, "ana", run.id, run.execution, error.__name__, "why", room.clock.at)
    room.clock.pass_by(hours=1)


def statuses(room: Room) -> list[tuple[str, str]]:
    """Return the rows of sends."""
    return [(send.channel, send.status) for send in room.customers.sends("ana")]


@pytest.mark.parametrize("delivery", [ONCE, AT_LEAST], ids=["at_most_once", "at_least_once"])
def test_a_mistake_of_ours_is_mended_and_the_redriven_message_is_sent(delivery: str) -> None:
    """The provider said that the request is wrong: it has nothing; meanwhile the caps have their room."""
    room, payload = begun(delivery, workspace=CAPS)
    state = room.state()
    room.email.before.append(ValueError("BadRequestException: no such configuration set"))
    fail(room, payload, ValueError)
    assert (statuses(room), room.customers.load("ana").recent) == ([("email", "failed")], ())

    do_send(room.engine, room.payload("s", state))

    assert len(room.email.taken) == 1
    assert room.told("sent", "suppressed") == ["sent s"]
    assert statuses(room) == [("email", "sent")]
    assert len(room.customers.load("ana").recent) == 1


def test_a_mistake_that_is_found_again_is_given_back_again() -> None:
    """Redriven before it was mended, nothing is lost either."""
    room, payload = begun(ONCE, workspace=CAPS)
    state = room.state()
    for given in (payload, None, None):
        room.email.before.append(ValueError("not mended"))
        fail(room, given or room.payload("s", state), ValueError)

    do_send(room.engine, room.payload("s", state))

    assert (len(room.email.taken), statuses(room)) == (1, [("email", "sent")])


def test_a_sender_that_is_missing_claims_nothing() -> None:
    """A deployment took it away while runs were on their way."""
    room, payload = begun(ONCE, workspace=CAPS)
    state, senders = room.state(), room.engine.senders
    room.engine = replace(room.engine, senders={})
    fail(room, payload, KeyError)
    assert (statuses(room), room.customers.load("ana").recent, room.pace.asked) == ([], (), [])
    room.engine = replace(room.engine, senders=senders)

    do_send(room.engine, room.payload("s", state))

    assert (len(room.email.taken), room.told("sent")) == (1, ["sent s"])


def test_what_one_channel_said_is_kept_though_the_next_has_no_sender() -> None:
    """The email was refused, which is no doubt: once there is a sender for it, the SMS goes out."""
    room, payload = begun(BOTH)
    state, senders = room.state(), room.engine.senders
    room.engine = replace(room.engine, senders={"email": room.email})
    room.email.before.append(Refused("rejected"))
    fail(room, payload, KeyError)
    assert statuses(room) == [("email", "failed")]
    room.engine = replace(room.engine, senders=senders)
    room.email.before.append(Refused("rejected"))

    do_send(room.engine, room.payload("s", state))

    assert room.told("sent", "suppressed") == ["sent s"]
    assert (len(room.email.taken), len(room.sms.taken)) == (0, 1)


def test_a_sender_that_asks_for_a_repetition_gets_one() -> None:
    """It could not read its secret: the machine calls the same task again, and the message goes out."""
    room, payload = begun(ONCE)
    room.email.before.append(TransientError("the secret does not answer"))
    with pytest.raises(TransientError):
        do_send(room.engine, payload)

    do_send(room.engine, payload)

    assert (len(room.email.taken), statuses(room)) == (1, [("email", "sent")])


def test_a_mistake_that_could_not_be_written_down_at_once_is_given_back_all_the_same() -> None:
    """Somebody wrote the customer between the mistake and its note; the provider is not called a second time."""
    room, payload = begun(ONCE)
    room.email.before.append(ValueError("wrong"))
    room.customers.meanwhile = [None, lambda: room.happen("did_it")]

    with pytest.raises(ValueError, match="wrong"):
        do_send(room.engine, payload)

    assert (room.email.taken, statuses(room)) == ([], [("email", "failed")])


@dataclass
class Forgetful:
    """Storage that writes, and whose answer to the first claim is lost."""

    customers: MemoryCustomers
    lost: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.customers, name)

    def commit(self, file: CustomerFile, change: Change) -> CustomerFile:
        claims = change.claim is not None
        after = self.customers.commit(file, change)
        if claims and not self.lost:
            self.lost += 1
            raise Conflict("no answer, it may be written")
        return after


def test_who_finds_his_own_claim_sends_the_message() -> None:
    """The answer to the claim was lost: this invocation knows that it has not called the provider."""
    room, payload = begun(ONCE, workspace=CAPS)
    room.engine = replace(room.engine, customers=Forgetful(room.customers))

    do_send(room.engine, payload)

    assert (len(room.email.taken), room.told("sent")) == (1, ["sent s"])
    assert statuses(room) == [("email", "sent")]
    assert len(room.customers.load("ana").recent) == 1


def test_an_own_claim_that_may_no_longer_be_used_is_given_back() -> None:
    """Consent was withdrawn before the claim was found: no message, and no room in the caps used."""
    room, payload = begun(ONCE, workspace=CAPS)
    forgetful = Forgetful(room.customers)
    room.engine = replace(room.engine, customers=forgetful)

    def meanwhile(seconds: float) -> None:
        room.happen("unsubscribed", topic="news")

    room.clock.pause = meanwhile  # type: ignore[method-assign]

    do_send(room.engine, payload)

    assert (room.email.taken, room.told("suppressed")) == ([], ["suppressed s consent"])
    assert (statuses(room), room.customers.load("ana").recent) == ([("email", "failed")], ())


def test_a_claim_that_another_invocation_wrote_meanwhile_is_not_ones_own() -> None:
    """Two at once, in the same instant: the second has to take the first one's claim for a message under way."""
    room, payload = begun(ONCE)

    def another() -> None:
        room.email.before.append(Crash())
        with pytest.raises(Crash):
            do_send(room.engine, payload)

    room.customers.meanwhile = [another]

    do_send(room.engine, payload)

    assert (room.email.taken, room.told("sent")) == ([], ["sent s unknown"])


@dataclass
class Slow:
    """Room for every message, but something happens before it is said."""

    room: Room
    event: str
    properties: Mapping[str, Any]

    def take(self, channel: str) -> float:
        self.room.happen(self.event, **self.properties)
        return 0.0


@pytest.mark.parametrize(
    ("event", "properties", "told"),
    [
        ("unsubscribed", {"topic": "news", "channel": "email"}, ["sent s unknown"]),
        ("stopped", {}, ["exited exit:stopped"]),
    ],
)
def test_a_repetition_asks_at_the_last_moment_too(event: str, properties: Any, told: list[str]) -> None:
    """Consent withdrawn, or the run ended, while it waited for room: what the policy said before holds no more."""
    room, payload = begun("while_running: [{on: stopped, do: exit}]\n" + AT_LEAST)
    room.email.before.append(Crash())
    with pytest.raises(Crash):
        do_send(room.engine, payload)
    room.engine = replace(room.engine, pace=Slow(room, event, properties))

    try:
        do_send(room.engine, payload)
    except RunEnded:
        assert event == "stopped"

    assert room.email.taken == []
    assert room.told("sent", "suppressed", "exited")[: len(told)] == told


@dataclass
class Expired:
    """Storage in which sends live so short that none is left."""

    customers: MemoryCustomers

    def __getattr__(self, name: str) -> Any:
        return getattr(self.customers, name)

    def send(self, customer: str, send_id: str, also: Sequence[str] = ()) -> Send | None:
        return None


def test_a_claim_whose_row_has_expired_is_still_known() -> None:
    """The run remembers it: redriven days later, what may have arrived is not sent again."""
    room, payload = begun(ONCE)
    state = room.state()
    room.email.after.append(Crash())
    fail(room, payload, Crash)
    room.engine = replace(room.engine, customers=Expired(room.customers))
    room.clock.pass_by(days=3)

    do_send(room.engine, room.payload("s", state))

    assert (len(room.email.taken), room.told("sent")) == (1, ["sent s unknown"])


def test_a_sender_is_made_before_the_claim() -> None:
    """Making it may fail for want of a setting or a secret."""
    room, payload = begun(ONCE)
    asked: list[str] = []

    class Lazy(Mapping[str, Sender]):
        def __getitem__(self, channel: str) -> Sender:
            asked.append(f"{channel}: {len(room.customers.sends('ana'))} claimed")
            return room.email

        def __iter__(self) -> Any:
            return iter(["email"])

        def __len__(self) -> int:
            return 1

    room.engine = replace(room.engine, senders=Lazy())

    do_send(room.engine, payload)

    assert asked == ["email: 0 claimed"]

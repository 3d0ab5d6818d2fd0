"""A process may die between any two calls; what was begun is completed by the next delivery, and never done twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from sojourn.application.desk import Answer, TaskEnd, end_task
from sojourn.application.enrol import EntryEvent
from sojourn.application.ports import TaskRef
from sojourn.application.route import enter_by_api
from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.errors import Refused, RunParked, SendHeld, Throttled, UnknownOutcome
from tests.support.engine_room import Crash, Room
from tests.support.workspaces import deployed, lines, played

SEND = "enter: {on: began}\nsteps: [{id: s, send: hello, via: [email, sms]%s}, {wait: 1 day}]"
ONCE, AT_LEAST = SEND % "", SEND % ", delivery: at_least_once"
QUIET = 'quiet_hours: {email: {from: "07:30", to: "20:00"}}'
"""Quiet in New York half an hour after the story begins."""


def crashing(act: Callable[[], object]) -> None:
    """Do something that dies on the way."""
    with pytest.raises(Crash):
        act()


def test_a_send_that_may_have_arrived_stays_unknown_and_is_not_repeated() -> None:
    """At most once: whether the crash came before or after the provider took it, nobody asks it again."""
    for point in ("before", "after"):
        room = Room(ONCE)
        room.happen("began")
        payload = room.payload("s")
        getattr(room.email, point).append(Crash())
        crashing(lambda room=room, payload=payload: do_send(room.engine, payload))  # type: ignore[misc]

        do_send(room.engine, payload)

        assert len(room.email.taken) == (point == "after")
        assert room.told("sent", "suppressed") == ["sent s unknown"]
        assert [send.status for send in room.customers.sends("ana")] == ["claimed"]


def test_a_send_that_must_arrive_is_repeated_after_a_crash() -> None:
    """At least once: the provider is asked again for the same send, which counts once for the caps."""
    for point, taken in (("before", 1), ("after", 2)):
        room = Room(AT_LEAST)
        room.happen("began")
        payload = room.payload("s")
        getattr(room.email, point).append(Crash())
        crashing(lambda room=room, payload=payload: do_send(room.engine, payload))  # type: ignore[misc]

        do_send(room.engine, payload)

        assert len(room.email.taken) == taken
        assert len({outgoing.send.id for outgoing in room.email.taken}) == 1
        assert room.told("sent", "suppressed") == ["sent s"]
        assert [send.status for send in room.customers.sends("ana")] == ["sent"]
        assert len(room.customers.load("ana").recent) == 1


@pytest.mark.parametrize("delivery", [ONCE, AT_LEAST], ids=["at_most_once", "at_least_once"])
def test_a_claimed_send_does_not_count_against_its_own_cap(delivery: str) -> None:
    """After a crash the claim is in the cap's count; it must not stop itself, nor send another channel ahead."""
    room = Room(delivery, workspace="caps: [{max: 1, per: 7 days}]")
    room.happen("began")
    payload = room.payload("s")
    room.email.after.append(Crash())
    crashing(lambda: do_send(room.engine, payload))

    do_send(room.engine, payload)

    assert room.told("suppressed") == []
    assert room.sms.taken == []


def test_quiet_hours_that_began_after_the_claim_do_not_send_it_again_later() -> None:
    """Held and sent anew it would be a second message: what may have arrived is unknown, whatever the hour."""
    room = Room(ONCE, workspace=QUIET)
    room.happen("began")
    payload = room.payload("s")
    room.email.after.append(Crash())
    crashing(lambda: do_send(room.engine, payload))
    room.clock.pass_by(hours=1)

    do_send(room.engine, payload)

    assert room.told("sent", "held") == ["sent s unknown"]


def test_a_claim_on_the_second_channel_does_not_open_the_first_again() -> None:
    """The first had no consent then; though it has now, the text message may have arrived."""
    room = Room(ONCE)
    room.happen("unsubscribed", topic="news", channel="email")
    room.happen("began")
    payload = room.payload("s")
    room.sms.after.append(Crash())
    crashing(lambda: do_send(room.engine, payload))
    room.happen("subscribed", topic="news", channel="email")

    do_send(room.engine, payload)

    assert (len(room.email.taken), len(room.sms.taken)) == (0, 1)


def test_consent_withdrawn_before_the_repetition_stops_it() -> None:
    """Even what must arrive is not repeated against the customer's will; whether it arrived before, nobody knows."""
    room = Room(AT_LEAST)
    room.happen("began")
    payload = room.payload("s")
    room.email.before.append(Crash())
    crashing(lambda: do_send(room.engine, payload))
    room.happen("unsubscribed", topic="news", channels=["email", "sms"])

    do_send(room.engine, payload)

    assert room.told("sent", "suppressed") == ["sent s unknown"]
    assert room.happened[-2].details["detail"] == "not sent again: consent (news)"
    assert (room.email.taken, room.sms.taken) == ([], [])


@pytest.mark.parametrize(
    ("answer", "told", "taken"),
    [
        (None, ["sent s"], 1),
        (UnknownOutcome("no answer"), ["sent s unknown"], 0),
        (Refused("bad_address", "no such address"), ["sent s"], 0),
    ],
    ids=["taken", "unknown", "refused"],
)
def test_a_write_that_was_overtaken_does_not_forget_what_the_provider_said(
    answer: Exception | None, told: list[str], taken: int
) -> None:
    """An event of the customer's between the provider's answer and its confirmation: nobody is asked twice."""
    room = Room(ONCE)
    room.happen("began")
    payload = room.payload("s")
    if answer is not None:
        room.email.before.append(answer)
    room.customers.meanwhile = [None, lambda: room.happen("did_it")]

    do_send(room.engine, payload)

    assert room.told("sent", "suppressed") == told
    assert len(room.email.taken) == taken
    assert len(room.sms.taken) == isinstance(answer, Refused)


def test_a_refused_channel_gives_its_room_in_the_caps_back() -> None:
    """One message was sent, so one counts; the claim that came to nothing is marked so."""
    room = Room(ONCE, workspace="caps: [{max: 2, per: 7 days}]")
    room.happen("began")
    room.email.before.append(Refused("bad_address", "no such address"))

    do_send(room.engine, room.payload("s"))

    assert [channel for _, channel, _ in room.customers.load("ana").recent] == ["sms"]
    assert [(send.channel, send.status) for send in room.customers.sends("ana")] == [
        ("email", "failed"),
        ("sms", "sent"),
    ]


def test_a_busy_provider_gives_the_claim_back_and_the_send_is_tried_anew() -> None:
    """Throttled is not sent: held, then claimed again under another id, and counted once."""
    room = Room(ONCE)
    room.happen("began")
    room.email.before.append(Throttled("busy", 30.0))
    with pytest.raises(SendHeld, match="2026-03-02T12:00:30Z"):
        do_send(room.engine, room.payload("s"))
    room.clock.pass_by(seconds=30)

    do_send(room.engine, room.payload("s"))

    assert [send.status for send in room.customers.sends("ana")] == ["failed", "sent"]
    assert len(room.customers.load("ana").recent) == 1


@pytest.mark.parametrize(("until", "sent"), [("+3h", "+3h 21m"), ("+30 days", "+9h 21m")])
def test_an_unknown_outcome_is_tried_again_where_the_message_must_arrive(until: str, sent: str) -> None:
    """It is held, for longer each time; after five pauses it stays unknown, and the run goes on."""
    deployment = deployed(AT_LEAST)
    story = f"""
    events: [{{at: +1m, customer: ana, event: began}}]
    also: [{{at: +0s, channel: email, fault: unknown, until: {until}}}]
    """

    trace = played(deployment, story)

    assert lines(trace, "sent") == [f"{sent} sent s email"]
    assert len(lines(trace, "held")) == (4 if until == "+3h" else 5)
    assert [one.reason for one in trace.trace if one.what == "sent"] == ["" if until == "+3h" else "unknown"]


def test_a_run_whose_start_was_lost_is_started_by_the_events_second_delivery() -> None:
    """With the state it had then, though the customer has changed: what was told as decided stays decided."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - id: b
            branch:
              - {when: customer.plan == "pro", steps: [{exit: pro}]}
              - else: [{id: s, update: {score: 1}}]
        """
    )
    room.executions.before.append(Crash())
    crashing(lambda: room.happen("began", "e1"))
    room.happen("did_it", becomes={"plan": "pro"})

    for _ in range(2):
        room.happen("began", "e1")

    assert [(name, state["next"], at) for name, (state, at) in room.executions.started.items()] == [
        (room.run().id, "s", None)
    ]
    assert room.told("entered", "exited") == ["entered"]


def test_a_run_that_is_to_begin_later_is_started_with_its_time() -> None:
    """A wait of two years right at the start needs no execution until then."""
    room = Room("enter: {on: began}\nsteps: [{wait: 730 days}, {exit: end}]")
    room.executions.before.append(Crash())
    crashing(lambda: room.happen("began", "e1"))

    room.happen("began", "e1")

    state, at = room.executions.started[room.run().id]
    assert (state["next"], at) == ("wait_1", room.run().begun)


def test_a_start_that_was_lost_is_not_repeated_once_the_run_is_on_its_way() -> None:
    """A task of the execution was heard of, so it did begin."""
    room = Room("enter: {on: began}\nsteps: [{id: s, update: {score: 1}}, {wait: 1 day}]")
    room.happen("began", "e1")
    do_step(room.engine, room.payload("s"))
    room.executions.started.clear()

    room.happen("began", "e1")

    assert room.executions.started == {}


def test_entering_by_the_api_again_completes_the_first_call() -> None:
    """The same entry id is the same entry: not "already running", and its start is made up for."""
    room = Room("enter: {on: api}\nsteps: [{id: s, update: {score: 1}}]")
    entry = EntryEvent("api", "request-1", {})
    room.executions.before.append(Crash())
    crashing(lambda: enter_by_api(room.engine, "ana", "j", entry))

    entered = enter_by_api(room.engine, "ana", "j", entry)

    assert entered
    assert list(room.executions.started) == [room.run().id]
    assert room.told("entered", "not_entered") == ["entered"]


def test_an_event_that_a_journey_emits_is_not_lost() -> None:
    """The crash came after the write and before the bus; also where the run ended with that step."""
    for after in ("{wait: 1 day}", "{exit: end}", "{wait: 400 days}"):
        room = Room(
            f"enter: {{on: began}}\nsteps: [{{id: s, emit: stopped, with: {{ref: entry.ref}}}}, {after}]"
        )
        room.happen("began", ref="r1")
        payload = room.payload("s")
        room.bus.before.append(Crash())
        crashing(lambda room=room, payload=payload: do_step(room.engine, payload))  # type: ignore[misc]

        with suppress(RunParked):
            do_step(room.engine, payload)

        assert [(event.name, event.properties) for event in room.bus.events] == [("stopped", {"ref": "r1"})]


def test_a_journey_that_another_starts_is_started_after_a_crash() -> None:
    """The row of the other run was written, its execution was not begun."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: s, start: k}, {wait: 1 day}]",
        "enter: {on: api}\nsteps: [{wait: 1 day}]",
    )
    room.happen("began")
    payload = room.payload("s")
    room.executions.before.append(Crash())
    crashing(lambda: do_step(room.engine, payload))

    do_step(room.engine, payload)

    assert sorted(room.executions.started) == sorted([room.run("j").id, room.run("k").id])


def test_a_segment_that_an_update_leads_into_is_entered_after_a_crash() -> None:
    """The update was written; that it makes a professional is found out by the repetition."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: s, update: {plan: pro}}, {wait: 1 day}]",
        "enter: {on: {entered_segment: pros}}\nsteps: [{wait: 1 day}]",
    )
    room.happen("began")
    payload = room.payload("s")
    room.customers.meanwhile = [None, _crash]
    crashing(lambda: do_step(room.engine, payload))

    do_step(room.engine, payload)

    assert [(one.journey, one.what) for one in room.happened if one.what == "entered"] == [
        ("j", "entered"),
        ("k", "entered"),
    ]


def _crash() -> None:
    raise Crash


WAITING = "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days}, {wait: %s}]"


def test_an_answer_that_was_lost_is_given_by_the_events_second_delivery() -> None:
    """The wait was released on paper only; the token gets its answer after all, once."""
    room = Room(WAITING % "1 day")
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1"))
    room.executions.before.append(Crash())
    crashing(lambda: room.happen("did_it", "e2"))

    room.happen("did_it", "e2")

    assert [token for token, _ in room.executions.answered] == ["t1"]
    assert room.told("resumed") == ["resumed w"]


def test_an_execution_that_a_release_led_to_is_started_by_the_events_second_delivery() -> None:
    """A long wait follows, so the run goes on in a new execution, whose start was lost."""
    room = Room(WAITING % "400 days")
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1"))
    room.executions.before.append(Crash())
    crashing(lambda: room.happen("did_it", "e2"))

    room.happen("did_it", "e2")

    assert sorted(room.executions.started) == [room.run().id, f"{room.run().id}-1"]


def test_a_persons_task_whose_end_was_not_answered_is_answered_by_the_next_call() -> None:
    """Whoever calls again hears that it was done, and the run goes on."""
    room = Room("enter: {on: began}\nsteps: [{id: t, task: desk, title: Call, up_to: 1 day}, {wait: 1 day}]")
    room.happen("began")
    begin_waiting(room.engine, room.payload("t", token="t1"))
    room.executions.before.append(Crash())
    ref, done = TaskRef("ana", room.run().id, "t", room.clock.now()), Answer("completed", {})
    crashing(lambda: end_task(room.engine, ref, done))

    again = end_task(room.engine, ref, done)

    assert again == TaskEnd("repeated", "completed")
    assert [token for token, _ in room.executions.answered] == ["t1"]


def test_a_callback_that_lost_its_race_changes_nothing() -> None:
    """The wait timed out on the way to the answer: no error, and its execution walks the timeout's path."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - {id: w, wait_for: [{event: did_it}], up_to: 2 days, otherwise: [{id: late, update: {plan: late}}]}
          - {wait: 1 day}
        """
    )
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1"))
    room.executions.over.add("t1")
    room.clock.pass_by(days=1)
    stored = room.happen("did_it", "e2")
    room.clock.pass_by(days=1)

    answer = do_step(room.engine, room.payload("late"))

    assert stored
    assert answer["next"] == "wait_1"
    assert room.customers.load("ana").profile.attributes == {"plan": "late"}
    assert room.customers.load("ana").waiters == {}

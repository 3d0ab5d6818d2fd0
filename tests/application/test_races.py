"""Several things happen to one customer at once: one of them is first, and the others see what it did."""

from __future__ import annotations

from functools import partial

import pytest

from sojourn.application.attempting import ATTEMPTS
from sojourn.application.closing import close_run
from sojourn.application.send import do_send
from sojourn.application.step import do_step
from sojourn.application.waiting import begin_waiting
from sojourn.errors import Conflict, RunEnded
from tests.support.engine_room import Room

STEP = "enter: {on: began, again: always}\nsteps: [{id: s, %s}, {wait: 1 day}]"


def test_a_write_that_was_overtaken_is_decided_anew() -> None:
    """The update is based on what the customer is now, not on what was read."""
    room = Room(STEP % "update: {plan: pro}")
    room.happen("began")
    room.customers.meanwhile = [partial(room.happen, "did_it", becomes={"score": 7})]

    do_step(room.engine, room.payload("s"))

    assert room.customers.load("ana").profile.attributes == {"score": 7, "plan": "pro"}
    assert room.told("updated") == ["updated s"]


def test_a_storm_of_writes_is_given_up_after_a_few_attempts() -> None:
    """The state machine tries again later; nothing was written in the meantime."""
    room = Room(STEP % "update: {plan: pro}")
    room.happen("began")
    payload = room.payload("s")
    writes: list[int] = []

    def another() -> None:
        writes.append(len(writes))
        room.customers.meanwhile.insert(0, None)
        room.happen("did_it", f"storm-{len(writes)}")
        room.customers.meanwhile.insert(0, another)

    room.customers.meanwhile = [another]
    with pytest.raises(Conflict):
        do_step(room.engine, payload)

    assert len(writes) == ATTEMPTS
    assert room.told("updated") == []


def test_a_call_is_made_once_however_often_its_write_is_overtaken() -> None:
    """Other systems see one call, and its first answer counts."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - {id: s, call: "https://api.shop.example/x"}
          - {branch: [{when: steps.s.answer.n > 1, steps: []}]}
          - {wait: 1 day}
        """
    )
    room.happen("began")
    # The event's own write comes in between, undisturbed.
    room.customers.meanwhile = [
        partial(room.happen, "did_it", "e1"),
        None,
        partial(room.happen, "did_it", "e2"),
    ]

    answer = do_step(room.engine, room.payload("s"))

    assert len(room.webhooks.calls) == 1
    assert answer["steps"]["s"] == {"answer": {"n": 1}}


@pytest.mark.parametrize("delivery", ["at_most_once", "at_least_once"])
def test_a_run_that_ends_between_reading_and_claiming_sends_nothing(delivery: str) -> None:
    """The claim asks, in its transaction, whether the run is still on."""
    room = Room(
        "enter: {on: began}\ngoal: {event: did_it}\n"
        f"steps: [{{id: s, send: hello, delivery: {delivery}}}]"
    )
    room.happen("began")
    room.customers.meanwhile = [partial(room.happen, "did_it")]

    with pytest.raises(RunEnded):
        do_send(room.engine, room.payload("s"))

    assert room.email.taken == []
    assert room.customers.sends("ana") == ()
    assert room.told("sent", "exited") == ["exited goal"]


def test_a_run_that_ends_while_the_provider_has_the_message_stays_ended() -> None:
    """The send's row says that the message is out; nothing is told of the run after its end."""
    room = Room("enter: {on: began}\ngoal: {event: did_it}\nsteps: [{id: s, send: hello}]")
    room.happen("began")
    room.customers.meanwhile = [None, partial(room.happen, "did_it")]

    with pytest.raises(RunEnded):
        do_send(room.engine, room.payload("s"))

    assert len(room.email.taken) == 1
    assert [(send.status, send.provider_id) for send in room.customers.sends("ana")] == [
        ("sent", "provider-1")
    ]
    assert room.happened[-1].what == "exited"


def test_two_messages_at_once_share_one_place_in_the_cap() -> None:
    """Two journeys send in the same moment; the second to claim sees that the room is taken."""
    room = Room(STEP % "send: hello", STEP % "send: hello", workspace="caps: [{max: 1, per: 7 days}]")
    room.happen("began")
    first, second = room.payload("s", room.state("j")), room.payload("s", room.state("k"), journey="k")
    room.customers.meanwhile = [lambda: do_send(room.engine, second)]

    do_send(room.engine, first)

    assert len(room.email.taken) == 1
    assert room.told("sent", "suppressed") == ["sent s", "suppressed s cap"]


def test_two_entries_with_one_key_make_one_run() -> None:
    """Both events were read as the first; the one that wrote second finds the run."""
    room = Room("enter: {on: began, key: event.ref, again: always}\nsteps: [{wait: 1 day}]")
    room.customers.meanwhile = [partial(room.happen, "began", "e2", ref="r1")]

    room.happen("began", "e1", ref="r1")

    assert room.told("entered", "not_entered") == ["entered", "not_entered already_running"]
    assert room.run(key="r1").entry_id == "e2"
    assert list(room.executions.started) == [room.run(key="r1").id]


def test_one_event_delivered_twice_at_once_is_stored_once() -> None:
    """Both deliveries read that it was new; the slower one finds it stored."""
    room = Room("enter: {on: began, again: always}\nsteps: [{exit: end}]")
    stored = []
    room.customers.meanwhile = [lambda: stored.append(room.happen("began", "e1"))]

    stored.append(room.happen("began", "e1"))

    assert stored == [True, False]
    assert len(room.customers.events("ana", "began")) == 1
    assert room.told("entered") == ["entered"]


def test_an_event_for_a_run_that_has_ended_changes_it_no_more() -> None:
    """Neither its waits nor its reactions are asked."""
    room = Room(
        "enter: {on: began}\nwhile_running: [{on: stopped, do: exit}]\n"
        "steps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days}]"
    )
    room.happen("began")
    begin_waiting(room.engine, room.payload("w", token="t1"))
    for n in range(2):
        room.happen("stopped", f"s{n}")

    room.happen("did_it")

    assert room.told("exited", "resumed") == ["exited exit:stopped"]
    assert room.executions.answered == []


def test_an_event_that_comes_while_its_wait_is_registered_releases_it() -> None:
    """It was stored between reading and writing the wait, so the wait finds it."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: w, wait_for: [{event: did_it}], up_to: 2 days}, {wait: 1 day}]"
    )
    room.happen("began")
    room.clock.pass_by(hours=1)
    room.customers.meanwhile = [partial(room.happen, "did_it")]

    begin_waiting(room.engine, room.payload("w", token="t1"))

    assert [token for token, _ in room.executions.answered] == ["t1"]


def test_an_execution_that_failed_closes_its_run_and_the_customer_may_enter_again() -> None:
    """The run is told as failed with the error, once; a stale execution's failure closes nothing."""
    room = Room(STEP % "update: {plan: pro}")
    room.happen("began", "e1")
    run = room.run().id

    closed = [close_run(room.engine, "ana", run, name, "Broken", "why") for name in ("another", run, run)]
    room.happen("began", "e2")

    assert closed == [False, True, False]
    assert room.told("entered", "failed", "exited") == [
        "entered",
        "failed Broken",
        "exited failed",
        "entered",
    ]
    assert room.run().entry_id == "e2"


def test_an_event_that_ends_the_run_on_one_path_releases_no_other() -> None:
    """Two paths at once wait for it: the wait that began first has it, and the run ends once."""
    room = Room(
        """
        enter: {on: began}
        steps:
          - parallel:
              a: [{id: first, wait_for: [{event: did_it, steps: [{exit: one}]}], up_to: 2 days}]
              b: [{id: second, wait_for: [{event: did_it, steps: [{exit: two}]}], up_to: 2 days}]
        """
    )
    room.happen("began")
    compiled = room.deployment.catalogue.current("j")
    assert compiled is not None
    for name, branch in zip(
        ("first", "second"), compiled.definition["States"]["parallel_1"]["Branches"], strict=True
    ):
        compiled.definition["States"][name] = branch["States"][name]
        begin_waiting(room.engine, room.payload(name, token=name))

    room.happen("did_it")

    assert room.told("resumed", "exited") == ["resumed first", "exited exit:one"]


def test_an_event_that_came_late_does_not_let_an_earlier_one_release_again() -> None:
    """The later event had its wait already; the earlier one, stored after it, has the next; then both are spent."""
    room = Room(
        "enter: {on: began}\nsteps: [{id: a, wait_for: [{event: did_it}], up_to: 2 days}, "
        "{id: b, wait_for: [{event: did_it}], up_to: 2 days}, {id: c, wait_for: [{event: did_it}], up_to: 2 days}]"
    )
    room.happen("began")
    state = room.state()
    begin_waiting(room.engine, room.payload("a", state, "a"))
    room.clock.pass_by(hours=2)
    room.happen("did_it")
    begin_waiting(room.engine, room.payload("b", state, "b"))
    room.clock.pass_by(hours=-1)
    room.happen("did_it")
    room.clock.pass_by(hours=2)

    begin_waiting(room.engine, room.payload("c", state, "c"))

    assert [token for token, _ in room.executions.answered] == ["a", "b"]


def test_a_late_goal_does_not_bring_an_old_run_back_in_the_place_of_a_new_one() -> None:
    """One event redirects into a journey and is the goal of the customer's last run there: both are kept apart."""
    room = Room(
        "enter: {on: began}\nwhile_running: [{on: stopped, do: redirect, to: k}]\nsteps: [{wait: 9 days}]",
        "enter: {on: did_it, again: always}\ngoal: {event: stopped, within: 20 days}\nsteps: [{exit: end}]",
    )
    room.happen("began")
    room.clock.pass_by(days=1)
    room.happen("did_it")
    room.clock.pass_by(days=1)

    room.happen("stopped")

    assert room.told("goal", "redirected") == ["goal stopped", "redirected stopped"]
    assert room.run("k").entry_event == "stopped"


def test_an_event_that_redirects_and_enters_enters_once() -> None:
    """The journey it is redirected to has the event as a trigger of its own, and lets in again always."""
    room = Room(
        "enter: {on: began}\nwhile_running: [{on: stopped, do: redirect, to: k}]\nsteps: [{wait: 9 days}]",
        "enter: {on: stopped, again: always}\nsteps: [{exit: end}]",
    )
    room.happen("began")

    room.happen("stopped")

    assert [one.what for one in room.happened if one.journey == "k"] == ["entered", "exited"]


def test_what_an_event_changes_counts_the_event() -> None:
    """The customer did it: conditions and segments that ask how often see the event that made them ask."""
    room = Room(
        'enter: {on: began, where: \'times("began") == 2 && last("began") == now\'}\nsteps: [{wait: 1 day}]'
    )
    room.happen("began", "e1")
    room.clock.pass_by(days=1)

    room.happen("began", "e2")

    assert [run.entry_id for run in room.customers.load("ana").runs.values()] == ["e2"]

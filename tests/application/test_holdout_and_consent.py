"""What withdrawing consent and being held out mean at their edges, and what moves a run from outside."""

from __future__ import annotations

import pytest

from sojourn.application.step import do_step
from sojourn.domain.customer.rows import changed
from tests.support.engine_room import ANA, Room
from tests.support.workspaces import deployed, lines, played

BEGAN = "events: [{at: +0s, customer: ana, event: began, properties: {ref: r1}}"
HELD_OUT = "- {id: ana, email: ana@example.com, holdout: true}"


def test_a_holdout_reaches_nobody_through_other_journeys() -> None:
    """Neither what it emits nor what it starts may message them; attributes are still set."""
    deployment = deployed(
        "enter: {on: began, holdout: 10%}\nsteps: [{emit: did_it}, {start: l}, {update: {plan: pro}}]",
        "enter: {on: did_it}\nsteps: [{id: s, send: hello}]",
        "enter: {on: api}\nsteps: [{id: t, send: hello}]",
    )

    trace = played(deployment, BEGAN + "]", HELD_OUT)

    assert lines(trace, "sent", "suppressed", "updated") == [
        "+0s suppressed emit_1 holdout", "+0s suppressed start_1 holdout", "+0s updated update_1",
    ]  # fmt: skip


@pytest.mark.parametrize("holdout", [True, False])
@pytest.mark.parametrize("late", [True, False], ids=["after the end", "within"])
def test_a_goal_says_whether_its_run_was_held_out(late: bool, holdout: bool) -> None:
    """Within the run as after it: what the messages brought is the difference between the two groups."""
    ends = "{id: s, update: {plan: pro}}" if late else "{wait: 1 day}"
    room = Room(
        f"enter: {{on: began, holdout: 50%}}\ngoal: {{event: did_it, within: 9 days}}\nsteps: [{ends}]",
        person=changed(ANA, holdout=holdout),
    )
    room.happen("began")
    entered = room.clock.at
    if late:
        do_step(room.engine, room.payload("s"))
    room.clock.pass_by(hours=1)

    room.happen("did_it")

    (goal,) = [one for one in room.happened if one.what == "goal"]
    after_end = {"after_end": True} if late else {}
    assert goal.details == {"event": "did_it", "holdout": holdout, "entered": entered, **after_end}


@pytest.mark.parametrize("said", ["{topic: news}", "{}", "{topic: news, channel: email}"])
def test_consent_taken_back_without_saying_where_or_for_what_means_all(said: str) -> None:
    """Withdrawal fails closed."""
    deployment = deployed("enter: {on: began}\nsteps: [{wait: 1 day}, {id: s, send: hello, via: [email]}]")
    story = f"{BEGAN}, {{at: +1h, customer: ana, event: unsubscribed, properties: {said}}}]"

    trace = played(deployment, story, "- {id: ana, email: ana@example.com, consents: {news: [email]}}")

    assert lines(trace, "sent", "suppressed") == ["+1d suppressed s consent"]


def test_a_topic_asked_for_again_counts_more_than_all_taken_back_before() -> None:
    """The last word wins, topic by topic."""
    deployment = deployed("enter: {on: began}\nsteps: [{wait: 1 day}, {id: s, send: hello, via: [email]}]")
    story = (
        f"{BEGAN}, {{at: +1h, customer: ana, event: unsubscribed, properties: {{}}}}]\n"
        "also: [{at: +2h, customer: ana, subscribed: news}]"
    )

    trace = played(deployment, story)

    assert lines(trace, "sent", "suppressed") == ["+1d sent s email"]


def test_a_segment_entered_before_the_wait_for_it_counts() -> None:
    """As any event since the run entered does."""
    deployment = deployed(
        "enter: {on: began}\nsteps: [{wait: 2 hours}, {id: w, wait_for: [{entered_segment: pros}], up_to: 1 day}]"
    )

    trace = played(deployment, BEGAN + "]\nalso: [{at: +1h, customer: ana, set: {plan: pro}}]")

    assert lines(trace, "resumed", "timed_out") == ["+2h resumed w entered_segment"]


def test_reactions_and_goals_can_ask_what_the_steps_came_to() -> None:
    """The outcomes so far are known outside the steps too, while the run waits."""
    deployment = deployed(
        """
        enter: {on: began}
        while_running: [{on: stopped, where: steps.s.sent, do: exit, reason: told}]
        steps: [{wait: 1 hour}, {id: s, send: hello}, {wait: 1 day}]
        """
    )
    stops = ", ".join(f"{{at: +{minutes}m, customer: ana, event: stopped}}" for minutes in (30, 90))

    trace = played(deployment, f"{BEGAN}, {stops}]")

    assert lines(trace, "sent", "exited") == ["+1h sent s email", "+1h 30m exited exit:told"]


def test_an_empty_key_is_no_key() -> None:
    """Two bookings without an id are not one and the same."""
    deployment = deployed("enter: {on: began, key: event.ref}\nsteps: [{exit: done}]")

    trace = played(deployment, "events: [{at: +0s, customer: ana, event: began, properties: {ref: ''}}]")

    assert lines(trace, "entered", "not_entered") == ["+0s not_entered no key: event.ref is empty"]


def test_every_wait_is_told_also_one_after_another() -> None:
    """A trace holds all that happened: the second of two waits begins when the first is over."""
    deployment = deployed(
        "enter: {on: began}\nsteps: [{id: a, wait: 1 day}, {id: b, wait: 1 hour}, {exit: done}]"
    )

    trace = played(deployment, BEGAN + "]")

    assert lines(trace, "waiting", "exited") == ["+0s waiting a", "+1d waiting b", "+1d 1h exited exit:done"]


def test_a_value_that_reads_something_missing_says_so() -> None:
    """The update names what it could not read."""
    deployment = deployed("enter: {on: began}\nsteps: [{update: {first_name: entry.nick, plan: pro}}]")

    trace = played(deployment, BEGAN + "]")

    told = next(one for one in trace.trace if one.what == "updated")
    assert (told.reason, told.details["attributes"]) == (
        "no first_name: entry.nick is missing",
        {"plan": "pro"},
    )

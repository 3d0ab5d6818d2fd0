"""Scenarios: what they play, what they say when something is not as expected."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from tests.support.workspaces import deployed, lines, played

JOURNEY = (
    "enter: {on: began, again: always}\nsteps: [{id: s, send: hello}, {wait: 1 day}, {id: t, send: hello}]"
)
BEGAN = "events: [{at: +0s, customer: ana, event: began}]\n"


def failures(rest: str, journey: str = JOURNEY) -> list[str]:
    return played(deployed(journey), BEGAN + dedent(rest)).failures


def test_a_scenario_that_goes_as_expected_has_no_failures() -> None:
    """In order, at the time where one is given, with any field of a happening."""
    story = """
    expect:
      - {at: +0s, customer: ana, sent: s, channel: email}
      - {sent: hello, step: t, at: 2026-03-03T12:00:00Z}
      - {customer: ana, exited: completed}
    never: [{sent: u}, {at: +1h, sent: s}]
    """

    assert failures(story) == []


@pytest.mark.parametrize(
    ("rest", "failure"),
    [
        ("expect: [{customer: ana, sent: u}]", "expected {customer: ana, sent: u}, but it never came"),
        ("expect: [{at: +2h, sent: t}]", "expected {at: +2h, sent: t}, but it came at +1d"),
        (
            "expect: [{sent: t}, {sent: s}]",
            "expected {sent: s} after what stands before it, but it came at +0s",
        ),
        ("never: [{sent: hello}]", "never {sent: hello}, but it did at +0s"),
        ("never: [{at: +1d, sent: t}]", "never {at: +1d, sent: t}, but it did at +1d"),
    ],
)
def test_a_failure_says_what_was_expected_and_what_came(rest: str, failure: str) -> None:
    """And when."""
    assert failures(rest) == [failure]


def test_one_happening_fulfils_one_expectation() -> None:
    """Two messages expected are two messages sent."""
    assert failures("expect: [{sent: s}, {sent: s}]") == [
        "expected {sent: s} after what stands before it, but it came at +0s"
    ]


def test_feedback_on_what_was_not_sent_and_the_end_of_no_task_are_failures() -> None:
    """The scenario supposes something that did not happen."""
    found = failures("also: [{at: +1h, customer: ana, opened: t}, {at: +1h, customer: ana, completed: t}]")

    assert found == [
        'at +1h "ana" opened "t", which was not sent by then',
        'at +1h the task "t" of "ana" was completed, but it was not open then',
    ]


def test_feedback_of_somebody_who_is_known_by_a_browser_alone() -> None:
    """By the anonymous id, before it is found who that is and after: their message, their wish, their entry."""
    story = """
    - {at: +0s, anonymous: b1, identities: {email: bo@example.com}, event: began}
    - {at: +2d, customer: ana, anonymous: b1, event: did_it}
    """
    also = """
    - {at: +1h, anonymous: b1, opened: s}
    - {at: +25h, anonymous: b1, clicked: t}
    - {at: +3d, anonymous: b1, enter: j}
    """
    expect = """
    - {at: +1h, anonymous: b1, opened: s}
    - {at: +25h, anonymous: b1, clicked: t}
    - {merged: b1, customer: ana}
    - {at: +3d, customer: ana, entered: j}
    """
    parts = (("events", story), ("also", also), ("expect", expect))

    trace = played(deployed(JOURNEY), "".join(f"{name}:{indent(dedent(rows), '  ')}" for name, rows in parts))

    assert trace.failures == []


def test_a_scenario_ends_at_its_own_time() -> None:
    """What would come later is not in the trace; what comes in the last instant is."""
    ends = [
        lines(played(deployed(JOURNEY), f"until: {until}\n" + BEGAN), "sent") for until in ("+23h", "+1d")
    ]

    assert ends == [["+0s sent s email"], ["+0s sent s email", "+1d sent t email"]]


def test_a_timeout_is_told_though_the_scenario_ends_before_the_next_step() -> None:
    """The run itself tells it only when its next task comes."""
    journey = """
    enter: {on: began}
    steps:
      - {id: w, wait_for: [{event: did_it}], up_to: 3 days, otherwise: [{wait: 10 days}]}
      - {exit: end}
    """

    trace = played(deployed(journey), "until: +5d\n" + BEGAN)

    assert lines(trace, "timed_out", "waiting") == [
        "+0s waiting w",
        "+3d timed_out w otherwise",
        "+3d waiting wait_1",
    ]


def test_without_a_time_a_scenario_ends_when_all_runs_have() -> None:
    """Not before the last thing that is written or expected, though nobody is in a journey."""
    trace = played(deployed(JOURNEY), "also: [{at: +40d, customer: ana, enter: j, properties: {ref: r}}]")

    assert lines(trace, "entered", "exited") == ["+40d entered", "+41d exited completed"]


def test_one_id_twice_is_one_event_per_customer() -> None:
    """Two customers may use the same id."""
    people = "- {id: ana, email: a@example.com}\n- {id: ben, email: b@example.com}"
    story = "events:" + "".join(
        f"\n  - {{at: +0s, customer: {who}, event: began, id: e1}}" for who in ("ana", "ben", "ana")
    )

    trace = played(deployed(JOURNEY), story, people)

    assert [(one.customer, one.what) for one in trace.trace if one.what in ("entered", "not_entered")] == [
        ("ana", "entered"), ("ben", "entered"),
    ]  # fmt: skip


def test_consents_are_exactly_those_written() -> None:
    """A topic that is named has these channels and no others; one that is not has its default."""
    deployment = deployed("enter: {on: began}\nsteps: [{id: s, send: hello, via: [email, sms, push]}]")
    people = '- {id: ana, email: a@example.com, phone: "+12025550123", device: t, consents: {news: [push]}}'

    assert lines(played(deployment, BEGAN, people), "sent") == ["+0s sent s push"]


def test_a_call_answers_what_the_scenario_says() -> None:
    """By step; 200 and nothing where nothing is said, and status 0 is no answer at all."""
    journey = """
    enter: {on: began}
    steps:
      - {id: a, call: "https://api.shop.example/a", otherwise: [{emit: bad}]}
      - {id: b, call: "https://api.shop.example/b", otherwise: [{emit: worse}]}
      - {id: c, call: "https://api.shop.example/c"}
      - {branch: [{name: answered, when: steps.c.answer.n == 1, steps: []}]}
    """

    trace = played(
        deployed(journey),
        BEGAN + "calls: {a: {status: 500}, b: {status: 0}, c: {status: 201, answer: {n: 1}}}",
    )

    assert [(one.step, one.details["status"]) for one in trace.trace if one.what == "called"] == [
        ("a", 500),
        ("b", 0),
        ("c", 201),
    ]
    assert lines(trace, "emitted", "branched") == [
        "+0s emitted emit_1",
        "+0s emitted emit_2",
        "+0s branched branch_1 answered",
    ]


def test_feedback_stands_in_the_trace_and_does_what_it_does_on_aws() -> None:
    """One path for both: a soft bounce, a program's opening and a delivery move nobody; a hard bounce suppresses."""
    story = """
    also:
      - {at: +1m, customer: ana, delivered: s}
      - {at: +2m, customer: ana, opened: s, machine: true}
      - {at: +3m, customer: ana, bounced: s, hard: false}
      - {at: +4m, customer: ana, opened: s}
      - {at: +5m, customer: ana, bounced: s}
    expect:
      - {at: +1m, customer: ana, delivered: s}
      - {at: +2m, opened: s, machine: true}
      - {at: +3m, undelivered: s}
      - {at: +4m, opened: s}
      - {at: +5m, bounced: s}
      - {at: +1d, sent: t, instead_of: "email: suppressed (bounce)"}
    """

    assert failures(story) == []


CART = """
enter: {on: began, again: always}
goal: {event: stopped}
steps: [{wait: 2 hours}, {id: s, send: hello, via: [email]}, {wait: 1 day}]
"""


def test_a_visitor_becomes_a_customer() -> None:
    """What they began before they logged in goes on as the customer's: the message goes out, the order is the goal."""
    story = """
    events:
      - {at: +0s, anonymous: a1, event: began}
      - {at: +1h, customer: ana, anonymous: a1, event: customer_updated, attributes: {plan: pro}}
      - {at: +3h, anonymous: a1, event: stopped}
    expect:
      - {at: +0s, anonymous: a1, entered: j}
      - {at: +1h, customer: ana, merged: a1, runs: 1}
      - {at: +2h, customer: ana, sent: s, channel: email}
      - {at: +3h, customer: ana, exited: goal}
    never:
      - {anonymous: a1, sent: s}
      - {merge_refused: a1}
    """

    assert played(deployed(CART), dedent(story)).failures == []


def test_somebody_unknown_lives_like_everybody() -> None:
    """By an anonymous id or an address alone: the world runs until their run has ended, and they become nobody else."""
    story = """
    events: [{at: +0s, identities: {email: cy@example.com}, event: began}, {at: +0s, anonymous: a1, event: began}]
    expect: [{at: +2h, suppressed: s, reason: no_address}, {at: +1d 2h, anonymous: a1, exited: completed}]
    never: [{merged: a1}]
    """

    trace = played(deployed(CART), dedent(story))

    assert trace.failures == []
    assert sorted(lines(trace, "sent", "suppressed")) == ["+2h sent s email", "+2h suppressed s no_address"]


def test_two_customers_are_one_where_a_scenario_says_so() -> None:
    """Told by a sender that may: `merge` names the other; without it two who are known stay two."""
    people = "- {id: ana, email: ana@example.com}\n- {id: bo}"
    story = """
    events:
      - {at: +0s, customer: bo, anonymous: a1, event: began}
      - {at: +1h, customer: ana, anonymous: a1, event: customer_updated}
      - {at: +90m, customer: ana, merge: bo, event: customer_updated}
    expect:
      - {at: +1h, customer: ana, merge_refused: a1}
      - {at: +1h 30m, customer: ana, merged: bo}
      - {at: +2h, customer: ana, sent: s}
    """

    assert played(deployed(CART), dedent(story), people).failures == []

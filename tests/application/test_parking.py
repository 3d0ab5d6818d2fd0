"""A run has no upper bound: past what one execution may last or hold, it goes on in another, and loses nothing."""

from __future__ import annotations

import pytest

from sojourn.domain.compile.limits import HISTORY_EVENTS
from sojourn.local.scenario import Played
from tests.support.workspaces import deployed, lines, played

BEGAN = "until: +1500 days\nevents: [{at: +0s, customer: ana, event: began, properties: {ref: r1, n: 4}}%s]\n"


def happens(at: str, event: str) -> str:
    return f", {{at: {at}, customer: ana, event: {event}, properties: {{ref: r2, n: 5}}}}"


def play(journey: str, *more: str, also: str = "") -> Played:
    return played(deployed(journey), BEGAN % "".join(more) + also)


REMEMBERS = """
enter: {on: began}
goal: {event: stopped}
while_running: [{on: {entered_segment: pros}, do: exit, reason: pro}]
steps:
  - {id: c, call: "https://api.shop.example/x"}
  - {id: s, send: hello, via: [push]}
  - id: first
    wait_for: [{event: did_it}]
    up_to: 5 days
  - %s
  - id: b
    branch:
      - name: kept
        when: steps.s.channel == "push" && steps.first.path == "otherwise" && steps.c.answer.n == 3
        steps: []
  - {exit: end}
"""
CALLS = "calls: {c: {status: 200, answer: {n: 3}}}"


@pytest.mark.parametrize(
    ("pause", "ends"),
    [
        ("{wait: 400 days}", "+405d"),
        ("{wait: 1200 days}", "+1205d"),
        ('{wait: {until: "2027-09-01T12:00:00Z"}}', "+548d"),
        ("{id: w, wait_for: [{event: did_it}], up_to: 500 days}", "+505d"),
        ("{id: t, task: desk, title: Call, up_to: 500 days}", "+505d"),
        ("{id: w, wait_for: [{event: did_it}], up_to: 1300 days, otherwise: [{wait: 50 days}]}", "+1355d"),
    ],
    ids=["wait", "long wait", "until", "wait_for", "task", "wait_for then wait"],
)
def test_what_came_of_the_steps_before_survives_a_long_wait(pause: str, ends: str) -> None:
    """Answers, channels and ways out are read after the continuation as before it."""
    trace = play(REMEMBERS % pause, also=CALLS)

    assert lines(trace, "branched", "exited", "failed") == [
        f"{ends} branched b kept",
        f"{ends} exited exit:end",
    ]


def test_a_wait_for_something_that_parks_its_run_times_out_at_its_deadline() -> None:
    """One waiting, one timed_out, and never both answers."""
    trace = play(REMEMBERS % "{id: w, wait_for: [{event: did_it}], up_to: 500 days}", also=CALLS)

    assert [one for one in lines(trace, "waiting", "timed_out", "resumed") if " w " in f"{one} "] == [
        "+5d waiting w", "+505d timed_out w otherwise",
    ]  # fmt: skip


def test_an_event_releases_a_parked_run_at_once() -> None:
    """No execution waits there; a new one begins with the event, and the one planned for the deadline never does."""
    journey = (
        REMEMBERS % "{id: w, wait_for: [{event: did_it, steps: [{id: n, emit: other}]}], up_to: 500 days}"
    )

    trace = play(journey, happens("+30d", "did_it"), also=CALLS)

    assert lines(trace, "resumed", "emitted", "branched", "exited", "timed_out", "failed") == [
        "+5d timed_out first otherwise", "+30d resumed w did_it", "+30d emitted n", "+30d branched b kept",
        "+30d exited exit:end",
    ]  # fmt: skip


def test_a_release_may_lead_from_one_park_to_the_next() -> None:
    """The wait after the release is too long as well."""
    journey = REMEMBERS % "{id: w, wait_for: [{event: did_it, steps: [{wait: 600 days}]}], up_to: 500 days}"

    trace = play(journey, happens("+30d", "did_it"), also=CALLS)

    assert lines(trace, "resumed", "branched", "exited") == [
        "+30d resumed w did_it",
        "+630d branched b kept",
        "+630d exited exit:end",
    ]


def test_a_task_of_a_parked_run_can_be_completed() -> None:
    """A person may take more than a year."""
    trace = play(
        REMEMBERS % "{id: t, task: desk, title: Call, up_to: 500 days}",
        also=CALLS + "\nalso: [{at: +400d, customer: ana, completed: t, answer: {n: 1}}]",
    )

    assert lines(trace, "resumed", "branched", "exited") == [
        "+400d resumed t completed", "+400d branched b kept", "+400d exited exit:end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "also", "ended"),
    [
        (happens("+100d", "stopped"), "", ["+100d goal", "+100d exited goal"]),
        ("", "\nalso: [{at: +100d, customer: ana, set: {plan: pro}}]", ["+100d exited exit:pro"]),
    ],
    ids=["goal", "exit"],
)
@pytest.mark.parametrize(
    "pause", ["{wait: 400 days}", "{id: w, wait_for: [{event: did_it}], up_to: 500 days}"]
)
def test_a_parked_run_can_end(pause: str, event: str, also: str, ended: list[str]) -> None:
    """The execution that was planned never begins, and nothing is told of the run afterwards."""
    trace = play(REMEMBERS % pause, event, also=CALLS + also)

    assert lines(trace, "goal", "exited", "failed", "timed_out")[-len(ended) :] == ended
    assert trace.trace[-1].what == "exited"


def test_a_parked_run_restarts_with_the_new_event() -> None:
    """The new run's wait counts from the new event."""
    journey = "enter: {on: began}\nwhile_running: [{on: did_it, do: restart}]\nsteps: [{wait: 400 days}, {exit: end}]"

    trace = play(journey, happens("+100d", "did_it"))

    assert lines(trace, "entered", "exited") == [
        "+0s entered",
        "+100d exited restarted",
        "+100d entered",
        "+500d exited exit:end",
    ]


LOOP = """
enter: {on: began}
steps:
  - {id: u, update: {score: entry.n}}
  - {wait: 1 hour}
  - {id: again, goto: u, at_most: %d}
  - id: b
    branch: [{name: counted, when: customer.score == 4, steps: []}]
  - {exit: end}
"""


def test_a_loop_that_would_fill_an_executions_history_goes_on_in_another() -> None:
    """3,000 rounds of four states are more than 25,000 events; each of them is walked once."""
    deployment = deployed(LOOP % 3000)

    trace = played(deployment, BEGAN % "")

    assert HISTORY_EVENTS < 3000 * 4 * 2
    assert len(lines(trace, "updated")) == 3001
    assert lines(trace, "branched", "exited", "failed") == [
        "+125d 1h branched b counted",
        "+125d 1h exited exit:end",
    ]


def test_a_short_loop_stays_in_its_execution() -> None:
    """No Choice at the start, no new execution: it costs nothing where it is not needed."""
    deployment = deployed(LOOP % 5)

    (journey,) = deployment.catalogue.all_current()

    assert "Start: which way" not in journey.definition["States"]


PARALLEL = """
enter: {on: began}
steps:
  - {id: c, call: "https://api.shop.example/x"}
  - %s
  - parallel:
      a: [{wait: 200 days}, {id: sa, send: hello}]
      b: [{id: w, wait_for: [{event: did_it}], up_to: 160 days}]
  - id: r
    branch: [{name: kept, when: steps.c.answer.n == 3 && steps.sa.sent && steps.w.path == "otherwise", steps: []}]
  - {exit: end}
"""


@pytest.mark.parametrize(
    ("before", "ends"),
    [("{wait: 1 hour}", "+200d 1h"), ("{wait: 300 days}", "+500d"), ("{emit: other}", "+200d")],
)
def test_a_parallel_begins_with_time_enough_for_its_paths(before: str, ends: str) -> None:
    """A run cannot be parked while several paths are under way, so it gets a fresh execution before them."""
    trace = play(PARALLEL % before, also=CALLS)

    assert lines(trace, "branched", "exited", "failed") == [
        f"{ends} branched r kept",
        f"{ends} exited exit:end",
    ]
    assert len(lines(trace, "timed_out")) == 1


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("entry.ref", "not a date"),
        ("entry.missing", "there is no time at"),
        ("entry.ref.deeper - 1 day", "there is no time at"),
        ("customer.nothing + 3 days", "there is no time at"),
    ],
)
def test_a_wait_until_what_is_no_date_continues_at_once_and_says_why(when: str, reason: str) -> None:
    """Bad data in an event must not stop a customer for ever."""
    trace = play(
        f"enter: {{on: began}}\nsteps: [{{emit: other}}, {{id: u, wait: {{until: {when}}}}}, {{exit: end}}]"
    )

    assert lines(trace, "exited", "failed") == ["+0s exited exit:end"]
    assert [reason in one.reason for one in trace.trace if one.what == "waiting"] == [True]


def test_a_loop_whose_wait_is_over_at_once_ends_after_its_rounds() -> None:
    """Time stands still for it, and every visit is one of its own: four messages, not one told four times."""
    journey = """
    enter: {on: began}
    steps:
      - {id: s, send: hello}
      - {id: u, wait: {until: "2020-01-01T00:00:00Z"}}
      - {id: again, goto: s, at_most: 3}
      - {exit: end}
    """

    trace = play(journey)

    assert lines(trace, "sent", "exited") == [*["+0s sent s email"] * 4, "+0s exited exit:end"]
    assert len({one.details["send"] for one in trace.trace if one.what == "sent"}) == 4


def test_a_loop_of_nothing_but_a_wait_that_is_over_ends_as_well() -> None:
    """The same decision in the same instant, round after round, is not taken for its own repetition."""
    journey = """
    enter: {on: began}
    steps:
      - {emit: other}
      - {id: u, wait: {until: "2020-01-01T00:00:00Z"}}
      - {id: again, goto: u, at_most: 3}
      - {exit: end}
    """

    trace = play(journey)

    assert lines(trace, "exited") == ["+0s exited exit:end"]

"""Each verb of the language does what it says, in virtual time."""

from __future__ import annotations

from tests.support.workspaces import deployed, lines, played

BEGAN = (
    "events: [{at: +0s, customer: ana, event: began, properties: {ref: r1, n: 1, at: 2026-03-05T10:00:00Z}}]"
)


def test_a_wait_of_a_duration_is_exact_over_a_clock_change() -> None:
    """Seven days are 168 hours, whatever the clocks do in between."""
    deployment = deployed("enter: {on: began}\nsteps: [{wait: 7 days}, {id: s, send: hello}]")

    trace = played(deployment, BEGAN, start="2026-03-05T12:00:00Z")

    assert lines(trace, "sent") == ["+7d sent s email"]


def test_a_wait_until_a_clock_time_is_in_the_customers_zone() -> None:
    """12:00 UTC is 07:00 in New York; the next 09:00 there is two hours later."""
    deployment = deployed('enter: {on: began}\nsteps: [{wait: {until: "09:00"}}, {id: s, send: hello}]')

    trace = played(deployment, BEGAN)

    assert lines(trace, "sent") == ["+2h sent s email"]


def test_a_wait_until_a_date_read_from_the_entry_continues_at_once_when_past() -> None:
    """A date in the past continues at once."""
    deployment = deployed(
        "enter: {on: began}\nsteps: [{wait: {until: entry.at - 30 days}}, {id: s, send: hello}]"
    )

    trace = played(deployment, BEGAN)

    assert lines(trace, "sent") == ["+0s sent s email"]


def test_a_wait_for_a_window_ends_when_it_opens() -> None:
    """The window from 22:00 to 06:00 in Berlin opens at 21:00 UTC in March."""
    deployment = deployed(
        'enter: {on: began}\nsteps: [{wait: {between: ["22:00", "06:00"], zone: workspace}}, {id: s, send: hello}]'
    )

    trace = played(deployment, BEGAN)

    assert lines(trace, "sent") == ["+9h sent s email"]


def test_a_branch_reads_the_customer_when_it_is_reached() -> None:
    """What changed during the wait before it counts."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - wait: 7 days
          - id: b
            branch:
              - {name: paid, when: customer.plan == "pro", steps: []}
              - else: [{id: nag, send: hello}]
        """
    )

    trace = played(deployment, BEGAN + "\nalso: [{at: +6d, customer: ana, set: {plan: pro}}]")

    assert lines(trace, "branched", "sent") == ["+7d branched b paid"]


def test_nested_decisions_after_a_task_are_taken_at_once() -> None:
    """Branches, splits and ends after a send are walked in one go, in order."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - {id: s, send: hello}
          - id: outer
            branch:
              - when: steps.s.sent
                steps:
                  - id: inner
                    split: {all: {weight: 100, steps: [{exit: found}]}}
        """
    )

    trace = played(deployment, BEGAN)

    assert lines(trace, "branched", "assigned", "exited") == [
        "+0s branched outer 1", "+0s assigned inner all", "+0s exited exit:found",
    ]  # fmt: skip


def test_an_event_a_second_before_the_deadline_releases_and_at_the_deadline_is_late() -> None:
    """86,399 s takes the event's path; 86,400 s and 86,401 s take the timeout's, never both."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - id: w
            wait_for: [{event: did_it, steps: [{exit: came}]}]
            up_to: 1 day
            otherwise: [{exit: late}]
        """
    )

    ends = {
        seconds: lines(
            played(deployment, BEGAN[:-1] + f", {{at: +{seconds}s, customer: ana, event: did_it}}]"),
            "resumed", "timed_out", "exited",
        )
        for seconds in (86_399, 86_400, 86_401)
    }  # fmt: skip

    assert ends == {
        86_399: ["+23h 59m 59s resumed w did_it", "+23h 59m 59s exited exit:came"],
        86_400: ["+1d timed_out w otherwise", "+1d exited exit:late"],
        86_401: ["+1d timed_out w otherwise", "+1d exited exit:late"],
    }


def test_an_event_that_came_before_its_wait_counts_once() -> None:
    """What came after the run entered releases the first wait for it, and no second one."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - wait: 1 day
          - {id: first, wait_for: [{event: did_it}], up_to: 1 day}
          - {id: second, wait_for: [{event: did_it}], up_to: 1 day}
        """
    )

    trace = played(deployment, BEGAN[:-1] + ", {at: +1h, customer: ana, event: did_it}]")

    assert lines(trace, "resumed", "timed_out") == [
        "+1d resumed first did_it",
        "+2d timed_out second otherwise",
    ]


def test_a_where_chooses_among_releases_in_the_order_written() -> None:
    """The first release whose condition holds gives the path."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - id: w
            wait_for:
              - {event: did_it, where: event.n > 5, steps: [{exit: big}]}
              - {event: did_it, where: event.ref == entry.ref, steps: [{exit: same}]}
            up_to: 1 day
        """
    )
    story = BEGAN[:-1] + ", {at: +1h, customer: ana, event: did_it, properties: {ref: r1, n: %d}}]"

    ends = [lines(played(deployment, story % n), "exited") for n in (9, 1)]

    assert ends == [["+1h exited exit:big"], ["+1h exited exit:same"]]


def test_an_update_is_seen_by_the_branch_after_it_and_computes_values() -> None:
    """Values may be literals, paths or CEL."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - {id: u, update: {score: "= entry.n + 41", plan: entry.ref, first_name: literal}}
          - {id: b, branch: [{name: yes_, when: customer.score == 42 && customer.plan == "r1", steps: []}]}
        """.replace("yes_", "same")
    )

    trace = played(deployment, BEGAN)

    assert lines(trace, "branched") == ["+0s branched b same"]
    assert trace.trace[1].details["attributes"] == {"score": 42, "plan": "r1", "first_name": "literal"}


def test_an_update_for_which_there_is_no_room_is_left_out_and_said() -> None:
    """What fits is set all the same, and the run goes on."""
    deployment = deployed("""
        enter: {on: began}
        steps: [{id: u, update: {first_name: entry.ref, plan: free}}, {id: s, send: hello, via: [email]}]
        """)

    trace = played(deployment, BEGAN.replace("r1", "x" * 70_000))

    assert trace.trace[1].details["attributes"] == {"plan": "free"}
    assert trace.trace[1].reason == "no first_name: there is no room for another attribute"
    assert "sent" in {line.what for line in trace.trace}


def test_a_persons_task_steers_by_its_outcome_or_times_out() -> None:
    """Completed, failed and not done in time are told apart."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - {id: t, task: desk, title: Call, up_to: 2 days, otherwise: [{exit: forgotten}]}
          - id: b
            branch:
              - {when: steps.t.path == "completed" && steps.t.answer.ok, steps: [{exit: fine}]}
              - else: [{exit: not-fine}]
        """
    )
    also = "\nalso: [{at: +1d, customer: ana, %s: t, answer: {ok: %s}}]"

    ends = [
        lines(played(deployment, BEGAN + story), "exited")
        for story in (
            also % ("completed", "true"),
            also % ("completed", "false"),
            also % ("failed", "true"),
            "",
        )
    ]

    assert ends == [
        ["+1d exited exit:fine"], ["+1d exited exit:not-fine"], ["+1d exited exit:not-fine"],
        ["+2d exited exit:forgotten"],
    ]  # fmt: skip


def test_a_call_answers_or_takes_its_other_way() -> None:
    """A good answer is readable afterwards; a bad one and none at all go to otherwise."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - {id: c, call: "https://api.shop.example/x", with: {ref: entry.ref}, otherwise: [{exit: bad}]}
          - {id: b, branch: [{when: steps.c.answer.code == "X1", steps: [{exit: good}]}]}
        """
    )

    ends = [
        lines(
            played(deployment, BEGAN + f"\ncalls: {{c: {{status: {status}, answer: {{code: X1}}}}}}"),
            "called",
            "exited",
        )
        for status in (200, 500, 0)
    ]

    assert ends == [
        ["+0s called c", "+0s exited exit:good"],
        ["+0s called c", "+0s exited exit:bad"],
        ["+0s called c", "+0s exited exit:bad"],
    ]


def test_what_a_journey_emits_enters_another() -> None:
    """An emitted event comes back in as something that happened."""
    deployment = deployed(
        "enter: {on: began}\nsteps: [{id: e, emit: did_it, with: {ref: entry.ref, n: 7}}]",
        "enter: {on: did_it, where: event.n == 7}\nsteps: [{exit: chained}]",
    )

    trace = played(deployment, BEGAN)

    assert lines(trace, "emitted", "exited") == [
        "+0s emitted e",
        "+0s exited completed",
        "+0s exited exit:chained",
    ]


def test_start_enters_another_journey_under_its_own_rules() -> None:
    """A second start of a journey that never lets in again is not entered."""
    deployment = deployed(
        "enter: {on: began, again: always}\nsteps: [{id: s, start: k, with: {ref: entry.ref}}]",
        "enter: {on: api}\nsteps: [{exit: seen}]",
    )

    trace = played(deployment, BEGAN[:-1] + ", {at: +1d, customer: ana, event: began}]")

    assert [line for line in lines(trace, "started", "not_entered", "exited") if "completed" not in line] == [
        "+0s started s", "+0s exited exit:seen", "+1d started s", "+1d not_entered again: never",
    ]  # fmt: skip


def test_a_jump_back_is_bounded() -> None:
    """`at_most: 2` jumps twice: three passes in all, then on."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - {id: s, send: hello}
          - wait: 1 day
          - {goto: s, at_most: 2}
          - {exit: enough}
        """
    )

    trace = played(deployment, BEGAN)

    assert lines(trace, "sent", "exited") == [
        "+0s sent s email", "+1d sent s email", "+2d sent s email", "+3d exited exit:enough",
    ]  # fmt: skip


def test_parallel_paths_run_at_once_and_what_they_did_is_known_afterwards() -> None:
    """The join takes each step's outcome from the path it belongs to."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - id: p
            parallel:
              mail: [{wait: 1 day}, {id: m, send: hello}]
              listen: [{id: w, wait_for: [{event: did_it}], up_to: 3 days}]
          - id: b
            branch:
              - {name: both, when: steps.m.sent && steps.w.path == "did_it", steps: []}
        """
    )

    trace = played(deployment, BEGAN[:-1] + ", {at: +2d, customer: ana, event: did_it}]")

    assert lines(trace, "sent", "resumed", "branched", "exited") == [
        "+1d sent m email", "+2d resumed w did_it", "+2d branched b both", "+2d exited completed",
    ]  # fmt: skip


def test_an_exit_in_one_parallel_path_ends_the_run() -> None:
    """The other path is stopped: nothing of it happens any more."""
    deployment = deployed(
        """
        enter: {on: began}
        steps:
          - id: p
            parallel:
              mail: [{wait: 2 days}, {id: m, send: hello}]
              quit: [{wait: 1 day}, {exit: enough}]
        """
    )

    trace = played(deployment, BEGAN, start="2026-03-02T12:00:00Z")

    assert lines(trace, "sent", "exited") == ["+1d exited exit:enough"]

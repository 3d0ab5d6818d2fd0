"""What customers do moves them: entries, goals, restarts, redirects, exits, and which of them wins."""

from __future__ import annotations

from tests.support.workspaces import deployed, lines, played

WAIT = "steps: [{wait: 10 days}, {exit: end}]"


def events(*told: str) -> str:
    """Return YAML of events of ana: `+1h began r1`."""
    rows = []
    for n, text in enumerate(told):
        at, name, ref = text.split(" ")
        rows.append(f"  - {{at: {at}, customer: ana, event: {name}, properties: {{ref: {ref}, n: {n}}}}}")
    return "events:\n" + "\n".join(rows)


def test_one_run_at_once_per_customer_or_per_key() -> None:
    """Without a key the second event is not entered; with one, each key has its run."""
    plain = played(
        deployed("enter: {on: began, again: always}\n" + WAIT), events("+0s began a", "+1h began b")
    )
    keyed = played(
        deployed("enter: {on: began, key: event.ref, again: always}\n" + WAIT),
        events("+0s began a", "+1h began b", "+2h began a"),
    )

    assert lines(plain, "entered", "not_entered") == ["+0s entered", "+1h not_entered already_running"]
    assert lines(keyed, "entered", "not_entered") == [
        "+0s entered",
        "+1h entered",
        "+2h not_entered already_running",
    ]


def test_again_after_a_time_counts_from_the_last_entry() -> None:
    """20 days after entry is too soon for `after 28 days`, 29 days is not."""
    deployment = deployed("enter: {on: began, again: after 28 days}\n" + WAIT)

    trace = played(deployment, events("+0s began a", "+20d began a", "+29d began a"))

    assert lines(trace, "entered", "not_entered") == [
        "+0s entered",
        "+20d not_entered again: after 28 days",
        "+29d entered",
    ]


def test_again_unless_the_goal_was_reached() -> None:
    """Whoever did it once is left alone."""
    deployment = deployed("enter: {on: began, again: unless goal}\ngoal: {event: did_it}\n" + WAIT)

    trace = played(deployment, events("+0s began a", "+20d began a", "+21d did_it a", "+22d began a"))

    assert lines(trace, "entered", "not_entered") == [
        "+0s entered",
        "+20d entered",
        "+22d not_entered again: unless goal",
    ]


def test_an_event_delivered_twice_happens_once() -> None:
    """The event's id makes the second delivery a no-op."""
    deployment = deployed("enter: {on: began, again: always}\nsteps: [{id: s, send: hello}]")
    story = "events:" + 2 * "\n  - {at: +0s, customer: ana, event: began, id: e1}"

    trace = played(deployment, story)

    assert lines(trace, "entered", "sent") == ["+0s entered", "+0s sent s email"]


def test_a_goal_ends_the_run_and_counts_until_its_time_is_over() -> None:
    """Within seven days it counts, after the last step too; later it does not."""
    deployment = deployed(
        "enter: {on: began}\ngoal: {event: did_it, where: event.ref == entry.ref, within: 7 days}\n"
        "steps: [{wait: 2 days}, {exit: end}]"
    )

    running = played(deployment, events("+0s began a", "+1d did_it b", "+1d did_it a"))
    over = played(deployment, events("+0s began a", "+3d did_it a"))
    late = played(deployment, events("+0s began a", "+7d did_it a"))

    assert lines(running, "goal", "exited") == ["+1d goal", "+1d exited goal"]
    assert lines(over, "goal", "exited") == ["+2d exited exit:end", "+3d goal"]
    assert lines(late, "goal", "exited") == ["+2d exited exit:end"]


def test_a_restart_begins_again_with_the_new_event_whatever_again_says() -> None:
    """That is how a timer is reset."""
    deployment = deployed(
        """
        enter: {on: began, key: event.ref}
        while_running: [{on: began, where: event.ref == entry.ref, do: restart}]
        steps: [{wait: 2 hours}, {id: s, send: hello}]
        """
    )

    trace = played(deployment, events("+0s began a", "+1h began a", "+90m began b"))

    assert lines(trace, "entered", "restarted", "exited", "sent") == [
        "+0s entered", "+1h restarted", "+1h exited restarted", "+1h entered", "+1h 30m entered",
        "+3h sent s email", "+3h exited completed", "+3h 30m sent s email", "+3h 30m exited completed",
    ]  # fmt: skip


def test_a_redirect_enters_the_other_journey_with_the_same_event() -> None:
    """The event is the entry there, under that journey's own rules."""
    deployment = deployed(
        "enter: {on: began}\nwhile_running: [{on: stopped, do: redirect, to: k}]\n" + WAIT,
        "enter: {on: api, key: event.ref}\nsteps: [{id: b, branch: [{name: same, when: entry.ref == 'z', steps: []}]}]",
    )

    trace = played(deployment, events("+0s began a", "+1h stopped z"))

    assert lines(trace, "redirected", "entered", "branched", "exited") == [
        "+0s entered", "+1h redirected", "+1h exited redirected", "+1h entered", "+1h branched b same",
        "+1h exited completed",
    ]  # fmt: skip


def test_the_first_reaction_that_matches_acts() -> None:
    """Reactions are asked in the order written."""
    deployment = deployed(
        """
        enter: {on: began}
        while_running:
          - {on: stopped, where: event.ref == "no", do: exit, reason: first}
          - {on: stopped, do: exit, reason: second}
        """
        + WAIT
    )

    trace = played(deployment, events("+0s began a", "+1h stopped a"))

    assert lines(trace, "exited") == ["+1h exited exit:second"]


def test_ending_wins_over_releasing() -> None:
    """An event that both reaches the goal and releases a wait ends the run: the wait's path is not taken."""
    deployment = deployed(
        """
        enter: {on: began}
        goal: {event: did_it}
        steps: [{id: w, wait_for: [{event: did_it, steps: [{id: s, send: hello}]}], up_to: 2 days}]
        """
    )

    trace = played(deployment, events("+0s began a", "+1h did_it a"))

    assert lines(trace, "goal", "resumed", "sent", "exited") == ["+1h goal", "+1h exited goal"]


def test_entering_and_leaving_a_segment_are_triggers() -> None:
    """An attribute that changes moves customers in and out, and journeys with them."""
    deployment = deployed(
        "enter: {segment: pros}\nwhile_running: [{on: {left_segment: pros}, do: exit, reason: downgraded}]\n"
        + WAIT
    )
    story = "also: [{at: +1h, customer: ana, set: {plan: pro}}, {at: +2d, customer: ana, set: {plan: free}}]"

    trace = played(deployment, story)

    assert lines(trace, "entered", "exited") == ["+1h entered", "+2d exited exit:downgraded"]


def test_an_update_can_move_its_own_run_out() -> None:
    """A journey that changes an attribute enters and leaves segments like any other change."""
    deployment = deployed(
        "enter: {on: began}\nsteps: [{update: {plan: pro}}, {wait: 1 day}, {exit: end}]",
        "enter: {on: {entered_segment: pros}}\nsteps: [{exit: welcome-pro}]",
    )

    trace = played(deployment, events("+0s began a"))

    assert lines(trace, "exited") == ["+0s exited exit:welcome-pro", "+1d exited exit:end"]


def test_a_schedule_enters_the_members_of_its_segment() -> None:
    """Every Monday at nine in the workspace's zone, under the journey's rules."""
    deployment = deployed(
        'enter: {schedule: "weekly mon 09:00", segment: pros, again: after 10 days}\nsteps: [{exit: end}]'
    )
    people = "- {id: ana, attributes: {plan: pro}}\n- {id: ben, attributes: {plan: free}}"

    trace = played(deployment, "until: +20 days", people)

    told = [one for one in trace.trace if one.what in ("entered", "not_entered")]
    assert [(one.customer, one.what, one.at.isoformat()) for one in told] == [
        ("ana", "entered", "2026-03-09T08:00:00+00:00"), ("ana", "not_entered", "2026-03-16T08:00:00+00:00"),
    ]  # fmt: skip


def test_a_segment_built_on_another_follows_it_at_once() -> None:
    """Whatever order they are written in: who enters the one enters the other by the same change."""
    deployment = deployed(
        "enter: {segment: a_top}\nwhile_running: [{on: {left_segment: a_top}, do: exit, reason: out}]\n"
        + WAIT,
        segments="a_top: {when: in_segment('pros') && !did('stopped')}\npros: {when: customer.plan == 'pro'}",
    )
    story = "also: [{at: +1h, customer: ana, set: {plan: pro}}, {at: +2h, customer: ana, set: {plan: free}}]"

    trace = played(deployment, story)

    assert lines(trace, "entered", "exited") == ["+1h entered", "+2h exited exit:out"]

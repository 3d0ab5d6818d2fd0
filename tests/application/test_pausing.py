"""The sends of a journey are paused, and resumed: what fell due goes out at once, over time, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sojourn.application.starting import PAUSED
from sojourn.domain.control import EVERY
from tests.support.publishers import Published

SENDS = """
enter: {on: began, again: always}
steps:
  - wait: 1 hour
  - {id: s, send: hello, via: [email], otherwise: [{update: {plan: none}}]}
  - wait: 1 hour
  - {id: t, send: hello, via: [sms]}
"""


def test_a_send_that_falls_due_waits_without_an_execution_and_is_told_once() -> None:
    """Nothing is asked again and again: whoever resumes the journey starts it."""
    story = Published(SENDS)
    story.happen("began")
    story.until("+30m")
    story.pause()
    story.until("+5d")

    (run,) = story.runs()

    assert story.told("held", "sent") == ["+1h held s paused"]
    assert (run.at, PAUSED in run.last, story.world.executions.goes_on(run.execution)) == (
        {"": "s"},
        True,
        False,
    )


def test_what_fell_due_is_sent_when_the_journey_is_resumed_and_the_clocks_ran_on() -> None:
    """The first message five days late, the second an hour after it."""
    story = Published(SENDS)
    story.happen("began")
    story.pause()
    story.until("+5d")

    came = story.resume()
    story.until("+10d")

    assert [one.what for one in came] == ["goes_on"]
    assert story.told("held", "sent", "exited") == [
        "+1h held s paused", "+5d sent s", "+5d 1h sent t", "+5d 1h exited completed"
    ]  # fmt: skip


def test_what_fell_due_is_dropped_where_the_publisher_says_so() -> None:
    """It goes the way of what was not sent, and the reason can be read; what comes later is sent."""
    story = Published(SENDS)
    story.happen("began")
    story.pause()
    story.until("+5d")

    came = story.resume(due="drop")
    story.until("+10d")

    assert [one.what for one in came] == ["drops"]
    assert story.told("suppressed", "updated", "sent") == [
        "+5d suppressed s paused", "+5d updated update_1", "+5d 1h sent t"
    ]  # fmt: skip


def test_what_fell_due_is_spread_evenly_in_its_order() -> None:
    """Four customers within two hours: half an hour each, whoever fell due first being the first."""
    story = Published(SENDS, who=("ana", "ben", "cy", "dee"))
    story.pause(entries=False)
    for hour, name in enumerate(("cy", "ana", "dee", "ben")):
        story.until(f"+{hour}h")
        story.happen("began", who=name)
    story.until("+10h")

    story.resume(due="spread", over=timedelta(hours=2))
    story.until("+12h")

    sent = [(one.customer, one.at) for one in story.happened if one.what == "sent" and one.step == "s"]
    assert [name for name, _ in sent] == ["cy", "ana", "dee", "ben"]
    start = story.world.clock.now() - timedelta(hours=2)
    assert [int((at - start) / timedelta(minutes=30)) for _, at in sent] == [0, 1, 2, 3]


def test_all_else_goes_on_while_sends_are_paused() -> None:
    """Waits, branches, updates, calls and events are no messages."""
    story = Published(
        """
        enter: {on: began}
        steps:
          - wait: 1 hour
          - {id: u, update: {plan: pro}}
          - {id: c, call: "https://api.shop.example/x"}
          - {id: e, emit: stopped}
          - {id: b, branch: [{name: pro, when: customer.plan == "pro", steps: []}]}
          - {id: s, send: hello}
        """
    )
    story.happen("began")
    story.pause()
    story.until("+1d")

    assert story.told("updated", "called", "emitted", "branched", "held") == [
        "+1h updated u", "+1h called c", "+1h emitted e", "+1h branched b", "+1h held s paused"
    ]  # fmt: skip


def test_transactional_messages_are_held_as_well() -> None:
    """Somebody paused them on purpose."""
    story = Published("kind: transactional\nenter: {on: began}\nsteps: [{id: s, send: hello}]")
    story.pause(entries=False)
    story.happen("began")
    story.until("+1h")

    assert story.told("held", "sent") == ["+0s held s paused"]


DESK = """
enter: {on: began}
steps:
  - {id: a, task: desk, title: Call, up_to: 2 days, otherwise: [{exit: undone}]}
"""


@pytest.mark.parametrize("drop", [False, True])
def test_a_person_s_task_is_raised_after_the_pause_with_its_whole_time_or_dropped(drop: bool) -> None:
    """Nobody is asked to do anything while the journey is paused."""
    story = Published(DESK)
    story.pause(entries=False)
    story.happen("began")
    story.until("+5d")
    story.resume(due="drop" if drop else "send")
    story.until("+10d")

    assert story.told("held", "tasked", "suppressed", "timed_out", "exited") == [
        "+0s held a paused",
        *(["+5d suppressed a paused"] if drop else ["+5d tasked a", "+7d timed_out a"]),
        f"+{5 if drop else 7}d exited exit:undone",
    ]


PATHS = """
enter: {on: began}
steps:
  - parallel:
      a: [{wait: 1 hour}, {id: s, send: hello, otherwise: [{update: {plan: none}}]}]
      b: [{wait: 2 hours}, {id: d, task: desk, title: Call, up_to: 10 days}]
  - {exit: end}
"""


@pytest.mark.parametrize("drop", [False, True])
def test_in_paths_side_by_side_a_send_asks_each_hour_and_a_task_is_raised_on_resuming(drop: bool) -> None:
    """A run cannot leave its execution there; what it holds is told once."""
    story = Published(PATHS)
    story.happen("began")
    story.pause()
    story.until("+5d 30m")

    story.resume(due="drop" if drop else "send")
    story.until("+20d")

    assert story.told("held", "sent", "suppressed", "tasked", "updated", "timed_out", "exited") == [
        "+1h held s paused", "+2h held d paused",
        *(["+5d 30m suppressed d paused", "+5d 1h suppressed s paused", "+5d 1h updated update_1"] if drop else
          ["+5d 30m tasked d", "+5d 1h sent s", "+10d 2h timed_out d"]),
        "+5d 1h exited exit:end" if drop else "+10d 2h exited exit:end",
    ]  # fmt: skip


def test_a_parallel_that_was_not_begun_is_begun_after_the_pause() -> None:
    """Of no path anything is done: the run leaves its execution before it, and loses nothing."""
    story = Published(
        """
        enter: {on: began}
        steps:
          - wait: 1 hour
          - parallel:
              a: [{id: s, send: hello}]
              b: [{id: t, send: hello, via: [sms]}]
          - {exit: end}
        """
    )
    story.happen("began")
    story.pause()
    story.until("+5d")
    (away,) = story.runs()
    story.resume()
    story.until("+6d")

    assert PAUSED in away.last
    assert story.told("sent", "exited", "failed") == ["+5d sent s", "+5d sent t", "+5d exited exit:end"]


def test_a_pause_of_all_journeys_holds_until_all_are_resumed() -> None:
    """Resuming the one that was not paused by itself lets nothing go on."""
    story = Published(SENDS)
    story.happen("began")
    story.pause(EVERY)
    story.pause()
    story.until("+5h")

    came = story.resume()
    story.until("+6h")
    later = story.resume(EVERY)
    story.until("+7h")

    assert ([one.what for one in came], [one.what for one in later]) == (["nothing"], ["goes_on"])
    assert story.told("sent") == ["+6h sent s", "+7h sent t"]


def test_resuming_again_changes_nothing() -> None:
    """Whoever resumes may die in the middle, and come again."""
    story = Published(SENDS)
    story.happen("began")
    story.pause()
    story.until("+5h")
    story.resume()

    again = story.resume()
    story.until("+1d")

    assert [one.what for one in again] == ["nothing"]
    assert story.told("sent") == ["+5h sent s", "+6h sent t"]


def test_who_reaches_the_goal_during_a_pause_is_done() -> None:
    """A run that stopped is as much under way as any other; nothing goes on after its end."""
    story = Published("goal: {event: did_it}\n" + SENDS)
    story.happen("began")
    story.pause()
    story.until("+3h")

    story.happen("did_it")
    came = story.resume()
    story.until("+2d")

    assert (came, story.told("exited", "sent")) == ([], ["+3h exited goal"])


def test_nobody_in_a_holdout_is_ahead_of_the_others() -> None:
    """What they would have been sent waits as well: the pause is not in the comparison."""
    story = Published(
        "goal: {event: stopped}\nenter: {on: began, holdout: 100%}\nsteps: [{id: s, send: hello}, {wait: 1 day}]"
    )
    story.pause(entries=False)
    story.happen("began")
    story.until("+3h")
    story.resume()
    story.until("+4h")

    assert story.told("held", "suppressed") == ["+0s held s paused", "+3h suppressed s holdout"]


def test_who_wants_no_message_any_more_gets_none_after_the_pause() -> None:
    """Consent and addresses are asked when the message goes out, not when it fell due."""
    story = Published(SENDS)
    story.happen("began")
    story.pause()
    story.until("+2h")
    story.happen("message_complained", channel="email", send="x")

    story.resume()
    story.until("+3h")

    assert story.told("held", "sent", "suppressed")[:2] == [
        "+1h held s paused",
        "+2h suppressed s suppressed",
    ]

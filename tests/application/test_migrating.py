"""A journey is published anew while customers are in it: they stay, move, drain or leave, as the map says."""

from __future__ import annotations

import pytest

from sojourn.application.migrating import foresee
from sojourn.local.trace import since
from tests.support.migrants import Republished
from tests.support.publishers import START

BEFORE = """
enter: {on: began, again: always}
steps:
  - {id: pause, wait: 2 hours}
  - {id: s, send: hello, via: [email]}
  - {id: seen, wait_for: [{event: did_it, steps: [{exit: did}]}], up_to: 1 day}
  - {id: t, send: hello, via: [sms]}
"""
AFTER = """
enter: {on: began, again: always}
steps:
  - {id: rest, wait: 5 hours}
  - {id: s, send: hello, via: [push]}
  - {id: heard, wait_for: [{event: did_it, steps: [{exit: did-at-last}]}], up_to: 3 days}
  - id: which
    branch:
      - {when: 'customer.plan == "pro"', steps: [{exit: pro}]}
      - else: [{id: u, send: hello, via: [sms]}]
"""
STORY = ("entered", "waiting", "sent", "migrated", "resumed", "timed_out", "branched", "exited")


def _published(before: str = BEFORE, after: str = AFTER) -> Republished:
    story = Republished(before)
    story.happen("began")
    story.until("+30m")
    story.publish(after)
    return story


def test_without_a_word_they_finish_on_the_version_they_began_with() -> None:
    """Steps, texts and waits of that version, to the end; who enters later has the new one."""
    story = _published()

    became = story.migrate({"s": "exit"})
    story.until("+5d")

    assert became == ["stays"]
    assert story.told("sent", "timed_out", "exited") == [
        "+2h sent s", "+1d 2h timed_out seen", "+1d 2h sent t", "+1d 2h exited completed"
    ]  # fmt: skip


def test_what_is_left_of_a_wait_stays_left() -> None:
    """An hour and a half is left of two: the new wait of five hours is over after that, and the new steps follow."""
    story = _published()

    became = story.migrate({"pause": {"move": "rest"}})
    story.until("+5d")

    assert became == ["moved"]
    assert story.told(*STORY) == [
        "+0s entered", "+0s waiting pause", "+30m migrated rest", "+30m waiting rest migrated", "+2h sent s",
        "+2h waiting heard", "+3d 2h timed_out heard", "+3d 2h branched which", "+3d 2h sent u",
        "+3d 2h exited completed",
    ]  # fmt: skip
    (run,) = story.runs()
    assert (run.version, run.exit_reason) == (story.second and story.second.version, "completed")


def test_at_any_other_step_they_begin_at_once() -> None:
    """Who waited, and is moved to a send, is sent it now."""
    story = _published()

    story.migrate({}, {"move": "s"})
    story.until("+1h")

    assert story.told("migrated", "sent") == ["+30m migrated s", "+30m sent s"]


def test_who_waits_to_be_released_can_be_in_the_new_version_too() -> None:
    """The old deadline holds, and the new way leads on; what comes before it releases by the new version's steps."""
    story = _published()
    story.until("+3h")
    story.migrate({"seen": {"move": "heard"}})
    story.until("+4h")

    story.happen("did_it")
    story.until("+5d")

    assert story.told("migrated", "resumed", "exited") == [
        "+3h migrated heard", "+4h resumed heard", "+4h exited exit:did-at-last"
    ]  # fmt: skip


def test_the_old_deadline_holds_in_the_new_wait() -> None:
    """A day after the message the time is up, though the new version waits for three."""
    story = _published()
    story.until("+3h")

    story.migrate({"seen": {"move": "heard"}})
    story.until("+5d")

    assert story.told("timed_out", "branched", "sent", "exited") == [
        "+2h sent s", "+1d 2h timed_out heard", "+1d 2h branched which", "+1d 2h sent u", "+1d 2h exited completed"
    ]  # fmt: skip


def test_a_decision_can_be_moved_to() -> None:
    """It is taken now, with the customer as they are, and the run goes where it leads: also to its end."""
    story = _published()
    story.happen("told", attributes={"plan": "pro"})

    became = story.migrate({"pause": {"move": "which"}})
    story.until("+5d")

    assert became == ["moved"]
    assert story.told("migrated", "branched", "sent", "exited") == [
        "+30m migrated which", "+30m branched which", "+30m exited exit:pro"
    ]  # fmt: skip


def test_who_leaves_leaves_at_once() -> None:
    """Nothing more is sent, and the reason can be read."""
    story = _published()

    became = story.migrate({"pause": "exit"})
    story.until("+5d")

    assert became == ["exited"]
    assert story.told("sent", "exited") == ["+30m exited exit:migrated"]


@pytest.mark.parametrize(
    "steps",
    [
        "[{id: pause, wait: 2 hours}, {id: s, send: hello}]",
        "[{id: pause, wait: 2 hours}, {id: more, wait: 2 hours}, {id: s, send: hello}]",
        "[{id: pause, wait: {until: '14:00', zone: UTC}}, {id: s, send: hello}]",
        "[{id: pause, wait_for: [{event: never}], up_to: 2 hours}, {id: more, wait: 2 hours}, {id: s, send: hello}]",
    ],
)
def test_who_drains_waits_to_the_end_and_does_no_more(steps: str) -> None:
    """Whatever kind of wait it is, and whatever follows: a message, or another wait."""
    story = _published(f"enter: {{on: began}}\nsteps: {steps}")

    became = story.migrate({"pause": "drain"})
    story.until("+5d")

    assert became == ["drains"]
    assert story.told("sent", "exited") == ["+2h exited exit:migrated"]


def test_who_drains_and_is_released_leaves_then() -> None:
    """The event ends the wait, and with it the run: the steps that it would lead to are not done."""
    story = _published()
    story.until("+3h")
    story.migrate({"seen": "drain"})
    story.until("+4h")

    story.happen("did_it")
    story.until("+5d")

    assert story.told("migrated", "exited") == ["+3h migrated seen drain", "+4h exited exit:migrated"]


def test_a_second_call_changes_nothing() -> None:
    """Whoever works through the runs may come to one twice."""
    story = _published()

    first = story.migrate({"pause": {"move": "rest"}})
    second = story.migrate({"pause": {"move": "rest"}})
    story.until("+3h")

    assert (first, second) == (["moved"], ["elsewhere"])
    assert story.told("migrated", "sent") == ["+30m migrated rest", "+2h sent s"]


def test_a_step_that_is_done_again_is_done_again() -> None:
    """Who is moved back to a step comes to it anew: it is another visit, and no repetition of the first."""
    story = _published()
    story.until("+3h")

    story.migrate({"seen": {"move": "s"}})
    story.until("+4h")

    assert story.told("sent") == ["+2h sent s", "+3h sent s"]


def test_a_run_in_paths_moves_as_one() -> None:
    """Its waits are over, none of its paths does anything more, and it goes on at one step."""
    story = _published(
        "enter: {on: began}\nsteps:\n  - id: both\n    parallel:\n      a: [{wait: 1 day}, {id: s, send: hello}]\n"
        "      b: [{id: asked, wait_for: [{event: did_it}], up_to: 2 days}, {id: t, send: hello}]\n"
    )

    story.migrate({"both": {"move": "rest"}})
    story.until("+5h")

    (run,) = story.runs()
    assert (run.at, story.world.customers.load("ana").waiters) == ({"": "rest"}, {})
    story.until("+10d")
    assert story.told("sent", "exited") == [
        "+5h 30m sent s",
        "+3d 5h 30m sent u",
        "+3d 5h 30m exited completed",
    ]


def test_who_stopped_in_a_pause_is_left_until_it_is_over() -> None:
    """Moved now, they would go on though the journey is paused."""
    story = _published()
    story.pause()
    story.until("+3h")

    assert story.migrate({"s": {"move": "rest"}}) == ["paused"]


@pytest.mark.parametrize(
    ("fate", "became", "then"),
    [({"move": "rest"}, "moved", "+3h sent s"), ("drain", "drains", "+3h exited exit:migrated")],
)
def test_while_the_clocks_stand_still_nobody_is_moved(fate: object, became: str, then: str) -> None:
    """What is left of a wait is not known then; once the journey is resumed it is, and nothing of it was lost."""
    story = _published()
    story.pause(still=True)
    story.until("+1h")

    before = story.migrate({"pause": fate})
    story.until("+1h 30m")
    story.resume()
    after = story.migrate({"pause": fate})
    story.until("+6d")

    assert (before, after) == (["paused"], [became])
    assert story.told("sent", "exited")[0] == then


@pytest.mark.parametrize("offset", ["+30m", "+3h", "+2d"])
@pytest.mark.parametrize("fate", ["stay", "drain", "exit", {"move": "rest"}])
def test_what_is_foreseen_is_what_becomes_of_them(offset: str, fate: object) -> None:
    """Whoever asks beforehand is told what is done then, and nothing is written for it."""
    story = _published()
    story.until(offset)
    how, (run,), told = story.migration({}, fate), story.runs(), len(story.happened)

    file = story.world.customers.load("ana")
    seen = foresee(story.world.engine, file, ("j", ""), how)

    assert (story.runs(), len(story.happened)) == ([run], told)
    assert [seen.became] == story.migrate({}, fate)


def test_until_when_they_wait_is_foreseen() -> None:
    """Of a wait that lasts, and of one that something may end; of a step that is no wait there is none."""
    story = _published()
    how, found = story.migration({"s": "exit"}), []
    for offset in ("+30m", "+3h"):
        story.until(offset)
        found.append(foresee(story.world.engine, story.world.customers.load("ana"), ("j", ""), how))

    assert [(one.became, one.at, since(one.until, START) if one.until else "") for one in found] == [
        ("stays", "pause", "+2h"), ("stays", "seen", "+1d 2h"),
    ]  # fmt: skip

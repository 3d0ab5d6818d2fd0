"""A pause in which the clocks stand still: who had an hour left has an hour left afterwards, whatever they wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.publishers import START, Published

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PARKS = '- {wait: {until: "2020-01-01"}}'
"""Makes a journey one that may outlast an execution, whose waits are worked out as they begin."""
WAITS = {
    "a wait": "- {id: w, wait: 3 hours}",
    "a wait_for": "- {id: w, wait_for: [{event: did_it}], up_to: 3 hours}",
    "a task": "- {id: w, task: desk, title: Call, up_to: 3 hours}",
    "a wait_for and a wait": "- {id: w, wait_for: [{event: did_it}], up_to: 1 hour}\n  - {wait: 2 hours}",
    "a wait in a journey that parks": f"{PARKS}\n  - {{id: w, wait: 3 hours}}",
    "a wait_for in such a one": f"{PARKS}\n  - {{id: w, wait_for: [{{event: did_it}}], up_to: 3 hours}}",
}


@pytest.mark.parametrize("steps", WAITS.values(), ids=WAITS)
@pytest.mark.parametrize("pauses", [1, 2])
def test_who_had_an_hour_left_has_an_hour_left_afterwards(steps: str, pauses: int) -> None:
    """After two pauses both are owed; the second may even come once the first has been made up for."""
    story = Published(f"enter: {{on: began}}\nsteps:\n  {steps}\n  - {{id: u, update: {{plan: pro}}}}")
    story.happen("began")
    story.until("+2h")
    story.pause(still=True)
    story.until("+2d 2h")
    story.resume()
    if pauses == 2:
        story.until("+2d 2h 30m")
        story.pause(still=True)
        story.until("+4d 2h 30m")
        story.resume()
    story.until("+30d")

    assert story.told("updated") == ["+2d 3h updated u" if pauses == 1 else "+4d 3h updated u"]
    assert story.told("failed") == []


def test_it_is_the_wait_that_is_told_to_stand_still_and_not_the_message_after_it() -> None:
    """The message is not due by clocks that stand still."""
    story = Published("enter: {on: began}\nsteps: [{id: w, wait: 3 hours}, {id: hi, send: hello}]")
    story.happen("began")
    story.until("+2h")
    story.pause(still=True)
    story.until("+1d")

    assert story.told("waiting", "held")[1:] == ["+3h waiting w paused"]


def test_a_wait_until_a_time_of_the_clock_does_not_shift() -> None:
    """Nine in the morning is nine in the morning; what passed meanwhile goes on when the journey is resumed."""
    story = Published(
        'enter: {on: began}\nsteps: [{wait: {until: "09:00", zone: workspace}}, {id: u, update: {plan: pro}},'
        ' {wait: {until: "2026-03-04T09:00", zone: workspace}}, {exit: x}]'
    )
    story.happen("began")
    story.until("+1h")
    story.pause(still=True)
    story.until("+1d")
    story.resume()
    story.until("+9d")

    assert story.told("updated", "exited") == ["+1d updated u", "+1d 20h exited exit:x"]


@pytest.mark.parametrize("goes_on", ["during the pause", "after it"])
def test_what_was_waited_for_releases_the_wait_for_as_long_as_it_lasts(goes_on: str) -> None:
    """The machine took the wait for over long ago; what follows stops where the pause is still on."""
    story = Published(
        """
        enter: {on: began}
        steps:
          - {id: w, wait_for: [{event: did_it, steps: [{id: yes, update: {plan: pro}}]}], up_to: 3 hours}
          - {wait: 10 hours}
          - {id: u, update: {score: 1}}
        """
    )
    story.happen("began")
    story.until("+2h")
    story.pause(still=True)
    story.until("+5h")
    if goes_on == "after it":
        story.resume()
        story.until("+5h 30m")
        story.happen("did_it")
    else:
        story.happen("did_it")
        story.until("+8h")
        story.resume()
    story.until("+9d")

    released = "+5h 30m" if goes_on == "after it" else "+5h"
    went_on, ended = ("+5h 30m", "+15h 30m") if goes_on == "after it" else ("+8h", "+18h")
    assert story.told("resumed", "timed_out", "updated", "failed") == [
        f"{released} resumed w", f"{went_on} updated yes", f"{ended} updated u"
    ]  # fmt: skip


def test_what_is_told_of_a_wait_that_lasts_longer_says_until_when() -> None:
    """Whoever asks why nothing comes reads the time that holds."""
    story = Published(f"enter: {{on: began}}\nsteps:\n  {WAITS['a wait']}\n  - {{exit: x}}")
    story.happen("began")
    story.until("+2h")
    story.pause(still=True)
    story.until("+6h")

    (came,) = story.resume()

    assert (came.what, came.at) == ("waits", START + timedelta(hours=7))
    waits = [(one.reason, one.details.get("until")) for one in story.happened if one.what == "waiting"]
    assert waits == [("", START + 3 * HOUR), ("paused", None), ("paused", START + 7 * HOUR)]


def test_nothing_is_dropped_that_was_not_due() -> None:
    """Who has time left to wait was not made to wait by the pause."""
    story = Published("enter: {on: began}\nsteps: [{wait: 3 hours}, {id: s, send: hello}]")
    story.happen("began")
    story.until("+2h")
    story.pause(still=True)
    story.until("+1d")
    story.resume(due="drop")
    story.until("+2d")

    assert story.told("sent", "suppressed") == ["+1d 1h sent s"]


def test_what_was_due_is_dropped_past_the_decision_that_leads_to_it() -> None:
    """What a run comes to at once falls due with it; what comes after a wait does not."""
    story = Published(
        """
        enter: {on: began}
        steps:
          - {wait: {until: "2026-03-02T20:00", zone: workspace}}
          - branch: [{when: customer.plan == "pro", steps: [{exit: pro}]}]
          - {id: s, send: hello}
          - {wait: 1 hour}
          - {id: t, send: hello}
        """
    )
    story.happen("began")
    story.pause(still=True)
    story.until("+1d")
    story.resume(due="drop")
    story.until("+2d")

    assert story.told("sent", "suppressed") == ["+1d suppressed s paused", "+1d 1h sent t"]


@dataclass(frozen=True)
class Step:
    """One step of a made-up journey.

    Args:
        hours: how long it waits; comes: after how many hours and 41 minutes what it waits for happens, if ever.
    """

    kind: str
    hours: int = 0
    comes: int | None = None


def _yaml(steps: list[Step]) -> str:
    lines = []
    for number, step in enumerate(steps):
        lines.append({
            "wait": f"- {{wait: {step.hours} hours}}",
            "wait_for": f"- {{wait_for: [{{event: did_it, where: event.n == {number}}}], up_to: {step.hours} hours}}",
            "task": f"- {{task: desk, title: Call, up_to: {step.hours} hours}}",
            "clock": '- {wait: {until: "09:00", zone: workspace}}',
            "past": '- {wait: {until: "2020-01-01"}}',
            "mark": f"- {{id: m{number}, update: {{score: {number}}}}}",
            "branch": '- {branch: [{when: customer.plan == "pro", steps: [{exit: pro}]}]}',
        }[step.kind])  # fmt: skip
    return "enter: {on: began}\nsteps:\n" + "\n".join(f"  {line}" for line in [*lines, "- {exit: end}"])


def _expected(steps: list[Step], pauses: list[tuple[datetime, datetime]]) -> list[tuple[datetime, str]]:
    """Work out, minute by minute as it were, when each mark is done and the run ends."""

    def done(at: datetime) -> datetime:
        return next((end for begun, end in pauses if begun < at <= end), at)

    def waited(since: datetime, hours: int) -> datetime:
        left, at = hours * 60, since
        while left:
            left -= not any(begun <= at < end for begun, end in pauses)
            at += MINUTE
        return at

    now, told, by_event = START, [], False
    for number, step in enumerate(steps):
        # Whoever comes to a step does so by a task, which stops in a pause. Only what an event decides is decided then.
        if not by_event and step.kind != "wait":
            now = done(now)
        if step.kind == "branch":
            continue
        if step.kind == "wait":
            now = waited(now, step.hours)
        elif step.kind == "clock":
            eight = now.replace(hour=8, minute=0)
            now = eight if eight >= now else eight + 24 * HOUR
        elif step.kind != "past":
            now = done(now)
        by_event = False
        if step.kind == "mark":
            told.append((now, f"m{number}"))
        elif step.kind in ("wait_for", "task"):
            over = waited(now, step.hours)
            came = START + step.comes * HOUR + 41 * MINUTE if step.comes is not None else None
            by_event = came is not None and came < over
            now = max(now, came) if came is not None and by_event else over
    return [*told, (now if by_event else done(now), "")]


STEPS = st.one_of(
    st.builds(Step, st.just("wait"), st.integers(1, 9)),
    st.builds(Step, st.just("wait_for"), st.integers(1, 9), st.none() | st.integers(0, 60)),
    st.builds(Step, st.just("task"), st.integers(1, 9)),
    st.sampled_from([Step("clock"), Step("past"), Step("mark"), Step("branch")]),
)
GAPS = st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), max_size=4)


@given(st.lists(STEPS, min_size=1, max_size=6), GAPS)
@settings(max_examples=150, deadline=None)
def test_every_wait_lasts_as_long_as_it_was_to_by_clocks_that_stood_still(
    steps: list[Step], gaps: list[tuple[int, int]]
) -> None:
    """Compared with a count of minutes, over journeys, pauses and events made up at random."""
    pauses, at = [], START
    for gap, long in gaps:
        begun = at + gap * MINUTE
        at = begun + long * MINUTE
        pauses.append((begun, at))
    happens = [(START + s.comes * HOUR + 41 * MINUTE, n) for n, s in enumerate(steps) if s.comes is not None]
    changes = [(begun, "pause") for begun, _ in pauses] + [(end, "resume") for _, end in pauses]
    story = Published(_yaml(steps))

    story.happen("began")
    for when, what in sorted([*((at, n) for at, n in happens), *changes], key=lambda one: one[0]):
        story.world.clock.run(when)
        if isinstance(what, int):
            story.happen("did_it", n=what)
        else:
            story.pause(still=True) if what == "pause" else story.resume()
    story.until("+90d")

    came = [(one.at, one.step) for one in story.happened if one.what in ("updated", "exited")]
    assert came == _expected(steps, pauses), (steps, gaps)


def test_in_the_middle_of_paths_side_by_side_the_clocks_run_on() -> None:
    """A run cannot leave its execution there: what sends nothing is done, and a message waits for the pause's end."""
    story = Published(
        """
        enter: {on: began}
        steps:
          - parallel:
              a: [{id: u, update: {score: 1}}, {wait: 3 hours}, {id: v, update: {score: 2}}, {id: s, send: hello}]
              b: [{id: w, wait_for: [{event: did_it}], up_to: 5 hours}]
          - {wait: 1 hour}
          - {id: x, update: {score: 3}}
        """
    )
    story.happen("began")
    story.until("+1h")
    story.pause(still=True)
    story.until("+2d")
    story.resume()
    story.until("+9d")

    assert story.told("updated", "timed_out", "held", "sent", "failed") == [
        "+0s updated u", "+3h updated v", "+3h held s paused", "+5h timed_out w", "+2d 1h sent s", "+2d 2h updated x"
    ]  # fmt: skip

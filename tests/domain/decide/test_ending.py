"""What is kept of a run that ended, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.domain.compile.compiled import CompiledGoal, CompiledJourney, Entering
from sojourn.domain.customer.rows import Run
from sojourn.domain.decide.ending import RECENTLY, REDRIVABLE, needed_until, reads_run_late, slimmed

ENTERED = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENDED = ENTERED + timedelta(days=2)
DAY = 86_400.0
RUN = Run(
    "j-1", "ana", "j", "v", "", ENTERED, ENTERED, "j-1", {"ref": "r1"}, status="ended", ended=ENDED,
    released=(("", "e1"),), engaged={"s": frozenset({"opened"})}, last={"": ("s", "t", {})},
)  # fmt: skip


def journey(again: str = "always", seconds: float = 0.0, goal: CompiledGoal | None = None) -> CompiledJourney:
    """Return a journey of which only the rules matter."""
    return CompiledJourney(
        "j", "J", "marketing", "news", Entering(again=again, again_seconds=seconds), goal, (), {}, {}, "v"
    )


WITHIN = CompiledGoal("bought", within=10 * DAY)
WHERE = CompiledGoal("bought", "event.ref == entry.ref", within=10 * DAY)


@pytest.mark.parametrize(
    ("rules", "until"),
    [
        (journey("never"), None),
        (journey("always"), ENDED + RECENTLY),
        (journey("unless goal"), ENDED + RECENTLY),
        (journey("after", 28 * DAY), ENTERED + timedelta(days=28)),
        (journey("after", 60.0), ENDED + RECENTLY),
        (journey("always", goal=WITHIN), ENTERED + timedelta(days=10)),
        (journey("always", goal=CompiledGoal("bought")), ENDED + RECENTLY),
        (journey("always", goal=CompiledGoal("bought", within=DAY)), ENDED + RECENTLY),
        (journey("after", 28 * DAY, WITHIN), ENTERED + timedelta(days=28)),
        (journey("unless goal", goal=WITHIN), ENTERED + timedelta(days=10)),
    ],
)
def test_a_run_is_needed_until_nobody_asks_any_more(rules: CompiledJourney, until: datetime | None) -> None:
    """Whether to enter again, and whether a goal comes late, decide; a day stays for deliveries that come again."""
    assert needed_until(rules, RUN) == until


def test_a_goal_that_was_reached_is_remembered_for_ever_where_it_keeps_out() -> None:
    """With `again: unless goal` only: elsewhere a goal that came leaves nothing to wait for."""
    reached = replace(RUN, goal_reached=True)

    assert needed_until(journey("unless goal", goal=WITHIN), reached) is None
    assert needed_until(journey("always", goal=WITHIN), reached) == ENDED + RECENTLY


def test_a_run_that_failed_is_kept_whole_while_it_can_be_redriven() -> None:
    """It goes on where it was."""
    failed = replace(RUN, exit_reason="failed")

    assert needed_until(journey(), failed) == ENDED + REDRIVABLE
    assert slimmed(journey(), failed) == {}


def test_an_ended_run_keeps_what_a_late_goal_may_read_and_nothing_more() -> None:
    """The entry, and the messages that were opened, only where the goal has a condition and may still come."""
    light = {"last": {}, "released": (), "entry": {}, "engaged": {}}
    whole = light | {"entry": RUN.entry, "engaged": RUN.engaged}

    assert slimmed(journey(), RUN) == light
    assert slimmed(journey(goal=WITHIN), RUN) == light
    assert slimmed(journey(goal=replace(WHERE, within=0.0)), RUN) == light
    assert slimmed(journey(goal=WHERE), RUN) == whole
    assert slimmed(journey(goal=WHERE), replace(RUN, goal_reached=True)) == light
    assert reads_run_late(journey(goal=WHERE), RUN)

"""Two who turn out to be one are each in a journey: the run that goes on stands for the one that ended."""

from __future__ import annotations

from datetime import timedelta

from sojourn.domain.customer.rows import Run, changed
from sojourn.domain.decide.merging import STOOD_FOR, heir
from tests.support.engine_room import START
from tests.support.workspaces import deployed, lines, played

JOURNEY = """
enter: {on: began, again: always}
steps:
  - {id: s, send: hello, via: [email]}
  - id: seen
    wait_for: [{clicked: s, steps: [{exit: interested}]}]
    up_to: 3 days
    otherwise:
      - branch:
          - {when: opened("s"), steps: [{exit: read}]}
          - {else: [{exit: silent}]}
"""
STORY = """
events:
  - {at: +0s, anonymous: b1, event: began}
  - {at: +1h, customer: ana, event: began}
  - {at: +1d, customer: ana, anonymous: b1, event: did_it}
"""


def ended(also: str = "") -> list[str]:
    """Return how ana's runs end: a browser's run that sent nothing, and hers, whose email she has."""
    story = STORY + (f"also:\n  - {also}\n" if also else "")
    return lines(played(deployed(JOURNEY), story), "sent", "exited")


def test_a_click_on_the_message_of_the_run_that_ended_releases_the_one_that_goes_on() -> None:
    """The run entered first goes on, though the other's message is the one she has."""
    found = ended("{at: +2d, customer: ana, clicked: s}")

    assert found == ["+1h sent s email", "+1d exited exit:merged", "+2d exited exit:interested"]


def test_what_was_read_before_counts_for_the_run_that_goes_on() -> None:
    """Opened as the one, asked as the other."""
    found = ended("{at: +2h, customer: ana, opened: s}")

    assert found == ["+1h sent s email", "+1d exited exit:merged", "+3d exited exit:read"]


def test_who_did_nothing_did_nothing() -> None:
    """Without a click or an opening nothing is inherited."""
    assert ended()[-1] == "+3d exited exit:silent"


def test_a_run_remembers_the_last_runs_that_it_stands_for() -> None:
    """However many merges there were, its row stays small."""
    run = Run("r", "ana", "j", "1", "", START, START, "r")
    for number in range(STOOD_FOR + 5):
        run = heir(run, changed(run, id=f"r{number}", heir_of=(), entered=START - timedelta(days=number)))

    assert len(run.heir_of) == STOOD_FOR
    assert run.stands_for(f"r{STOOD_FOR + 4}")
    assert not run.stands_for("r0")

"""What commands say of a journey that was stopped, paused, or neither, in whatever order people do that."""

from __future__ import annotations

import json
import sys

import pytest

from tests.cli.conftest import Sojourn
from tests.cli.publishers import Published
from tests.cli.test_events import Keyboard
from tests.cli.test_pause import control

SENDS = "  sojourn resume welcome --sends --stage dev"


def test_a_journey_that_is_stopped_in_a_pause_says_what_it_takes_to_drain(
    sojourn: Sojourn, desk: Published
) -> None:
    """Its messages may be paused as they are wrong: stopping does not send them."""
    sojourn("pause", "welcome")

    lines = sojourn("stop", "welcome", "--reason", "over").out.splitlines()
    said = json.loads(sojourn("stop", "welcome", "--reason", "over", "--json").out)
    status = " ".join(sojourn("status", "welcome").out.split())

    assert lines[0] == "welcome is stopped: nobody enters any more"
    assert "stays where they are for now, as its messages are paused" in lines[1]
    assert lines[-1] == SENDS
    assert (said["control"]["sends"], "resume these alone" in said["note"]) == ("paused", True)
    assert "whoever is in it comes to their end once messages go out again" in status


def test_a_journey_that_is_stopped_while_all_are_paused_drains_later(
    sojourn: Sojourn, desk: Published
) -> None:
    """What it takes is another command."""
    sojourn("pause", "--all")

    lines = sojourn("stop", "welcome", "--reason", "over").out.splitlines()

    assert "as all journeys are paused" in lines[1]
    assert lines[-1] == "  sojourn resume --all --stage dev"


def test_whoever_left_does_not_come_to_an_end(sojourn: Sojourn, desk: Published) -> None:
    """Who stops it once more, more gently, hears what holds."""
    sojourn("stop", "welcome", "--runs", "end", "--reason", "a mistake", "--yes")

    answer = sojourn("stop", "welcome", "--reason", "over")

    assert "and whoever is in it leaves it, as it was stopped so before" in " ".join(answer.out.split())


def test_messages_alone_are_resumed_and_the_journey_stays_stopped(sojourn: Sojourn, desk: Published) -> None:
    """Nobody is asked, as nobody enters by it; who paused a stopped journey is told to do just that."""
    sojourn("stop", "welcome", "--reason", "over")
    paused = sojourn("pause", "welcome").out.splitlines()

    answer = sojourn("resume", "welcome", "--sends")

    assert paused[-1] == SENDS
    assert answer.status == 0
    assert " ".join(answer.out.split()).startswith(
        "messages of welcome go out again, within seconds; nobody enters any more, and whoever is in it comes to their"
        " end What fell due meanwhile is sent now"
    )
    assert (control(desk).entries, control(desk).sends) == ("stopped", "open")


def test_entries_alone_are_resumed(sojourn: Sojourn, desk: Published) -> None:
    """Nothing is said, and nothing may be asked, of messages that stay paused."""
    sojourn("pause", "welcome")

    answer = sojourn("resume", "welcome", "--entries")
    wrong = sojourn("resume", "welcome", "--entries", "--due", "drop")

    assert (
        answer.out.splitlines()[0]
        == "customers enter welcome again, within seconds; no message goes out for now"
    )
    assert "fell due" not in answer.out
    assert (control(desk).entries, control(desk).sends) == ("open", "paused")
    assert (wrong.status, "--entries resumes no messages" in wrong.err) == (2, True)


def test_a_journey_that_was_stopped_is_not_opened_by_mistake(
    sojourn: Sojourn, desk: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stopped it and why is shown, and how its messages alone go on."""
    sojourn("stop", "welcome", "--reason", "the campaign is over")
    unasked = sojourn("resume", "welcome")
    monkeypatch.setattr(sys, "stdin", Keyboard("n\n"))
    refused = sojourn("resume", "welcome")
    still = control(desk).entries
    monkeypatch.setattr(sys, "stdin", Keyboard("y\n"))
    agreed = sojourn("resume", "welcome")
    sojourn("stop", "welcome", "--reason", "over")

    assert (unasked.status, refused.status, still, agreed.status) == (2, 1, "stopped", 0)
    assert "by ana (“the campaign is over”): nobody enters any more." in refused.err
    assert f"{SENDS}\n" in refused.err
    assert "Let customers enter welcome in dev again? [y/N] nothing was done" in refused.err
    assert "welcome goes on: customers enter, and messages go out" in agreed.out
    assert sojourn("resume", "welcome", "--yes").status == 0


def test_what_was_not_paused_is_said_not_to_have_been(sojourn: Sojourn, desk: Published) -> None:
    """It is done all the same: of an earlier pause somebody may have been left where they were."""
    one = sojourn("resume", "welcome")
    every = sojourn("resume", "--all")
    sojourn("pause", "--all")
    other = sojourn("resume", "welcome")

    assert one.out.startswith(
        "welcome was not paused by itself: who stopped in a pause before and is there still"
    )
    assert every.out.startswith("all journeys were not paused")
    assert "welcome was not paused by itself, and goes on once all journeys are" in other.out
    assert [answer.status for answer in (one, every, other)] == [0, 0, 0]

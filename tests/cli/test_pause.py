from __future__ import annotations

import json
import sys

import pytest

from sojourn.domain.control import Control
from tests.cli.conftest import Sojourn
from tests.cli.publishers import Published
from tests.cli.test_events import Keyboard
from tests.cli.travellers import earlier, people


def control(desk: Published, journey: str = "welcome") -> Control:
    (found,) = (one.control for one in desk.room.backing.live.journeys() if one.name == journey)
    return found


@pytest.mark.parametrize(
    ("options", "entries", "sends", "clocks"),
    [
        ((), "paused", "paused", "running"),
        (("--entries",), "paused", "open", "running"),
        (("--sends",), "open", "paused", "running"),
        (("--entries", "--sends"), "paused", "paused", "running"),
        (("--sends", "--clocks", "still"), "open", "paused", "still"),
    ],
)
def test_what_is_asked_for_is_paused(
    sojourn: Sojourn, desk: Published, options: tuple[str, ...], entries: str, sends: str, clocks: str
) -> None:
    """Both unless one is named."""
    answer = sojourn("pause", "welcome", "--reason", "a wrong price", *options)

    now = control(desk)
    assert (answer.status, answer.err) == (0, "")
    assert (now.entries, now.sends, now.clocks, now.reason) == (entries, sends, clocks, "a wrong price")


def test_a_pause_is_said(sojourn: Sojourn, desk: Published) -> None:
    """What holds, and the command that ends it, whole on its line."""
    lines = sojourn("pause", "welcome").out.splitlines()

    assert lines[0].startswith("welcome is paused: nobody enters for now; no message goes out for now")
    assert lines[-1] == "  sojourn resume welcome --stage dev"


def test_all_are_paused_in_one_call(sojourn: Sojourn, desk: Published) -> None:
    """In an emergency nothing is read, asked or waited for."""
    answer = sojourn("pause", "--all")

    assert answer.out.startswith("all journeys are paused: ")
    assert [name for name, _ in desk.gateway.calls] == ["pause_all"]
    assert control(desk).entries == "paused"


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_all_is_never_meant_by_mistake(sojourn: Sojourn, desk: Published, command: str) -> None:
    """Which is said, and only once."""
    neither, both = sojourn(command), sojourn(command, "welcome", "--all")

    assert (neither.status, both.status, desk.gateway.calls) == (2, 2, [])
    assert "say which journey, or --all" in neither.err
    assert "not both" in both.err


@pytest.mark.parametrize(
    "call", [("pause", "welcom"), ("resume", "welcom"), ("stop", "welcom", "--reason", "x")]
)
def test_a_journey_that_is_not_there(sojourn: Sojourn, desk: Published, call: tuple[str, ...]) -> None:
    """Which may have been meant is said; a program reads why."""
    answer, read = sojourn(*call), json.loads(sojourn(*call, "--json").out)

    assert (answer.status, answer.out) == (1, "")
    assert answer.err == "sojourn: there is no journey of this name\n  did you mean welcome?\n"
    assert read["error"] == "no_journey"


def test_a_journey_goes_on(sojourn: Sojourn, desk: Published) -> None:
    """What becomes of what fell due is said, and how to look after it."""
    sojourn("pause", "welcome")

    answer = sojourn("resume", "welcome")

    (operation,) = desk.room.backing.operations.list(1)
    assert control(desk).is_usual
    assert answer.out.splitlines() == [
        "welcome goes on: customers enter, and messages go out, within seconds",
        "What fell due meanwhile is sent now, as fast as channels take it.",
        "How far it is:",
        f"  sojourn operations {operation.id} --stage dev",
    ]


def test_somebody_may_want_it_slower(sojourn: Sojourn, desk: Published) -> None:
    """So many customers a second go on at most; over how long they are spread says that already."""
    sojourn("pause", "welcome")

    answer = sojourn("resume", "welcome", "--rate", "5")
    both = sojourn("resume", "welcome", "--rate", "5", "--over", "2 hours")
    nobody = sojourn("resume", "welcome", "--rate", "5", "--entries")

    (operation,) = desk.room.backing.operations.list(1)
    assert operation.asked["rate"] == 5.0
    assert "What fell due meanwhile is sent now, to 5 customers a second at most." in answer.out
    assert (both.status, nobody.status) == (2, 2)
    assert "--over says already how fast" in both.err


def test_what_still_holds_is_said(sojourn: Sojourn, desk: Published) -> None:
    """A journey is paused by itself or with all others: resuming one leaves the other."""
    sojourn("pause", "welcome")
    sojourn("pause", "--all")

    alone, every = sojourn("resume", "welcome"), sojourn("resume", "--all")
    sojourn("pause", "welcome")
    again = sojourn("resume", "--all")

    assert "welcome is resumed, and goes on once all journeys are" in alone.out
    assert "is sent now" not in alone.out
    assert "  sojourn resume --all --stage dev\n" in alone.out
    assert "still" not in every.out
    assert "paused or stopped by themselves, and so still: welcome" in again.out


def test_what_fell_due_is_spread(sojourn: Sojourn, desk: Published) -> None:
    """Who says over how long means that; a time that is none is refused by the deployment."""
    good = sojourn("resume", "welcome", "--over", "2 hours")
    bad = sojourn("resume", "welcome", "--over", "soon")

    asked = [body for name, body in desk.gateway.calls if name == "resume"]
    assert (good.status, asked[0]) == (0, {"due": "spread", "over": "2 hours"})
    assert "is sent over the next 2 hours, in the order in which it fell due" in good.out
    assert (bad.status, "sojourn: over: " in bad.err) == (1, True)


@pytest.mark.parametrize("options", [("--due", "spread"), ("--due", "send", "--over", "1 hour")])
def test_options_that_do_not_go_together(sojourn: Sojourn, desk: Published, options: tuple[str, ...]) -> None:
    """Nothing is called."""
    assert sojourn("resume", "welcome", *options).status == 2
    assert desk.gateway.calls == []


@pytest.mark.parametrize(
    "call", [("resume", "welcome", "--due", "drop"), ("stop", "welcome", "--reason", "x", "--runs", "end")]
)
def test_what_cannot_be_undone_is_asked_about(
    sojourn: Sojourn, desk: Published, call: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journey's name must be typed, or --yes be said."""
    monkeypatch.setattr(sys, "stdin", Keyboard("yes\n"))
    wrong = sojourn(*call)
    monkeypatch.setattr(sys, "stdin", Keyboard("welcome\n"))
    right = sojourn(*call)

    assert (wrong.status, right.status) == (1, 0)
    assert wrong.err.endswith("Type welcome to go on: nothing was done\n")
    assert len(desk.gateway.calls) == 1


def test_how_many_leave_is_said_before_they_do(
    sojourn: Sojourn, desk: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all versions, as the counters know it."""
    people(desk, desk.room.live()["welcome"], "ana", "ben")
    people(desk, earlier(desk), "cleo")
    monkeypatch.setattr(sys, "stdin", Keyboard("no\n"))

    answer = sojourn("stop", "welcome", "--reason", "x", "--runs", "end")

    assert "Everybody who is in welcome in dev leaves it, for good: 3 customers are in it now." in answer.err


def test_a_journey_is_stopped(sojourn: Sojourn, desk: Published) -> None:
    """Whoever is in it comes to its end, or leaves it; then it is waited for if that is wanted."""
    drained = sojourn("stop", "welcome", "--reason", "over")
    ended = sojourn("stop", "welcome", "--reason", "over", "--runs", "end", "--yes", "--wait")

    assert drained.out == (
        "welcome is stopped: nobody enters any more, and whoever is in it comes to its end\n"
    )
    assert ended.out.splitlines()[-1] == "no customer was concerned"
    assert (control(desk).entries, control(desk).runs) == ("stopped", "end")


def test_stopping_needs_a_reason(sojourn: Sojourn, desk: Published) -> None:
    """Customers who left it are told of with it."""
    assert sojourn("stop", "welcome").status == 2


def test_a_program_reads_what_holds(sojourn: Sojourn, desk: Published) -> None:
    """And the operation that lets customers go on."""
    paused = json.loads(sojourn("pause", "welcome", "--json").out)
    resumed = json.loads(sojourn("resume", "welcome", "--json", "--wait").out)

    assert paused["control"]["sends"] == "paused"
    assert (resumed["operation"]["kind"], resumed["operation"]["state"]) == ("resume", "done")


def test_a_viewer_may_not(sojourn: Sojourn, desk: Published) -> None:
    """Which role it takes is said; nothing is done."""
    desk.gateway.allowed = frozenset(("draft",))

    answer = sojourn("pause", "--all")

    assert answer.status == 2
    assert "you may not do this in dev: it takes the role publisher" in answer.err
    assert control(desk).is_usual

"""What is done to runs when a journey is resumed or stopped, and the machines that this takes."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sojourn.application.publishing import Operation
from sojourn.aws_runtime.publishing.anywhere import journeys_of
from sojourn.aws_runtime.publishing.movements import Ending, Resuming
from sojourn.aws_runtime.publishing.strands import COUNT, END, GO, Strand
from sojourn.domain.control import EVERY
from sojourn.errors import NoSuchMachine, TransientError
from tests.support.control_room import ANA, ControlRoom, workspace
from tests.support.publishers import Published

SENDS = "enter: {on: began, again: always}\nsteps: [{wait: 1 hour}, {id: s, send: hello, via: [email]}]"


class FakeAnywhere:
    """Says that machines are made, or that time ran out."""

    def __init__(self, *, made: bool = True) -> None:
        self.made = made
        self.asked: list[str] = []

    def for_runs_of(self, journey: str, seconds_left: Any) -> bool:
        self.asked.append(journey)
        return self.made

    def make(self, journey: str, version: str, seconds_left: Any) -> bool:
        self.asked.append(f"{journey} {version}")
        return self.made


def resuming(
    story: Published, room: ControlRoom, anywhere: Any, *, since: timedelta, **asked: Any
) -> Resuming:
    """Resume the journey j, and return what is done to each of its runs."""
    now = story.world.clock.now()
    story.controls["j"] = story.controls["j"].resumed(now, ANA, "mended")
    told = {
        "journey": "j", "due": "send", "over": 0.0, "still": False, "from": (now - since).isoformat(),
        "to": now.isoformat(),
    }  # fmt: skip
    operation = Operation("o", "resume", ANA, now, "j", asked=told | asked)
    return Resuming(room.backing, story.world.engine, anywhere, operation)


def seconds() -> float:
    """Return a lot of time."""
    return 300.0


def test_runs_that_parked_go_on_over_a_time_in_the_order_in_which_they_fell_due(room: ControlRoom) -> None:
    """They are counted first, in every strand of the work; then each has its turn."""
    story = Published(SENDS, who=("ana", "ben", "cleo"))
    story.pause(entries=False)
    for number, who in enumerate(story.who):
        story.until(f"+{number}h")
        story.happen("began", who=who)
    story.until("+4h")
    work = resuming(story, room, FakeAnywhere(), since=timedelta(hours=4), due="spread", over=3 * 3600.0)

    strands = [work.count(Strand(COUNT), "j", who, "") for who in story.who]
    work.counted(tuple(strand.counts for strand in strands))
    told = [work.move("j", who, "", seconds) for who in story.who]
    story.until("+8h")

    sent = [(story.told("sent", who=who)[0]).split()[0] for who in story.who]
    assert work.phases[:2] == (COUNT, GO)
    assert [sum(strand.counts) for strand in strands] == [1, 1, 1]
    assert set(told) == {"goes_on"}
    assert sent == sorted(sent)
    assert len(set(sent)) == 3


def test_machines_are_made_before_for_runs_whose_clocks_stood_still(room: ControlRoom) -> None:
    """These ask for one by themselves, when their wait is over: it must be there by then."""
    story = Published(SENDS)
    story.pause(still=True)
    anywhere, none = FakeAnywhere(), FakeAnywhere(made=False)

    still = resuming(story, room, anywhere, since=timedelta(hours=1), still=True).prepare(seconds)
    in_time = resuming(story, room, none, since=timedelta(hours=1), still=True).prepare(seconds)
    running = resuming(story, room, none, since=timedelta(hours=1)).prepare(seconds)

    assert (still, in_time, running) == (True, False, True)
    assert (anywhere.asked, none.asked) == (["j"], ["j"])


@pytest.mark.parametrize("made", [True, False])
def test_a_machine_that_is_missing_is_made_on_the_way(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch, *, made: bool
) -> None:
    """The run is asked once more then; where time ran out it comes again."""
    story = Published(SENDS)
    story.happen("began")
    story.pause()
    story.until("+2h")
    anywhere = FakeAnywhere(made=made)
    work = resuming(story, room, anywhere, since=timedelta(hours=2))
    missing = [NoSuchMachine("none yet", "v1")]
    start = story.world.engine.executions.start

    def starting(*said: Any) -> None:
        if missing:
            raise missing.pop()
        start(*said)

    monkeypatch.setattr(story.world.engine.executions, "start", starting)

    if made:
        work.move("j", "ana", "", seconds)
        story.until("+3h")
        assert story.told("sent") == ["+2h sent s"]
    else:
        with pytest.raises(TransientError, match="none yet"):
            work.move("j", "ana", "", seconds)
    assert anywhere.asked == ["j v1"]


def test_a_run_of_a_version_that_can_have_no_machine_says_so(
    room: ControlRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier release did not keep what it is made of: whoever goes through the runs names it, with why."""
    story = Published(SENDS)
    story.happen("began")
    story.pause()
    story.until("+2h")
    nowhere: Any = SimpleNamespace(make=Raised(NoSuchMachine("deploy it once more", "v1")))
    work = resuming(story, room, nowhere, since=timedelta(hours=2))
    monkeypatch.setattr(story.world.engine.executions, "start", Raised(NoSuchMachine("none yet", "v1")))

    with pytest.raises(NoSuchMachine, match="deploy it once more"):
        work.move("j", "ana", "", seconds)


class Raised:
    """What raises the same whenever it is called."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, *_: Any) -> Any:
        raise self.error


def test_the_runs_of_a_journey_that_was_stopped_end(room: ControlRoom) -> None:
    """Once: who had ended already is left alone."""
    story = Published(SENDS)
    story.happen("began")
    story.stop(end=True)
    asked = {"journey": "j", "runs": "end"}
    work = Ending(room.backing, story.world.engine, Operation("o", "stop", ANA, room.at, "j", asked=asked))

    told = [work.move("j", "ana", "", seconds) for _ in range(2)]

    assert (work.phases[-1], work.prepare(seconds), told) == (END, True, ["ended", "nothing"])
    assert story.told("exited") == ["+0s exited stopped"]
    assert story.world.executions.goes_on(story.runs()[0].execution) is False


def test_a_stop_that_was_taken_back_ends_no_more_runs(room: ControlRoom) -> None:
    """Who enters once the journey is open again is not ended by what still goes through its runs."""
    story = Published(SENDS)
    story.stop(end=True)
    asked = {"journey": "j", "runs": "end"}
    work = Ending(room.backing, story.world.engine, Operation("o", "stop", ANA, room.at, "j", asked=asked))
    story.controls["j"] = story.controls["j"].resumed(story.world.clock.now(), ANA, "by mistake")
    story.happen("began")

    told = work.move("j", "ana", "", seconds)
    story.until("+2h")

    assert told == "nothing"
    assert story.told("sent") == ["+1h sent s"]


def test_all_journeys_are_those_that_customers_may_be_in(room: ControlRoom) -> None:
    """An operation names one, or stands for every journey there ever was: who is in one that was withdrawn goes on."""
    room.publish(workspace(names=("welcome", "win-back")))
    room.backing.registry.withdraw(["win-back"])

    def about(journey: str) -> tuple[str, ...]:
        return journeys_of(
            room.backing, Operation("o", "resume", ANA, room.at, asked={"journey": journey}), EVERY
        )

    assert (about("welcome"), about(EVERY)) == (("welcome",), ("welcome", "win-back"))

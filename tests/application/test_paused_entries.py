"""Nobody enters a journey that is paused, whichever way they come; and whoever kept them out is told."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.application.audience import Audience, Row, enter_rows
from sojourn.application.calling import EntryCall, enter_called
from sojourn.application.enrol import EntriesClosed
from sojourn.domain.control import USUAL, Control
from tests.support.engine_room import START, Room
from tests.support.publishers import Published

ONCE = "enter: {on: began, again: always}\nsteps: [{wait: 1 day}]"


def test_nobody_enters_a_journey_whose_entries_are_paused_and_it_is_told_why() -> None:
    """Whoever comes meanwhile is not taken in afterwards either; who comes after the pause is."""
    story = Published(ONCE)
    story.pause(sends=False)
    story.happen("began")
    story.until("+1h")
    story.resume()
    story.until("+1h 10m")
    story.happen("began")

    assert story.told("entered", "not_entered") == ["+0s not_entered paused", "+1h 10m entered"]
    told = next(one for one in story.happened if one.what == "not_entered")
    assert told.details == {"detail": "a wrong price"}


def test_a_condition_that_is_false_is_told_no_pause() -> None:
    """Told is who would have entered, and nobody else."""
    story = Published("enter: {on: began, where: event.n > 3}\nsteps: [{exit: x}]")
    story.pause()

    story.happen("began", n=1)
    story.happen("began", n=4)

    assert story.told("not_entered") == ["+0s not_entered paused"]


@pytest.mark.parametrize("stopped", [False, True])
def test_a_restart_is_no_entry(stopped: bool) -> None:
    """It goes on while entries are paused; where they are stopped, the run goes on as it is."""
    story = Published(
        "enter: {on: began}\nwhile_running: [{on: did_it, do: restart}]\nsteps: [{wait: 1 day}, {exit: x}]"
    )
    story.happen("began")
    story.stop() if stopped else story.pause(sends=False)
    story.until("+2h")

    story.happen("did_it")
    story.until("+3d")

    again = ["+2h restarted did_it", "+2h exited restarted", "+2h entered", "+1d 2h exited exit:x"]
    assert story.told("entered", "restarted", "exited", "not_entered") == [
        "+0s entered", *(["+1d exited exit:x"] if stopped else again)
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["started by a journey", "redirected", "entered by a segment"])
def test_no_way_leads_into_a_journey_that_is_paused(how: str) -> None:
    """Another journey's start or redirect, and a change of segment, are entries as an event is."""
    other = {
        "started by a journey": "enter: {on: began}\nsteps: [{start: k}]",
        "redirected": "enter: {on: began}\nwhile_running: [{on: did_it, do: redirect, to: k}]\nsteps: [{wait: 1 day}]",
        "entered by a segment": "enter: {on: stopped}\nsteps: [{wait: 1 day}]",
    }[how]
    paused = "enter: {on: {entered_segment: pros}}\nsteps: [{wait: 1 day}]"
    story = Published(other, paused)
    story.pause("k")

    story.happen("began")
    story.happen("did_it", attributes={"plan": "pro"} if "segment" in how else None)
    story.until("+1h")

    assert story.runs("k") == []
    assert [one.reason for one in story.happened if one.what == "not_entered"] == ["paused"]


def test_a_program_hears_that_nobody_enters_and_hears_it_again_with_the_same_id() -> None:
    """An id stands for one entry, whose answer was no; after the pause another id enters them."""
    room = Room("enter: {on: api}\nsteps: [{wait: 1 day}]")
    controls = room.deployment.catalogue.controls
    controls["j"] = USUAL.paused(room.clock.at, "ana", "a wrong price")

    first = enter_called(room.engine, EntryCall("shop", "1", "j", "ana", room.clock.at))
    controls["j"] = controls["j"].resumed(room.clock.at, "ana", "")
    again = enter_called(room.engine, EntryCall("shop", "1", "j", "ana", room.clock.at))
    other = enter_called(room.engine, EntryCall("shop", "2", "j", "ana", room.clock.at))

    assert [(one.why, one.repeated) for one in (first, again, other)] == [
        ("paused", False), ("paused", True), ("", False)
    ]  # fmt: skip


class Closing(dict[str, Control]):
    """What journeys were told: nothing until somebody has looked so often, and then that entries are closed."""

    def __init__(self, told: Control, looks: int) -> None:
        super().__init__(j=told)
        self.looks = looks

    def get(self, name: str, default: Any = None) -> Any:
        if name != "j":
            return default
        self.looks -= 1
        return super().get(name) if self.looks < 0 else USUAL


@pytest.mark.parametrize("told", [USUAL.paused(START, "ana", ""), USUAL.stopped(START, "ana", "")])
@pytest.mark.parametrize("looks", [0, 1])
def test_of_a_row_that_finds_entries_closed_nothing_is_told(told: Control, looks: int) -> None:
    """Also where that comes in its very middle: what a call is answered stays so, and a row comes again."""
    room = Room("enter: {audience: x.csv}\nsteps: [{wait: 1 day}]")
    room.deployment.catalogue.controls = Closing(told, looks)
    audience, row = Audience("j", "spring", "op-1"), Row(2, "bo", {"email": "bo@example.com"})

    with pytest.raises(EntriesClosed):
        enter_rows(room.engine, audience, [row], lambda: None, lambda line, error: "")
    happened, known = list(room.happened), room.customers.load("bo").revision
    room.deployment.catalogue.controls = {}
    tally = enter_rows(room.engine, audience, [row], lambda: None, lambda line, error: "")

    assert (happened, known) == ([], 0)
    assert tally.counts == {"entered": 1}


def test_a_row_that_entered_before_is_through_whatever_comes_then() -> None:
    """It was taken in, and its run is started."""
    room = Room("enter: {audience: x.csv}\nsteps: [{wait: 1 day}]")
    room.deployment.catalogue.controls = Closing(USUAL.paused(START, "ana", ""), 2)
    audience, rows = Audience("j", "spring", "op-1"), [Row(2, "bo"), Row(3, "cy")]

    with pytest.raises(EntriesClosed):
        enter_rows(room.engine, audience, rows, lambda: None, lambda line, error: "")

    assert [one.customer for one in room.happened if one.what == "entered"] == ["bo"]
    assert len(room.executions.started) == 1

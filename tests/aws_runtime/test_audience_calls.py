"""The control API's call about audiences: what is asked for is looked at, noted, told and queued."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.application.publishing import CANCELLED, DONE
from tests.support.control_room import ANA, ControlRoom, control_room, workspace

OPEN = "journey: welcome\ntopic: news\nenter: {on: api}\nsteps: [{wait: 1 day}]\n"
KEY = "audiences/0123456789abcdef/spring.csv"
FILE = {"journey": "welcome", "source": {"file": KEY, "name": "spring.csv"}, "format": "csv"}


@pytest.fixture
def room() -> Iterator[ControlRoom]:
    with control_room() as found:
        found.deployed(workspace(names=("began", "welcome"), **{"welcome/journey.yaml": OPEN}))
        yield found


def called(room: ControlRoom, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Call, and return the answer."""
    return room.call("audience", body)


def test_an_audience_is_an_operation_that_is_queued_and_told_of(room: ControlRoom) -> None:
    """Its occurrence is what the file holds, unless somebody says another."""
    status, said = called(room, {**FILE, "rate": 20, "message": "From the fair"})

    operation = said["operation"]
    assert status == 202
    assert (operation["kind"], operation["journey"], operation["by"]) == ("audience", "welcome", ANA)
    assert operation["asked"] == {
        "key": KEY, "name": "spring.csv", "format": "csv", "occurrence": "0123456789abcdef", "rate": 20.0,
    }  # fmt: skip
    assert {"operation": operation["id"]} in [message for message, *_ in room.queue]
    (entry,) = [one for one in room.backing.history.read() if one.did == "started_audience"]
    assert (entry.by, entry.journey, entry.message) == (ANA, "welcome", "From the fair")
    assert entry.details["occurrence"] == "0123456789abcdef"
    assert called(room, {**FILE, "occurrence": "again"})[1]["operation"]["asked"]["occurrence"] == "again"


def test_the_members_of_a_segment_are_counted_by_the_operation(room: ControlRoom) -> None:
    """The same segment tomorrow is another occurrence."""
    _, said = called(room, {"journey": "welcome", "source": {"segment": "pros"}})

    operation = said["operation"]
    assert operation["asked"] == {"segment": "pros", "occurrence": operation["id"]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"journey": "Welcome!"}, "journey"),
        ({"journey": None}, "journey"),
        ({"source": None}, "source"),
        ({"source": {"file": KEY, "segment": "pros"}}, "source"),
        ({"source": {"file": "operations/x/workspace.zip"}}, "source.file"),
        ({"source": {"file": "audiences/../x/y.csv"}}, "source.file"),
        ({"source": {"file": KEY, "name": 7}}, "source.name"),
        ({"source": {"segment": "no such segment"}}, "source.segment"),
        ({"format": "xlsx"}, "format"),
        ({"rate": 0}, "rate"),
        ({"rate": True}, "rate"),
        ({"rate": 5_000}, "rate"),
        ({"rows": []}, "rows"),
    ],
)
def test_what_is_wrong_is_said_by_the_field(room: ControlRoom, change: dict[str, Any], field: str) -> None:
    """And nothing is noted."""
    status, said = called(room, {**FILE, **change})

    assert (status, said["message"].startswith(field) or field in said["message"]) == (400, True)
    assert room.backing.operations.list(5) == ()


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"journey": "nosuch"}, 404, "no_journey"),
        ({"journey": "began"}, 409, "not_for_audiences"),
        ({"source": {"segment": "nosuch"}}, 404, "no_segment"),
    ],
)
def test_where_nobody_could_enter_nothing_is_noted(
    room: ControlRoom, change: dict[str, Any], status: int, error: str
) -> None:
    """The history tells what was done, for ever: what cannot be done does not come into it."""
    answer, said = called(room, {**FILE, **change})

    assert (answer, said["error"]) == (status, error)
    assert (room.backing.operations.list(5), room.told(), room.queue) == ((), [], [])


def test_nobody_is_let_into_a_journey_that_was_stopped(room: ControlRoom) -> None:
    """One that is paused lets them in once somebody resumes it."""
    room.call("pause", journey="welcome")
    waits, _ = called(room, FILE)
    room.call("stop", journey="welcome")
    refused, said = called(room, FILE)

    assert (waits, refused, said["error"]) == (202, 409, "stopped")
    assert [did for _, did in room.told()] == ["paused", "started_audience", "stopped"]


def test_an_audience_that_was_interrupted_is_gone_on_with(room: ControlRoom) -> None:
    """One that is done is not, nor is what is none."""
    _, said = called(room, FILE)
    id_ = said["operation"]["id"]
    room.queue.clear()
    room.backing.operations.cancel(id_, room.at)

    status, resumed = called(room, {"resume": id_})
    room.backing.operations.finish(id_, DONE, {}, room.at)

    assert (status, resumed["operation"]["state"]) == (202, "queued")
    assert [message for message, *_ in room.queue] == [{"operation": id_, "resume": True}]
    assert called(room, {"resume": id_})[0] == 409
    assert called(room, {"resume": "20260302T120000000Z-ffffff"})[0] == 404
    assert resumed["operation"]["state"] != CANCELLED

"""The machines that can begin at any step: made when first needed, for each version by itself."""

from __future__ import annotations

import pytest

from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.application.counting import Counted, Place
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.publishing.anywhere import AnywhereMachines
from sojourn.errors import NoSuchMachine
from tests.support.control_room import PREFIX, ControlRoom, workspace


def seconds() -> float:
    """Return a lot of time."""
    return 300.0


def anywhere(room: ControlRoom) -> AnywhereMachines:
    """Return what makes the machines, as the function `operate` does."""
    catalogue = DynamoCatalogue(room.client, room.table)
    return AnywhereMachines(room.backing, room.machines, catalogue.at_machine, room.pauses.append)


def test_the_machine_that_begins_anywhere_is_made_once(room: ControlRoom) -> None:
    """It is one of its own, and noted with the version; where AWS is busy it is waited for."""
    room.publish(workspace())
    version = room.live()["welcome"]
    room.states.busy = 4

    first = anywhere(room).for_runs_of("welcome", seconds)
    calls = len(room.states.asked)
    again = anywhere(room).for_runs_of("welcome", seconds)

    assert (first, again, len(room.states.asked)) == (True, True, calls)
    assert DynamoCatalogue(room.client, room.table).at_machine("welcome", version) == f"{PREFIX}welcome.at:1"
    assert room.states.machines[f"{PREFIX}welcome.at"]["definition"]["StartAt"] == "Start: which way"
    assert room.pauses != []


def test_a_machine_that_begins_anywhere_already_needs_no_other(room: ControlRoom) -> None:
    """A journey that may outlast an execution has it from the beginning."""
    long = workspace() | {
        "welcome/journey.yaml": "journey: welcome\ntopic: news\nenter: {on: began, again: always}\n"
        "steps: [{wait: 500 days}, {send: hello, via: [sms]}]\n"
    }
    room.publish(long)
    version = room.live()["welcome"]

    assert anywhere(room).for_runs_of("welcome", seconds)
    found = DynamoCatalogue(room.client, room.table).at_machine("welcome", version)
    assert found in {f"{PREFIX}welcome:1", f"{PREFIX}welcome.at:1"}


def test_where_time_runs_out_it_is_not_made(room: ControlRoom) -> None:
    """The next invocation makes it."""
    room.publish(workspace())

    assert anywhere(room).for_runs_of("welcome", lambda: 5.0) is False


@pytest.mark.parametrize("number", [0, 1], ids=["first", "last"])
def test_a_version_that_was_not_kept_holds_no_other_up(room: ControlRoom, number: int) -> None:
    """An earlier release deployed it, and did not keep what it is made of: that is said of it alone."""
    versions = []
    for via in ("sms", "email"):
        room.publish(workspace(via))
        versions.append(room.live()["welcome"])
    inside = {Place("welcome", one): {"active": 1} for one in versions}
    DynamoCounters(room.client, room.table, SystemClock()).count([Counted("1", inside)])
    lost, kept = sorted(versions, reverse=bool(number))
    room.client.delete_item(
        TableName=room.table, Key={"pk": {"S": "G#journey#welcome"}, "sk": {"S": f"d#{lost}"}}
    )

    made = anywhere(room).for_runs_of("welcome", seconds)
    with pytest.raises(NoSuchMachine, match="deploy or publish it once more") as none:
        anywhere(room).make("welcome", lost, seconds)

    found = {one: DynamoCatalogue(room.client, room.table).at_machine("welcome", one) for one in versions}
    assert (made, none.value.version) == (True, lost)
    assert found == {lost: "", kept: f"{PREFIX}welcome.at:1"}

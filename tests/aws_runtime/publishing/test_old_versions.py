"""A state machine has a thousand versions at most: old ones go that no run is started on any more."""

from __future__ import annotations

import pytest

from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.adapters.dynamodb.versions import StoredVersions
from sojourn.adapters.stepfunctions.full_machines import AT_A_TIME, NEWEST, MachineFull
from sojourn.adapters.stepfunctions.machines import Machines
from sojourn.application.counting import Counted, Place
from sojourn.application.publishing import DONE, FAILED
from sojourn.aws_runtime.clock import SystemClock
from sojourn.aws_runtime.publishing.old_versions import KeptVersions
from sojourn.errors import Throttled
from tests.support.control_room import AROUND, PREFIX, ControlRoom, workspace

WELCOME = f"{PREFIX}welcome"
WAYS = ("sms", "email", "push")
MANY = 300
OTHER = {"StartAt": "bye", "States": {"bye": {"Type": "Succeed"}}}


def many_versions(room: ControlRoom) -> list[str]:
    """Publish three versions of a journey, and let its machine have many more, as many as it may; return the three."""
    found = []
    for way in WAYS:
        room.publish(workspace(way))
        found.append(room.live()["welcome"])
    room.states.machines[WELCOME]["versions"] = room.states.most = MANY
    return found


def machine(number: int) -> str:
    return f"{WELCOME}:{number}"


def test_a_journey_is_published_for_the_thousand_and_first_time(room: ControlRoom) -> None:
    """The oldest go that nobody needs; what was published last can be gone back to at once."""
    first, *_ = many_versions(room)

    changed = {"welcome/journey.yaml": workspace()["welcome/journey.yaml"].replace("always", "never")}
    operation = room.publish(workspace() | changed)
    status, said = room.call("rollback", {"to": first}, journey="welcome")

    there = room.states.versions(WELCOME)
    assert operation.state == DONE
    assert there[:4] == [machine(1), machine(2), machine(3), machine(AT_A_TIME + 4)]
    assert (status, "publication" in said, room.queue) == (200, True, [])


def test_versions_that_customers_are_in_stay_and_those_they_enter(room: ControlRoom) -> None:
    """Their runs may be started anew after a long wait, or a pause."""
    first, *_ = many_versions(room)
    kept = KeptVersions(room.client, room.table, recent=0)
    enters = kept.stays("welcome")
    inside = {Place("welcome", first): {"active": 1}}
    DynamoCounters(room.client, room.table, SystemClock()).count([Counted("c1", inside)])
    StoredVersions(room.client, room.table).keep_machine("welcome", first, f"{WELCOME}.at:1", at=True)

    peopled = kept.stays("welcome")
    room.publish(workspace("email"), route="draft")
    drafted = kept.stays("welcome")

    # Functions that have not heard of the last change start runs on the version before.
    assert enters == {machine(2), machine(3)}
    assert peopled == enters | {machine(1), f"{WELCOME}.at:1"}
    assert machine(2) in drafted


def test_what_went_is_made_anew_where_somebody_goes_back_to_it(room: ControlRoom) -> None:
    """Nobody believes that it is there: neither who begins at the first step, nor who goes on in the middle."""
    first, *_ = many_versions(room)
    stored = StoredVersions(room.client, room.table)
    stored.keep_machine("welcome", first, machine(1), at=True)
    kept = KeptVersions(room.client, room.table, recent=0)

    Machines(room.states_client, AROUND, kept).publish("welcome", "v9", OTHER)
    gone = room.states.versions(WELCOME)[0]
    at_machines = stored.machines_of("welcome")[first]
    room.call("rollback", {"to": first}, journey="welcome")
    room.work()

    (journey,) = room.backing.live.journeys()
    assert gone == machine(2)
    assert at_machines == {machine(1)}
    assert (journey.version, journey.machine) == (first, machine(MANY + 2))


def test_where_none_can_go_it_is_said_what_to_do(room: ControlRoom) -> None:
    """AWS's own words help nobody who writes journeys."""
    room.publish(workspace())
    room.states.most = 1

    operation = room.publish(workspace("email"))

    assert (operation.state, operation.result["error"]) == (FAILED, "refused")
    assert "as many versions as Step Functions keeps" in operation.result["message"]
    assert "sojourn migrate" in operation.result["message"]
    assert room.states.versions(WELCOME) == [machine(1)]


def test_the_newest_stay_whoever_made_them(room: ControlRoom) -> None:
    """Somebody else may have made one for a publication that is not live yet."""
    room.publish(workspace())
    room.states.machines[WELCOME]["versions"] = room.states.most = NEWEST + 1

    room.publish(workspace("email"))

    # The first is what is live, and no other is older than the hundred newest.
    assert room.states.gone == set()
    assert room.live()["welcome"] == room.backing.live.publications("welcome")[0].version


@pytest.mark.parametrize("busy", [1, 2])
def test_aws_may_be_busy_with_another_one(room: ControlRoom, busy: int) -> None:
    """One that went is room enough; where none did, whoever publishes comes again."""
    many_versions(room)
    machines = Machines(room.states_client, AROUND, KeptVersions(room.client, room.table, recent=0))
    told: list[str] = []

    def note(model: object, **_: object) -> None:
        told.append(getattr(model, "name", ""))
        if told[-1] == "DeleteStateMachineVersion" and told.count("DeleteStateMachineVersion") == busy:
            room.states.busy = 1

    room.states_client.meta.events.register("before-parameter-build.stepfunctions", note)
    try:
        if busy == 1:
            with pytest.raises(Throttled):
                machines.publish("welcome", "v9", OTHER)
        machines.publish("welcome", "v9", OTHER)
    finally:
        room.states_client.meta.events.unregister("before-parameter-build.stepfunctions", note)

    assert len(room.states.gone) == (AT_A_TIME if busy == 1 else 1)


def test_nobody_deletes_without_knowing_what_is_needed(room: ControlRoom) -> None:
    """Whoever makes machines and knows no registry leaves all as they are."""
    many_versions(room)

    with pytest.raises(MachineFull):
        Machines(room.states_client, AROUND).publish("welcome", "v9", OTHER)

    assert room.states.gone == set()

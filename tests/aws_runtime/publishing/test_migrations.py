"""A call lets customers who are in an earlier version go on in the live one; the operation goes through all of them."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.adapters.dynamodb.counters import DynamoCounters
from sojourn.adapters.dynamodb.customers import DynamoCustomers
from sojourn.adapters.dynamodb.runs import ActiveRuns
from sojourn.adapters.memory.outside import Unpaced
from sojourn.application.counting import Counted, Place
from sojourn.application.ports import Engine
from sojourn.aws_runtime.publishing.anywhere import AnywhereMachines
from sojourn.aws_runtime.publishing.migrating import Migrating
from sojourn.aws_runtime.publishing.moving import Moving
from sojourn.domain.customer.rows import Change, Profile, Run
from tests.support.aws_table import items
from tests.support.control_room import BEN, ControlRoom, workspace
from tests.support.engine_room import RecordedExecutions, SetClock

BEFORE = "steps: [{id: rest, wait: 2 days}, {id: s, send: hello, via: [sms]}]"
AFTER = "steps: [{id: break, wait: 5 days}, {id: s, send: hello, via: [email]}]"


def _files(steps: str) -> dict[str, str]:
    files = workspace()
    journey = files["welcome/journey.yaml"]
    return files | {"welcome/journey.yaml": journey[: journey.index("steps:")] + steps + "\n"}


@pytest.fixture
def versions(room: ControlRoom) -> tuple[str, str]:
    """Publish two versions of the journey; return both, the earlier first."""
    room.publish(_files(BEFORE))
    before = room.live()["welcome"]
    room.publish(_files(AFTER))
    return before, room.live()["welcome"]


def _engine(room: ControlRoom) -> tuple[Engine, RecordedExecutions]:
    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue

    executions = RecordedExecutions()
    clock: Any = SetClock(room.at)
    absent: Any = None
    engine = Engine(
        clock, DynamoCustomers(room.client, room.table, clock), executions,
        DynamoCatalogue(room.client, room.table), absent, absent, absent, absent, Unpaced(),
    )  # fmt: skip
    return engine, executions


def _people(engine: Engine, room: ControlRoom, version: str, how_many: int, first: int = 0) -> None:
    for number in range(first, first + how_many):
        customer = f"c-{number}"
        run = Run(
            f"welcome-{number}", customer, "welcome", version, "", room.at, room.at, f"welcome-{number}",
            at={"": "rest"}, waits_since=room.at,
        )  # fmt: skip
        engine.customers.commit(
            engine.customers.load(customer), Change(profile=Profile(customer), runs={("welcome", ""): run})
        )


def _work(room: ControlRoom) -> RecordedExecutions:
    engine, executions = _engine(room)
    anywhere = AnywhereMachines(
        room.backing, room.machines, engine.catalogue.at_machine, room.pauses.append  # type: ignore[attr-defined]
    )  # fmt: skip
    runs = ActiveRuns(room.client, room.table)
    moving = Moving(
        room.backing, runs, lambda operation: Migrating(room.backing, engine, anywhere, operation)
    )
    room.works = {"migrate": lambda: moving}
    return executions


def test_everybody_goes_where_the_map_says(room: ControlRoom, versions: tuple[str, str]) -> None:
    """Each once, with what is left of the wait; the operation tells how many, and the account who asked for it."""
    before, after = versions
    engine, _ = _engine(room)
    _people(engine, room, before, 30)
    executions = _work(room)

    status, said = room.call(
        "migrate", {"map": {"from": before, "steps": {"rest": {"move": "break"}}}, "message": "longer"}, by=BEN,
        journey="welcome",
    )  # fmt: skip
    room.work()

    assert status == 202, said
    operation = room.operation(said["operation"]["id"])
    assert (operation.state, operation.result["runs"]["moved"]) == ("done", 30)
    moved = [engine.customers.load(f"c-{number}").runs["welcome", ""] for number in range(30)]
    assert {(run.version, run.at[""]) for run in moved} == {(after, "break")}
    assert len(executions.started) == 30
    assert room.told()[-1] == ("ben", "migrated")


def test_a_publication_brings_its_migration_along(room: ControlRoom) -> None:
    """What stands beside the journey is done once the new version is live, and the publication says by what."""
    room.publish(_files(BEFORE))
    before = room.live()["welcome"]
    engine, _ = _engine(room)
    _people(engine, room, before, 3)
    _work(room)
    migration = f"from: {before}\nsteps: {{rest: drain}}\n"

    operation = room.publish(_files(AFTER) | {"welcome/migration.yaml": migration})

    moving = room.operation(operation.result["migrations"]["welcome"])
    assert (operation.state, moving.state, moving.result["runs"]["drains"]) == ("done", "done", 3)
    assert {engine.customers.load(f"c-{number}").runs["welcome", ""].leaves for number in range(3)} == {
        "exit:migrated"
    }
    assert [did for _, did in room.told()][-2:] == ["published", "migrated"]


def test_a_publication_whose_migration_does_not_fit_changes_nothing(room: ControlRoom) -> None:
    """It is found before anything is made."""
    room.publish(_files(BEFORE))
    before = room.live()["welcome"]

    operation = room.publish(
        _files(AFTER) | {"welcome/migration.yaml": f"from: {before}\nsteps: {{gone: exit}}\n"}
    )

    assert (operation.state, operation.result["error"]) == ("failed", "bad_migration")
    assert operation.result["message"].startswith("welcome/migration.yaml: it names gone")
    assert room.live()["welcome"] == before


def test_whoever_stays_is_counted_once(room: ControlRoom, versions: tuple[str, str]) -> None:
    """Though all runs are gone through twice; who is in another version is told apart."""
    before, after = versions
    engine, _ = _engine(room)
    _people(engine, room, before, 5)
    _people(engine, room, after, 2)
    _work(room)

    _, said = room.call("migrate", {"map": {"from": before}}, journey="welcome")
    room.work()

    assert room.operation(said["operation"]["id"]).result["runs"] == {"stays": 3, "elsewhere": 2}


def test_a_third_version_that_was_not_kept_holds_nobody_up(room: ControlRoom) -> None:
    """Who is in it is left alone, as the map does not mean them: nothing of it is needed to move all others."""
    versions = []
    for steps in (BEFORE.replace("2 days", "3 days"), BEFORE, AFTER):
        room.publish(_files(steps))
        versions.append(room.live()["welcome"])
    engine, _ = _engine(room)
    for number, version in enumerate(versions[:2]):
        _people(engine, room, version, 2, 2 * number)
        inside = {Place("welcome", version): {"active": 2}}
        DynamoCounters(room.client, room.table, engine.clock).count([Counted(version, inside)])
    old = {"pk": {"S": "G#journey#welcome"}, "sk": {"S": f"d#{versions[0]}"}}
    room.client.delete_item(TableName=room.table, Key=old)
    _work(room)

    _, said = room.call(
        "migrate", {"map": {"from": versions[1], "otherwise": {"move": "break"}}}, journey="welcome"
    )
    room.work()

    operation = room.operation(said["operation"]["id"])
    assert (operation.state, operation.failures) == ("done", ())
    assert operation.result["runs"] == {"moved": 2, "elsewhere": 2}
    assert (operation.done, operation.total) == (4, 4)


def test_nothing_is_made_that_nobody_goes_on_in(room: ControlRoom, versions: tuple[str, str]) -> None:
    """Who leaves at once needs no machine, and machines are made one a second."""
    before, _ = versions
    engine, _ = _engine(room)
    _people(engine, room, before, 2)
    _work(room)

    _, said = room.call("migrate", {"map": {"from": before, "otherwise": "exit"}}, journey="welcome")
    room.work()

    assert room.operation(said["operation"]["id"]).result["runs"] == {"exited": 2}
    assert [name for name in room.states.machines if name.endswith(".at")] == []


def test_a_file_that_was_left_behind_moves_nobody(room: ControlRoom) -> None:
    """Who goes back to an earlier version may leave the file there that led from it: it leads nowhere now."""
    room.publish(_files(BEFORE))
    before = room.live()["welcome"]
    room.publish(_files(AFTER))

    operation = room.publish(
        _files(BEFORE) | {"welcome/migration.yaml": f"from: {before}\notherwise: exit\n"}
    )

    assert (operation.state, room.live()["welcome"]) == ("done", before)
    assert "migrations" not in operation.result


def test_from_a_version_that_was_not_kept_nobody_is_moved(
    room: ControlRoom, versions: tuple[str, str]
) -> None:
    """An earlier release did not keep what a version is made of: that is said, and not that there is no such one."""
    before, _ = versions
    for row in items(room.client, room.table):
        if row["sk"]["S"].startswith((f"o#{before}", f"d#{before}")):
            room.client.delete_item(TableName=room.table, Key={"pk": row["pk"], "sk": row["sk"]})

    status, said = room.call("migrate", {"map": {"from": before}}, journey="welcome")

    assert (status, said["error"]) == (422, "bad_migration")
    assert said["message"].startswith(f"version {before} was deployed by an earlier release")


def test_a_map_that_does_not_fit_is_refused_with_all_that_is_wrong(
    room: ControlRoom, versions: tuple[str, str]
) -> None:
    """A step that is not there, of either version; nothing is queued."""
    before, _ = versions

    status, said = room.call(
        "migrate", {"map": {"from": before, "steps": {"gone": "exit"}, "otherwise": {"move": "nowhere"}}},
        journey="welcome",
    )  # fmt: skip

    assert (status, said["error"]) == (422, "bad_migration")
    assert said["wrong"] == [
        f"it names gone, and version {before} has no such step",
        "it moves runs to nowhere, and there is no such step",
    ]
    assert room.queue == []


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"map": {"from": "000000000000"}}, 422, "bad_migration"),
        ({"map": {"from": "latest"}}, 400, "bad_field"),
        ({"map": {"from": "000000000000", "steps": {"rest": "leave"}}}, 400, "bad_field"),
        ({"map": {"from": "000000000000", "steps": {"rest": {"go": "s"}}}}, 400, "bad_field"),
        ({"map": {"from": "000000000000", "steps": [1]}}, 400, "bad_field"),
        ({"map": 1}, 400, "bad_field"),
        ({}, 400, "bad_field"),
        ({"map": {"from": "000000000000"}, "rate": 0.5}, 400, "bad_field"),
        ({"map": {"from": "000000000000"}, "rate": True}, 400, "bad_field"),
        ({"map": {"from": "000000000000"}, "rate": "20"}, 400, "bad_field"),
        ({"map": {"from": "000000000000"}, "expected": "111111111111"}, 409, "changed_meanwhile"),
    ],
)
def test_what_cannot_be_done_is_refused(
    room: ControlRoom, versions: tuple[str, str], body: Any, status: int, error: str
) -> None:
    """With a word for programs, and nothing is queued."""
    answered, said = room.call("migrate", body, journey="welcome")

    assert (answered, said["error"]) == (status, error)
    assert room.queue == []


def test_there_is_nothing_to_move_to_in_a_journey_that_nobody_published(room: ControlRoom) -> None:
    """As with every call about a journey."""
    assert room.call("migrate", {"map": {"from": "000000000000"}}, journey="nobodys")[0] == 404

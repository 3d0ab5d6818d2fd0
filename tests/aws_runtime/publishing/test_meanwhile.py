"""What others do between the moment when something was asked for and the moment when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sojourn.adapters.dynamodb.live import Live
from sojourn.adapters.dynamodb.runs import PARTS
from sojourn.application.publishing import DONE, FAILED, WAITING, LiveJourney
from sojourn.errors import TransientError
from tests.aws_runtime.publishing.test_migrations import AFTER, BEFORE, _engine, _files, _people, _work
from tests.support.control_room import ANA, BEN, ControlRoom, workspace

CLEO = "arn:aws:iam::123456789012:user/cleo"
ASKING = "approval: publish\n"


def test_what_somebody_approved_is_what_is_done_or_nothing(room: ControlRoom) -> None:
    """They saw which version it takes the place of; where another is live by then, they have not seen that."""
    first = room.publish(workspace(workspace=ASKING))
    room.call("approve", by=BEN, id=first.id)
    room.work()
    seen = room.publish(workspace("email", workspace=ASKING))
    other = room.publish(workspace("push", workspace=ASKING), by=CLEO, message="push")
    room.call("approve", by=BEN, id=other.id)
    room.work()
    live = room.live()

    room.call("approve", by=BEN, id=seen.id)
    room.work()

    operation = room.operation(seen.id)
    assert (seen.state, operation.state, room.live()) == (WAITING, FAILED, live)
    assert operation.result["error"] == "changed_meanwhile"
    assert [(change["by"], change["message"]) for change in operation.result["changes"]] == [(CLEO, "push")]


def test_a_publication_that_waited_while_somebody_rolled_back_is_not_done(room: ControlRoom) -> None:
    """Whoever approves it saw it take the place of the version that was taken back."""
    for via in ("sms", "email"):
        one = room.publish(workspace(via, workspace=ASKING))
        room.call("approve", by=BEN, id=one.id)
        room.work()
    seen = room.publish(workspace("push", workspace=ASKING))
    room.call("rollback", {"message": "wrong price"}, by=CLEO, journey="welcome")
    live = room.live()

    room.call("approve", by=BEN, id=seen.id)
    room.work()

    operation = room.operation(seen.id)
    assert (seen.state, operation.state, room.live()) == (WAITING, FAILED, live)
    assert [(one["by"], one["kind"]) for one in operation.result["changes"]] == [(CLEO, "rollback")]


def test_a_draft_of_another_journey_holds_nothing_up(room: ControlRoom) -> None:
    """Of a journey that stays as it is, the draft stays as well."""
    both = ("welcome", "win-back")
    first = room.publish(workspace(names=both, workspace=ASKING))
    room.call("approve", by=BEN, id=first.id)
    room.work()
    files = workspace("email", both, workspace=ASKING)
    seen = room.publish(files | {"win-back/journey.yaml": workspace(names=both)["win-back/journey.yaml"]})
    drafted = room.publish(
        workspace("push", both, workspace=ASKING), by=CLEO, route="draft", journeys=["win-back"]
    )

    room.call("approve", by=BEN, id=seen.id)
    room.work()

    assert (seen.state, drafted.state, room.operation(seen.id).state) == (WAITING, DONE, DONE)


def test_nobody_is_moved_to_a_version_that_was_taken_back_meanwhile(room: ControlRoom) -> None:
    """Whoever rolls back does so as the version is bad: those who were to be moved there stay where they are."""
    room.publish(_files(BEFORE))
    before = room.live()["welcome"]
    room.publish(_files(AFTER))
    engine, _ = _engine(room)
    _people(engine, room, before, 3)
    executions = _work(room)
    status, said = room.call(
        "migrate", {"map": {"from": before, "otherwise": {"move": "break"}}}, journey="welcome"
    )
    assert status == 202
    assert room.call("rollback", by=BEN, journey="welcome")[0] == 200

    room.work()

    operation = room.operation(said["operation"]["id"])
    runs = [engine.customers.load(f"c-{number}").runs["welcome", ""] for number in range(3)]
    assert (operation.state, operation.result["runs"]) == (DONE, {"not_live": 3})
    assert ({run.version for run in runs}, executions.started) == ({before}, {})


def test_that_a_version_was_taken_back_is_not_asked_for_each_run(room: ControlRoom) -> None:
    """Each time it is asked, all journeys are read: that is once a turn of a strand, however many runs are left."""
    room.publish(_files(BEFORE))
    before = room.live()["welcome"]
    room.publish(_files(AFTER))
    engine, _ = _engine(room)
    _people(engine, room, before, 40)
    asked: list[str] = []

    class Asked(Live):
        def journey(self, name: str) -> LiveJourney | None:
            asked.append(name)
            return super().journey(name)

    _, said = room.call(
        "migrate", {"map": {"from": before, "otherwise": {"move": "break"}}}, journey="welcome"
    )
    room.call("rollback", by=BEN, journey="welcome")
    room.backing = replace(room.backing, live=Asked(room.client, room.table))
    _work(room)

    room.work()

    assert room.operation(said["operation"]["id"]).result["runs"] == {"not_live": 40}
    # Each of eight strands has two turns: the second a minute later.
    assert len(asked) <= 2 * PARTS


def test_a_migration_that_could_not_be_queued_is_queued_later(room: ControlRoom) -> None:
    """Where the queue is ill when the new version is live, the publication comes again, and so does what follows it."""
    room.publish(_files(BEFORE))
    before = room.live()["welcome"]
    engine, _ = _engine(room)
    _people(engine, room, before, 3)
    _work(room)
    put, ill = room.backing.put, [True]

    def sick(message: Mapping[str, Any], after: float) -> None:
        if room.live()["welcome"] != before and ill and ill.pop():
            raise TransientError("SendMessage")
        put(message, after)

    room.backing = replace(room.backing, put=sick)
    _work(room)

    operation = room.publish(
        _files(AFTER) | {"welcome/migration.yaml": f"from: {before}\notherwise: exit\n"}, by=ANA
    )

    moving = room.operation(operation.result["migrations"]["welcome"])
    assert (operation.state, moving.state, moving.result.get("runs")) == (DONE, DONE, {"exited": 3})

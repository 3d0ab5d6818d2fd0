from __future__ import annotations

import pytest

from sojourn.adapters.dynamodb.operation_rows import key_of
from tests.support.control_room import ANA, BEN, PREFIX, ControlRoom, workspace


def two_versions(room: ControlRoom) -> tuple[str, str]:
    """Publish two versions of a journey; return them, the earlier first."""
    room.publish(workspace())
    first = room.live()["welcome"]
    room.publish(workspace("email"))
    return first, room.live()["welcome"]


def test_the_version_before_is_entered_again_at_once(room: ControlRoom) -> None:
    """It runs on the machine that it had, and the publication says who took the other back, and why."""
    first, second = two_versions(room)

    status, said = room.call("rollback", {"message": "it said the wrong price"}, by=BEN, journey="welcome")

    publication = said["publication"]
    assert (status, publication["version"], publication["before"], publication["kind"]) == (
        200, first, second, "rollback",
    )  # fmt: skip
    (journey,) = room.backing.live.journeys()
    assert (journey.version, journey.machine) == (first, f"{PREFIX}welcome:1")
    assert room.told()[-1] == ("ben", "rolled_back")
    assert room.queue == []


def test_a_version_can_be_named_and_taken_back_once(room: ControlRoom) -> None:
    """Who calls again hears the same publication, and it is told once."""
    first, _ = two_versions(room)

    once = room.call("rollback", {"to": first}, journey="welcome")
    again = room.call("rollback", {"to": first}, journey="welcome")

    assert once == again
    assert [did for _, did in room.told()].count("rolled_back") == 1


def test_a_roll_back_that_is_called_twice_does_not_lead_back_to_the_bad_version(room: ControlRoom) -> None:
    """Two colleagues do it in the same minute: the later hears who was first, and may name a version."""
    first, second = two_versions(room)
    room.call("rollback", {"message": "wrong price"}, by=BEN, journey="welcome")

    status, said = room.call("rollback", {"expected": {"welcome": first}}, journey="welcome")
    named, _ = room.call("rollback", {"to": second}, journey="welcome")
    room.publish(workspace("push"))
    after, _ = room.call("rollback", {}, journey="welcome")

    assert (status, said["error"], named, after) == (409, "rolled_back_already", 200, 200)
    assert [(one["by"], one["version"], one["before"], one["message"]) for one in said["changes"]] == [
        (BEN, first, second, "wrong price")
    ]
    assert room.live() == {"welcome": second}


def test_a_colleague_s_draft_stays(room: ControlRoom) -> None:
    """Whoever takes back what is live does not mean what somebody tries."""
    two_versions(room)
    room.publish(workspace("push"), by=BEN, route="draft")
    (before,) = room.backing.live.journeys()

    room.call("rollback", {}, journey="welcome")

    (journey,) = room.backing.live.journeys()
    assert journey.draft is not None
    assert (journey.draft, journey.version) == (
        before.draft,
        before.publication and before.publication.before,
    )


def test_who_saw_another_version_live_is_told_who_came_first(room: ControlRoom) -> None:
    """A rollback is no way around what somebody published meanwhile."""
    first, second = two_versions(room)
    room.publish(workspace("push"), by=BEN, message="push")

    status, said = room.call("rollback", {"to": first, "expected": {"welcome": second}}, journey="welcome")

    assert (status, said["error"]) == (409, "changed_meanwhile")
    assert [(change["by"], change["message"]) for change in said["changes"]] == [(BEN, "push")]


@pytest.mark.parametrize(
    ("journey", "body"),
    [("welcome", {}), ("welcome", {"to": "0123456789ab"}), ("nobody", {}), ("*", {}), ("../x", {})],
)
def test_there_must_be_something_to_go_back_to(room: ControlRoom, journey: str, body: dict[str, str]) -> None:
    """A journey of one version has none before; a version that never was cannot be entered."""
    room.publish(workspace())

    status, said = room.call("rollback", body, journey=journey)

    assert status == 404
    assert said["error"] in {"no_version", "no_journey"}


def test_what_the_stack_owns_is_taken_back_there(room: ControlRoom) -> None:
    """By deploying its files as they were."""
    room.deployed(workspace())
    room.deployed(workspace("email"))
    room.states.machines[f"{PREFIX}welcome"] = {"versions": 9}
    version = room.backing.live.publications("welcome")

    status, said = room.call("rollback", {"to": room.live()["welcome"]}, journey="welcome")

    assert (status, said["error"], version) == (409, "refused", ())
    assert "npx cdk deploy" in said["message"]


def test_a_version_whose_machine_is_gone_gets_another(room: ControlRoom) -> None:
    """It is made of what was kept, which takes longer than a call."""
    first, _ = two_versions(room)
    room.states.gone.add(f"{PREFIX}welcome:1")

    status, said = room.call("rollback", {"to": first}, journey="welcome")
    room.work()

    operation = room.operation(said["operation"]["id"])
    (journey,) = room.backing.live.journeys()
    assert (status, operation.state, operation.kind) == (202, "done", "rollback")
    assert (journey.version, journey.machine) == (first, f"{PREFIX}welcome:3")
    assert room.told()[-1] == ("ana", "rolled_back")


def test_a_version_whose_number_another_one_has_by_now_gets_another(room: ControlRoom) -> None:
    """Its machine was deleted and made anew under the name: nobody runs another version's definition for it."""
    first, _ = two_versions(room)
    room.states.machines.clear()
    room.publish(workspace("push"))

    status, said = room.call("rollback", {"to": first}, journey="welcome")
    room.work()

    (journey,) = room.backing.live.journeys()
    assert (status, room.operation(said["operation"]["id"]).state) == (202, "done")
    assert (journey.version, journey.machine) == (first, f"{PREFIX}welcome:2")


def test_a_draft_is_taken_away(room: ControlRoom) -> None:
    """By whoever may draft; what is live stays, and where there is no draft that is said."""
    room.publish(workspace())
    room.publish(workspace("email"), route="draft")

    taken = room.call("withdraw_draft", {"reason": "bad idea"}, journey="welcome")
    again = room.call("withdraw_draft", journey="welcome")

    (journey,) = room.backing.live.journeys()
    assert (taken[0], taken[1]["draft"]["by"], journey.draft) == (200, ANA, None)
    assert (again[0], again[1]["error"]) == (404, "no_draft")
    assert room.told()[-1] == ("ana", "withdrew")


def test_a_draft_does_not_get_live_by_a_roll_back(room: ControlRoom) -> None:
    """Rolling back needs no approval, as it leads to what was live before: a draft that never was is refused."""
    room.publish(workspace())
    first = room.live()["welcome"]
    room.publish(workspace("email"), route="draft")
    draft = room.backing.live.publications("welcome")[0].version

    status, said = room.call("rollback", {"to": draft}, journey="welcome")

    assert (status, said["error"], room.live()) == (409, "refused", {"welcome": first})
    assert "never live" in said["message"]


def test_a_version_that_was_a_draft_first_can_be_gone_back_to(room: ControlRoom) -> None:
    """It was published after it was tried, so that it was live."""
    room.publish(workspace())
    room.publish(workspace("email"), route="draft")
    room.publish(workspace("email"))
    tried = room.live()["welcome"]
    room.publish(workspace())

    status, _ = room.call("rollback", {"to": tried}, journey="welcome")

    assert (status, room.live()) == (200, {"welcome": tried})


def test_what_was_taken_back_and_published_since_is_not_taken_back_again(room: ControlRoom) -> None:
    """The queue delivers a second time what was done: it says what came of it, and undoes nothing."""
    first, second = two_versions(room)
    room.states.gone.add(f"{PREFIX}welcome:1")
    status, said = room.call("rollback", {"to": first}, journey="welcome")
    again = room.queue[0]
    room.work()
    assert (status, room.live()["welcome"]) == (202, first)
    # The worker died before it could end the operation.
    room.client.update_item(
        TableName=room.table, Key=key_of(said["operation"]["id"]), UpdateExpression="SET #state = :running",
        ExpressionAttributeNames={"#state": "state"}, ExpressionAttributeValues={":running": {"S": "running"}},
    )  # fmt: skip
    room.publish(workspace("push"), by=BEN)
    newest = room.live()["welcome"]

    room.queue.append(again)
    room.work()

    operation = room.operation(said["operation"]["id"])
    assert (room.live()["welcome"], newest not in (first, second)) == (newest, True)
    assert (operation.state, operation.result["publication"]["version"]) == ("done", first)
    assert [did for _, did in room.told()].count("rolled_back") == 1


def test_what_to_do_where_nothing_was_before(room: ControlRoom) -> None:
    """Of a journey of one version nobody can name an earlier one; a version that was live once can be named."""
    first, _ = two_versions(room)
    room.publish(workspace("push", ("other",)), journeys=["other"])
    room.backing.registry.withdraw(["welcome"])
    room.publish(workspace("push"))

    _, one = room.call("rollback", {}, journey="other")
    _, several = room.call("rollback", {}, journey="welcome")
    named, _ = room.call("rollback", {"to": first}, journey="welcome")

    assert one["message"].endswith(
        " has no version before this one: to let nobody enter it, sojourn stop other"
    )
    assert several["message"].endswith(" has no version before this one: name the version")
    assert named == 200

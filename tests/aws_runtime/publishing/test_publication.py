"""What becomes of a workspace that somebody publishes, as the control API and the function `operate` do it together."""

from __future__ import annotations

import json

import pytest

from sojourn.adapters.dynamodb.registry import Registry
from sojourn.application.publishing import DONE, FAILED, RUNNING, WAITING, Operation, Signed
from sojourn.domain.compile.bundle import compiled_workspace
from sojourn.domain.journey.project import read_project
from tests.support.control_room import ANA, BEN, PREFIX, ControlRoom, encoded, workspace


def error(operation: Operation) -> str:
    """Return the word for why an operation failed."""
    assert operation.state == FAILED
    return str(operation.result["error"])


def test_customers_enter_what_was_published(room: ControlRoom) -> None:
    """A workspace becomes machines, versions and publications, told in the history, with who, when and why."""
    operation = room.publish(workspace(names=("welcome", "win-back")), message="spring")

    assert operation.state == DONE, operation.result
    live = {one.name: one for one in room.backing.live.journeys()}
    assert {name: one.machine for name, one in live.items()} == {
        "welcome": f"{PREFIX}welcome:1", "win-back": f"{PREFIX}win-back:1",
    }  # fmt: skip
    assert {name: one.version for name, one in live.items()} == {
        name: told["version"] for name, told in operation.result["published"].items()
    }
    publication = live["welcome"].publication
    assert publication is not None
    assert (publication.by, publication.message, publication.id) == (ANA, "spring", operation.id)
    assert room.told() == [("ana", "published")]
    assert (operation.done, operation.total) == (2, 2)


def test_the_same_upload_twice_changes_nothing(room: ControlRoom) -> None:
    """The second says so: no machine, no publication and no line in the history is made for it."""
    first = room.publish(workspace())
    before, asked = room.live(), len(room.states.asked)

    second = room.publish(workspace())

    assert (second.state, second.result["published"], second.result["unchanged"]) == (DONE, {}, ["welcome"])
    assert (room.live(), len(room.states.asked)) == (before, asked)
    assert room.told() == [("ana", "published")]
    assert [one.id for one in room.backing.live.publications("welcome")] == [first.id]


def test_one_journey_is_published_and_the_others_stay(room: ControlRoom) -> None:
    """Who names a journey changes that one alone, and none is withdrawn that the upload leaves out."""
    room.publish(workspace(names=("welcome", "win-back")))
    before = room.live()

    operation = room.publish(workspace("email", ("welcome",)), journeys=["welcome"])

    assert list(operation.result["published"]) == ["welcome"]
    assert room.live()["win-back"] == before["win-back"]
    assert room.live()["welcome"] != before["welcome"]
    assert operation.result["published"]["welcome"]["before"] == before["welcome"]


def test_errors_stop_it_before_anything_is_made(room: ControlRoom) -> None:
    """What `check` finds is in the result, with file, line, column and code; no machine is made."""
    journey = "journey: welcome\ntopic: news\nenter: {on: began}\nsteps: [{send: helo}]\n"
    broken = workspace() | {"welcome/journey.yaml": journey}

    operation = room.publish(broken)

    assert error(operation) == "has_errors"
    finding = operation.result["findings"][0]
    assert (finding["file"], finding["line"], finding["severity"]) == ("welcome/journey.yaml", 4, "error")
    assert finding["code"].startswith("SJ")
    assert (room.states.asked, room.live(), room.told()) == ([], {}, [])


def test_warnings_are_told_and_stop_nothing(room: ControlRoom) -> None:
    """A message nobody sends is worth a warning, and the publication goes on."""
    operation = room.publish(
        workspace() | {"welcome/messages/unused.yaml": "sms: Unused. Reply STOP to opt out.\n"}
    )

    assert (operation.state, operation.result["errors"]) == (DONE, 0)
    assert operation.result["warnings"] == len(operation.result["findings"]) > 0


def test_what_is_no_archive_of_a_workspace_is_refused(room: ControlRoom) -> None:
    """Without workspace.yaml at its top it is none."""
    assert error(room.publish({"welcome/journey.yaml": "journey: welcome\n"})) == "bad_archive"


def test_a_journey_that_the_workspace_does_not_have_is_refused(room: ControlRoom) -> None:
    """Who misspells a name hears so, and nothing is published."""
    assert error(room.publish(workspace(), journeys=["welcom", "welcome"])) == "no_journey"
    assert room.live() == {}


def test_what_the_stack_owns_is_refused_with_what_to_do(room: ControlRoom) -> None:
    """Its machine is not touched either: the stack would not know."""
    room.deployed(workspace())

    operation = room.publish(workspace("email"))

    assert error(operation) == "refused"
    assert "npx cdk deploy" in operation.result["message"]
    assert room.states.asked == []


def test_settings_that_the_stack_owns_are_not_brought_along(room: ControlRoom) -> None:
    """A journey of one's own may be published beside the stack's, if it needs no other settings."""
    room.deployed(workspace())
    other = workspace(names=("win-back",))

    changed = room.publish(
        other | {"workspace.yaml": other["workspace.yaml"] + "caps: [{max: 3, per: 7 days}]\n"}
    )
    same = room.publish(other)

    assert error(changed) == "refused"
    assert '"journeys": "published" in cdk.json' in changed.result["message"]
    assert same.state == DONE
    assert sorted(room.live()) == ["welcome", "win-back"]


def test_another_workspace_is_not_put_in_the_place_of_the_one_that_is_there(room: ControlRoom) -> None:
    """Customers' paths and consents are counted by its name: it is a wrong folder, or a wrong stage."""
    room.publish(workspace())
    other = workspace("email")

    operation = room.publish(other | {"workspace.yaml": other["workspace.yaml"].replace(": shop", ": other")})

    assert error(operation) == "other_workspace"


def test_who_planned_against_another_version_hears_what_changed(room: ControlRoom) -> None:
    """The later of two is told who published what meanwhile, and changes nothing."""
    room.publish(workspace())
    seen = room.live()
    room.publish(workspace("email"), by=BEN, message="mail instead", expected=seen)
    live = room.live()

    operation = room.publish(workspace("push"), expected=seen)

    assert error(operation) == "changed_meanwhile"
    (change,) = operation.result["changes"]
    assert (change["by"], change["message"], change["version"]) == (BEN, "mail instead", live["welcome"])
    assert room.live() == live


def test_a_draft_is_entered_by_nobody_but_the_segment_test(room: ControlRoom) -> None:
    """What is live stays; publishing the draft for all makes it none."""
    room.publish(workspace())
    before = room.live()

    drafted = room.publish(workspace("email"), route="draft")

    (journey,) = room.backing.live.journeys()
    assert (drafted.state, room.live()) == (DONE, before)
    assert journey.draft is not None
    assert journey.draft.version == drafted.result["published"]["welcome"]["version"]
    room.publish(workspace("email"))
    (journey,) = room.backing.live.journeys()
    assert (journey.version, journey.draft) == (drafted.result["published"]["welcome"]["version"], None)
    assert room.told() == [("ana", "published"), ("ana", "drafted"), ("ana", "published")]


def test_a_publication_waits_for_somebody_else_where_the_workspace_asks_for_it(room: ControlRoom) -> None:
    """It is checked, and says what it would change; who asked for it cannot approve it; who approves is told."""
    asking = workspace(workspace="approval: publish\n")

    operation = room.publish(asking)

    assert (operation.state, room.live()) == (WAITING, {})
    assert list(operation.result["planned"]["journeys"]) == ["welcome"]
    assert room.call("approve", by=ANA, id=operation.id)[1]["error"] == "own_operation"
    assert room.call("approve", by=BEN, id=operation.id)[0] == 200
    room.work()
    approved = room.operation(operation.id)
    assert (approved.state, approved.approved_by, list(room.live())) == (DONE, BEN, ["welcome"])
    assert room.told() == [("ben", "approved"), ("ana", "published")]
    for name in (ANA, BEN):
        status, said = room.call("approve", by=name, id=operation.id)
        assert (status, said["error"], said["message"]) == (
            409,
            "not_so",
            f"operation {operation.id} is done",
        )


def test_who_takes_the_approval_out_needs_it_once_more(room: ControlRoom) -> None:
    """The workspace that is live counts as well as the new one; a draft, and what changes nothing, needs nobody."""
    asking = workspace(workspace="approval: publish\n")
    first = room.publish(asking)
    room.call("approve", by=BEN, id=first.id)
    room.work()

    without = room.publish(workspace("email"))
    again = room.publish(asking)
    draft = room.publish(workspace("email", workspace="approval: publish\n"), route="draft")

    assert (without.state, again.state, draft.state) == (WAITING, DONE, DONE)


def test_where_machines_cannot_be_made_faster_it_waits_and_goes_on(room: ControlRoom) -> None:
    """AWS lets a hundred be made at once and one a second from then on: nothing fails for it."""
    room.states.busy = 20

    operation = room.publish(workspace())

    assert operation.state == DONE, operation.result
    assert room.pauses != []
    assert set(room.pauses) == {1.0}


def test_it_goes_on_in_another_invocation_where_one_does_not_suffice(room: ControlRoom) -> None:
    """Machines that were made are noted, and made once."""
    files = workspace(names=tuple(f"journey-{number}" for number in range(5)))
    status, said = room.call("publish", {"workspace": encoded(files)})
    assert status == 202

    for made in range(4):
        seconds = iter([300.0, 0.0])
        room.operating()({"Records": [record(room)]}, lambda seconds=seconds: next(seconds))
        assert len(room.states.machines) == made + 1
        assert room.operation(said["operation"]["id"]).state == RUNNING
    room.work()

    operation = room.operation(said["operation"]["id"])
    assert (operation.state, operation.done, operation.total) == (DONE, 5, 5)
    assert {one["versions"] for one in room.states.machines.values()} == {1}


def record(room: ControlRoom) -> dict[str, str]:
    """Take the next message from the queue."""
    message, _ = room.queue.pop(0)
    return {"messageId": "m1", "body": json.dumps(message)}


def test_a_machine_that_is_being_deleted_is_said_to_be(room: ControlRoom) -> None:
    """The stack left a journey out just now: the name is free once its executions have ended."""
    room.states.deleting.add(f"{PREFIX}welcome")

    operation = room.publish(workspace())

    assert error(operation) == "refused"
    assert "is being deleted" in operation.result["message"]


def test_a_version_that_was_live_before_runs_on_the_machine_it_had(room: ControlRoom) -> None:
    """To publish what was published before makes no machine anew, unless somebody deleted it."""
    room.publish(workspace())
    (first,) = room.backing.live.journeys()
    room.publish(workspace("email"))

    room.publish(workspace())
    (again,) = room.backing.live.journeys()
    room.publish(workspace("email"))
    room.states.gone.add(first.machine)
    room.publish(workspace())

    assert again.machine == first.machine
    (anew,) = room.backing.live.journeys()
    assert (anew.version, anew.machine) == (first.version, f"{PREFIX}welcome:3")


def test_a_colleague_s_draft_is_told_of(room: ControlRoom) -> None:
    """It stays beside what is published; another draft takes its place, as there is one, and both are told."""
    room.publish(workspace())
    drafted = room.publish(workspace("email"), by=BEN, route="draft")
    draft = drafted.result["published"]["welcome"]["version"]

    published = room.publish(workspace("push"))
    again = room.publish(workspace("push"))
    (beside,) = room.backing.live.journeys()
    instead = room.publish(workspace(), route="draft")

    assert beside.draft is not None
    assert (beside.version, beside.draft.version) == (room.live()["welcome"], draft)
    for told in (published.result["drafts"], instead.result["drafts"]):
        assert (told["welcome"]["version"], told["welcome"]["by"]) == (draft, BEN)
    assert (drafted.result["drafts"], again.result["unchanged"]) == ({}, ["welcome"])
    entry = next(iter(room.backing.history.read()))
    assert (entry.did, entry.details["instead_of"]["welcome"]["by"]) == ("drafted", BEN)


def test_the_stack_may_come_between(room: ControlRoom) -> None:
    """A journey that the stack took over after the upload was checked is refused at the switch."""
    room.publish(workspace())
    bundle = compiled_workspace(
        read_project({name: text.encode() for name, text in workspace("email").items()})
    )

    with pytest.raises(Exception, match="was published by"):
        Registry(room.client, room.table, "cdk").register(bundle, {"welcome": f"{PREFIX}welcome:9"})

    signed = Signed(ANA, room.at, "", "x")
    assert room.backing.registry.drop_draft("welcome", signed) is None

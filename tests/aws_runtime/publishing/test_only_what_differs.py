"""What a publication leaves alone: journeys that are live already, and the files of journeys that are not published."""

from __future__ import annotations

from sojourn.application.publishing import DONE
from tests.aws_runtime.publishing.test_publication import error
from tests.support.control_room import ControlRoom, workspace

BOTH = ("welcome", "win-back")


def changed(name: str, via: str = "email") -> dict[str, str]:
    """Return both journeys' files, one of them sent another way."""
    return workspace(names=BOTH) | {
        file: text for file, text in workspace(via, BOTH).items() if file.startswith(f"{name}/")
    }


def test_only_the_journey_that_differs_is_drafted(room: ControlRoom) -> None:
    """The next publication is about that one as well: no other has a draft that it would take away."""
    room.publish(workspace(names=BOTH))

    drafted = room.publish(changed("welcome"), route="draft")
    published = room.publish(changed("welcome"))

    assert (list(drafted.result["published"]), drafted.result["unchanged"]) == (["welcome"], ["win-back"])
    assert list(published.result["published"]) == ["welcome"]
    assert [one.draft for one in room.backing.live.journeys()] == [None, None]


def test_a_journey_is_new_beside_the_stack_s_that_stay_as_they_are(room: ControlRoom) -> None:
    """The stack's are not touched, and nothing has to be left out of the workspace for it."""
    room.deployed(workspace())

    operation = room.publish(workspace(names=BOTH))
    again = room.publish(workspace(names=BOTH))

    assert (operation.state, list(operation.result["published"])) == (DONE, ["win-back"])
    assert (again.state, sorted(again.result["unchanged"])) == (DONE, [*BOTH])
    assert {one.name: one.owner for one in room.backing.live.journeys()} == {
        "welcome": "cdk", "win-back": "publish",
    }  # fmt: skip
    assert error(room.publish(changed("welcome"))) == "refused"


def test_errors_of_other_journeys_stop_nothing(room: ControlRoom) -> None:
    """Who publishes one journey is told of its errors, and of those in what all share."""
    broken = workspace(names=BOTH) | {"win-back/journey.yaml": "journey: win-back\nsteps: [{send: helo}]\n"}

    alone = room.publish(broken, journeys=["welcome"])
    whole = room.publish(broken)
    itself = room.publish(broken, journeys=["win-back"])
    shared = room.publish(broken | {"segments.yaml": "lapsed: 1\n"}, journeys=["welcome"])

    assert (alone.state, list(alone.result["published"]), alone.result["errors"]) == (DONE, ["welcome"], 0)
    assert [error(one) for one in (whole, itself, shared)] == ["has_errors"] * 3

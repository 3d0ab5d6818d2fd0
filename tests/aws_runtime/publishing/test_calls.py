from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sojourn.adapters.dynamodb.operations import Operations
from sojourn.application.publishing import Operation
from sojourn.aws_runtime.publishing.calls import LONGEST_BODY
from sojourn.aws_runtime.publishing.control_api import answering
from sojourn.aws_runtime.publishing.routes import ROUTES
from tests.support.control_room import ANA, BEN, ControlRoom, encoded, event, workspace


def said(room: ControlRoom, call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Hand a call over as it is; return the status and what is answered."""
    answer = room.api(call)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("key", ROUTES)
def test_who_is_nobody_is_refused_whatever_they_call(room: ControlRoom, key: str) -> None:
    """API Gateway says who signed a call; without that nothing is done."""
    status, answer = said(room, event(key, {}, by=None, parameters={"journey": "welcome", "id": "x"}))

    assert (status, answer["error"]) == (401, "nobody")


def test_every_route_is_answered(room: ControlRoom) -> None:
    """Each that IAM may allow somebody has somebody who answers it."""
    assert set(answering(room.backing, lambda arn, version: True, room.reach)) == set(ROUTES.values())


def test_a_call_is_known_by_the_route_that_let_it_in(room: ControlRoom) -> None:
    """What the path says besides does not count: a permission to draft is none to publish."""
    call = event("POST /v1/drafts", {"workspace": encoded(workspace()), "draft": False})
    call["rawPath"] = "/v1/publications"

    status, answer = said(room, call)

    assert (status, answer["error"]) == (400, "bad_field")
    assert room.queue == []


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("{", 400, "bad_json"),
        ("[]", 400, "bad_json"),
        ({"workspce": "x"}, 400, "bad_field"),
        ({}, 400, "bad_field"),
        ({"workspace": "%%%"}, 400, "bad_field"),
        ({"workspace": "aGVsbG8="}, 400, "bad_field"),
        ({"workspace": 5}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "journeys": "welcome"}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "journeys": []}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "journeys": ["*"]}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "message": "m" * 1_001}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "expected": ["x"]}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "expected": {"welcome": "v" * 65}}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "expected": {f"j-{n}": "" for n in range(2_001)}}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "expected_revision": True}, 400, "bad_field"),
        ({"workspace": encoded(workspace()), "draft": "yes"}, 400, "bad_field"),
        ('"' + "x" * LONGEST_BODY + '"', 413, "too_large"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_to_be(room: ControlRoom, body: Any, status: int, error: str) -> None:
    """One sentence for people, one word for programs; nothing is kept or queued."""
    answered = room.call("publish", body)

    assert (answered[0], answered[1]["error"]) == (status, error)
    assert len(answered[1]["message"]) < 400
    assert (room.queue, room.files) == ([], {})


def test_an_upload_is_kept_before_it_is_queued(room: ControlRoom) -> None:
    """The answer tells the operation, by whom and for what; the file is named after it."""
    status, answer = room.call(
        "publish", {"workspace": encoded(workspace()), "journeys": ["welcome"], "message": " spring "}
    )

    operation = answer["operation"]
    assert (status, operation["kind"], operation["state"], operation["by"]) == (202, "publish", "queued", ANA)
    assert (operation["journey"], operation["message"]) == ("welcome", "spring")
    assert list(room.files) == [f"operations/{operation['id']}/workspace.zip"]
    assert [message for message, _ in room.queue] == [{"operation": operation["id"]}]


def test_what_cannot_be_queued_has_failed(room: ControlRoom) -> None:
    """Nobody waits for an operation that no message carries; the caller is asked to call again."""

    def full(*_: object) -> None:
        raise TimeoutError

    backing = type(room.backing)(
        **{name: getattr(room.backing, name) for name in type(room.backing).__slots__} | {"put": full}
    )
    api = room.made_api(backing)

    answer = api(event("POST /v1/publications", {"workspace": encoded(workspace())}))

    assert (answer["statusCode"], json.loads(answer["body"])["error"]) == (503, "try_again")
    assert [one.state for one in room.backing.operations.list()] == ["failed"]


def test_an_operation_that_waits_is_refused_by_somebody_else_and_cancelled_by_who_asked(
    room: ControlRoom,
) -> None:
    """Both end it; the history says which it was. What is over cannot be cancelled."""
    asking = workspace(workspace="approval: publish\n")
    first, second = room.publish(asking), room.publish(asking)

    refused = room.call("cancel", {"reason": "not now"}, by=BEN, id=first.id)
    room.call("cancel", by=ANA, id=second.id)
    again = room.call("cancel", by=ANA, id=second.id)
    approved = room.call("approve", by=BEN, id=first.id)

    assert (refused[0], refused[1]["operation"]["state"]) == (200, "cancelled")
    assert [room.operation(one.id).cancelled_by for one in (first, second)] == [BEN, ANA]
    assert (again[0], again[1]["error"]) == (409, "not_so")
    assert (approved[0], approved[1]["error"]) == (409, "not_so")
    assert room.told() == [("ben", "refused"), ("ana", "cancelled")]
    room.work()
    assert room.live() == {}


def test_what_is_queued_can_be_cancelled_before_it_begins(room: ControlRoom) -> None:
    """The message that comes then finds nothing to do."""
    _, answer = room.call("publish", {"workspace": encoded(workspace())})

    room.call("cancel", id=answer["operation"]["id"])
    room.work()

    assert (room.operation(answer["operation"]["id"]).state, room.live()) == ("cancelled", {})


def test_a_publication_that_begins_while_it_is_cancelled_goes_on(room: ControlRoom) -> None:
    """Or the history would say of a version that customers enter that it was cancelled."""
    _, answer = room.call("publish", {"workspace": encoded(workspace())})
    id_ = answer["operation"]["id"]

    class Begins(Operations):
        def get(self, operation_id: str) -> Operation | None:
            seen = super().get(operation_id)
            self.begin(operation_id)
            return seen

    room.api = room.made_api(replace(room.backing, operations=Begins(room.client, room.table)))
    status, refused = room.call("cancel", id=id_)
    room.work()

    assert (status, refused["error"], room.operation(id_).state) == (409, "not_so", "done")
    assert room.told() == [("ana", "published")]


@pytest.mark.parametrize("name", ["approve", "cancel"])
@pytest.mark.parametrize("id_", ["20260101T000000000Z-abcdef", "../x", "*", ""])
def test_an_operation_that_is_none_is_not_found(room: ControlRoom, name: str, id_: str) -> None:
    """Whatever stands in the path."""
    status, answer = room.call(name, id=id_)

    assert (status, answer["error"]) == (404, "no_operation")


def test_an_approval_whose_message_got_lost_can_be_given_again(room: ControlRoom) -> None:
    """Who called and heard nothing calls again, and it is told once."""
    operation = room.publish(workspace(workspace="approval: publish\n"))
    room.call("approve", by=BEN, id=operation.id)
    room.queue.clear()

    status, _ = room.call("approve", by=BEN, id=operation.id)
    room.work()

    assert (status, room.operation(operation.id).state) == (200, "done")
    assert room.told() == [("ben", "approved"), ("ana", "published")]

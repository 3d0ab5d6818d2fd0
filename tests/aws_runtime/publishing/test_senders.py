"""A publication that the stack's permission to send does not cover is refused: its messages would all be held."""

from __future__ import annotations

import json

import pytest

from sojourn.adapters.senders.permission import permission
from sojourn.application.publishing import DONE, FAILED, Operation
from tests.support.control_room import ControlRoom, workspace
from tests.support.workspaces import MESSAGE, WORKSPACE


def sent_from(address: str) -> str:
    """Return a message whose emails come from an address of their own."""
    return MESSAGE.replace("email: {", f'email: {{from: "{address}", ')


def other(said: str, instead: str) -> dict[str, str]:
    """Return the usual workspace, one word of its senders changed."""
    assert said in WORKSPACE
    return workspace("email") | {"workspace.yaml": WORKSPACE.replace(said, instead)}


def refused(operation: Operation) -> tuple[list[str], list[str]]:
    """Return the senders and addresses for which an operation was refused."""
    assert (operation.state, operation.result["error"]) == (FAILED, "other_senders")
    assert operation.result["message"].endswith(": deploy it first: npx cdk deploy")
    return operation.result["senders"], operation.result["addresses"]


@pytest.mark.parametrize(
    ("said", "instead", "expected"),
    [
        ("pool: pool-1", "pool: pool-2", (["sms"], [])),
        ("sms: {pool: pool-1}", "sms: {provider: sns}", (["sms"], [])),
        ('"arn:fcm"', '"arn:other"', (["push"], [])),
        ('"arn:fcm"}', '"arn:fcm"}, whatsapp: {phone_number_id: "1"}', (["whatsapp"], [])),
        ("hello@shop", "news@shop", ([], ["news@shop.example"])),
        ('example>"}', 'example>", tenant: shop}', (["email"], [])),
    ],
)
def test_other_senders_are_refused_before_anything_is_made(
    room: ControlRoom, said: str, instead: str, expected: tuple[list[str], list[str]]
) -> None:
    """Which they are is said, for people and for programs; the stack is to be deployed first."""
    operation = room.publish(other(said, instead))

    assert refused(operation) == expected
    assert all(one in operation.result["message"] for one in (*expected[0], *expected[1]))
    assert (room.live(), room.states.asked, room.told()) == ({}, [], [])


def test_nobody_goes_back_to_what_may_not_be_sent_any_more(room: ControlRoom) -> None:
    """Of a version that was live before, the messages may come from an address that the stack permits no more."""
    senders = json.loads(room.backing.live.settings())["policy"]["senders"]
    usual, room.permitted = room.permitted, permission(senders, ["hello@shop.example", "news@shop.example"])
    room.publish(workspace("email") | {"welcome/messages/hello.yaml": sent_from("news@shop.example")})
    first = room.live()
    room.publish(workspace("email"))
    now, asked = room.live(), len(room.states.asked)
    room.permitted = usual

    status, said = room.call("rollback", {"to": first["welcome"]}, journey="welcome")
    same, _ = room.call("rollback", {"to": now["welcome"]}, journey="welcome")

    assert (status, said["error"], said["addresses"]) == (409, "other_senders", ["news@shop.example"])
    assert said["message"].endswith(": deploy it first: npx cdk deploy")
    assert (same, room.live(), room.queue) == (200, now, [])
    assert {name for name, _ in room.states.asked[asked:]} == {"DescribeStateMachine"}


def test_going_back_asks_for_no_sender_that_the_version_does_without(room: ControlRoom) -> None:
    """Somebody is in a hurry; what the stack lacks for another channel holds none of these messages."""
    files = workspace() | {"welcome/messages/hello.yaml": 'sms: "Hello. Reply STOP to opt out."\n'}
    room.publish(files)
    first = room.live()
    room.publish(workspace("email"))
    senders = json.loads(room.backing.live.settings())["policy"]["senders"]
    room.permitted = permission({"sms": senders["sms"]}, [])

    status, _ = room.call("rollback", {}, journey="welcome")

    assert (status, room.live()) == (200, first)


def test_once_the_stack_is_deployed_it_is_published(room: ControlRoom) -> None:
    """The permission is there then, whoever owns the settings."""
    files = other("pool: pool-1", "pool: pool-2")
    refused(room.publish(files))

    room.deployed(workspace(names=()) | {"workspace.yaml": files["workspace.yaml"]}, settings="publish")

    assert room.publish(files).state == DONE
    assert list(room.live()) == ["welcome"]


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("pool: pool-1", "pool: pool-1, rate: 5, max_price: 0.1, time_to_live: 1 hour"),
        ('example>"}', 'example>", reply_to: "help@shop.example", rate: 9}'),
        ('"Shop <hello', '"The shop <hello'),
        (', push: {fcm: "arn:fcm"}', ""),
        ('"arn:fcm"}', '"arn:fcm"}, webhook: {rate: 3}'),
    ],
)
def test_what_no_permission_depends_on_needs_no_deployment(
    room: ControlRoom, said: str, instead: str
) -> None:
    """How fast and how dear messages are, where answers go, a sender less: all of it comes with a publication."""
    operation = room.publish(other(said, instead))

    assert operation.state == DONE, operation.result
    assert operation.result["settings"] is True


def test_a_message_of_a_journey_may_not_come_from_elsewhere(room: ControlRoom) -> None:
    """Nor a draft's, as the segment `test` would wait for it in vain; another journey's messages do not matter."""
    files = workspace("email", ("welcome", "win-back"))
    files["win-back/messages/hello.yaml"] = sent_from("Ana <ana@shop.example>")

    alone = room.publish(files, journeys=["welcome"])
    both = room.publish(files)
    draft = room.publish(files, route="draft")

    assert (alone.state, list(room.live())) == (DONE, ["welcome"])
    assert refused(both) == refused(draft) == ([], ["ana@shop.example"])


def test_an_address_that_no_permission_can_name_is_refused(room: ControlRoom) -> None:
    """The stack would not deploy it either."""
    files = workspace("email") | {
        "welcome/messages/hello.yaml": sent_from("{{ customer.first_name }} <x@shop.example>")
    }

    operation = room.publish(files)

    assert operation.result["error"] == "refused"
    assert "write an address without" in operation.result["message"]


def test_what_is_live_already_stays_done(room: ControlRoom) -> None:
    """A publication that is repeated says so, also when the stack was given other senders meanwhile."""
    room.publish(workspace())
    room.permitted = "sms=000000"

    assert room.publish(workspace()).state == DONE

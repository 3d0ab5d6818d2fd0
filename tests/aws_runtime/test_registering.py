from __future__ import annotations

import io
import json
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import Stubber
from pydantic import ValidationError

from sojourn.adapters.dynamodb.registration import Settled, State
from sojourn.adapters.dynamodb.registry import Registered
from sojourn.adapters.dynamodb.switch import Also, Moved
from sojourn.adapters.stepfunctions.full_machines import MachineFull
from sojourn.application.publishing import Entry, Publication, Signed
from sojourn.aws_runtime.registering import PAUSES, Registering, RegistrationError
from sojourn.domain.compile.bundle import Bundle, compiled_workspace
from sojourn.domain.compile.compiled import canonical
from sojourn.errors import Conflict, TransientError
from tests.support.workspaces import project

REQUEST: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "events" / "register-create.json").read_text()
)
MACHINE = REQUEST["ResourceProperties"]["Machines"]["welcome"]
REVISION = REQUEST["ResourceProperties"]["Revisions"]["welcome"]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BUNDLE = compiled_workspace(project({"welcome": "enter: {on: began}\nsteps: [{send: hello, via: [sms]}]"}))
VERSION = BUNDLE.journeys[0].version


def published(name: str, version: str = "v1", before: str = "") -> Publication:
    return Publication(
        REQUEST["RequestId"], name, version, before, "stack Sojourn-dev-journeys", NOON, "", "deploy"
    )


class FakeRegistry:
    """Remembers what it was told; `there` is what is registered already, `publications` what comes of it.

    `written` is what is written with the change.
    """

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.there: list[str] = []
        self.signed: list[Signed] = []
        self.settings_left_to = ""
        self.publications: tuple[Publication, ...] = ()
        self.written: list[Any] = []

    def left_out(self, staying: set[str]) -> tuple[str, ...]:
        return tuple(name for name in self.there if name not in staying)

    def register(
        self, bundle: Bundle, machines: dict[str, str], *, signed: Signed, leave_settings_to: str, also: Also
    ) -> Registered:
        self.told.append(("register", ([journey.name for journey in bundle.journeys], machines)))
        self.signed.append(signed)
        self.settings_left_to = leave_settings_to
        return self._moved(also)

    def withdraw(self, *, signed: Signed, also: Also) -> Registered:
        self.told.append(("withdraw", None))
        self.signed.append(signed)
        return self._moved(also)

    def _moved(self, also: Also) -> Registered:
        held = State(1, Settled("", {}), "", {})
        self.written += also(Moved(2, held, (), self.publications))
        return Registered(2, publications=self.publications)


class FakeHistory:
    """Gives for an entry what writes it: the entry itself."""

    def next(self, at: datetime, by: str, did: str, journey: str, *, details: Any) -> tuple[Entry, list[Any]]:
        entry = Entry(1, at, by, did, journey, details=details)
        return entry, [entry]


class OneStays:
    """Needs the second version of a machine, and remembers which were to go."""

    def __init__(self) -> None:
        self.forgotten: list[tuple[str, Collection[str]]] = []

    def stays(self, journey: str) -> list[str]:
        return [f"{MACHINE}:2"]

    def forget(self, journey: str, machines: Collection[str]) -> None:
        self.forgotten.append((journey, machines))


class Room:
    def __init__(self, body: bytes = canonical(BUNDLE.to_json()).encode()) -> None:
        self.s3, self.states, self.stacks = (
            boto3.client(name, region_name="us-east-1") for name in ("s3", "stepfunctions", "cloudformation")
        )
        self.on_s3, self.on_states, self.on_stacks = map(Stubber, (self.s3, self.states, self.stacks))
        for stub in (self.on_s3, self.on_states, self.on_stacks):
            stub.activate()
        self.body = body
        self.registry: Any = FakeRegistry()
        self.owners: list[str] = []
        self.pauses: list[float] = []
        self.under_way: dict[str, int] = {}
        self.history: Any = FakeHistory()
        self.old: Any = OneStays()
        self.registering = Registering(
            self.s3, self.states, self.stacks, self.registry_of, lambda name: self.under_way.get(name, 0),
            self.history, self.pauses.append, lambda: NOON, self.old,
        )  # fmt: skip

    def registry_of(self, owner: str) -> Any:
        self.owners.append(owner)
        return self.registry

    def bundle_is_there(self) -> None:
        answer = {"Body": StreamingBody(io.BytesIO(self.body), len(self.body))}
        self.on_s3.add_response("get_object", answer, {"Bucket": "assets", "Key": "bundle.json"})

    def version_is_published(self, **which: str) -> None:
        answer = {"stateMachineVersionArn": f"{MACHINE}:7", "creationDate": 0}
        expected = {"stateMachineArn": MACHINE, "description": VERSION, **which}
        self.on_states.add_response("publish_state_machine_version", answer, expected)

    def stack_is(self, status: str) -> None:
        found = {"StackName": "Sojourn-dev-journeys", "StackStatus": status, "CreationTime": 0}
        self.on_stacks.add_response("describe_stacks", {"Stacks": [found]}, {"StackName": REQUEST["StackId"]})


def request(**changes: Any) -> dict[str, Any]:
    properties = {**REQUEST["ResourceProperties"], **changes.pop("properties", {})}
    return {**REQUEST, "ResourceProperties": properties, **changes}


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_deployment_registers_its_journeys_on_the_versions_it_published(kind: str) -> None:
    """Each machine gets a version of the revision that this deployment made; the registry learns both at once."""
    room = Room()
    room.bundle_is_there()
    room.version_is_published(revisionId=REVISION)

    room.registering(request(RequestType=kind))

    assert room.registry.told == [("register", (["welcome"], {"welcome": f"{MACHINE}:7"}))]
    assert room.owners == ["cdk"]
    room.on_states.assert_no_pending_responses()


def test_a_machine_of_which_the_stack_knows_no_revision_is_published_as_it_is() -> None:
    """The present revision then is the one that was deployed."""
    room = Room()
    room.bundle_is_there()
    room.version_is_published()

    room.registering(request(properties={"Revisions": {}}))

    assert [what for what, _ in room.registry.told] == ["register"]


def test_a_second_delivery_of_a_request_asks_for_the_same_again() -> None:
    """Publishing an unchanged revision is the version there is; registering the same changes nothing."""
    room = Room()
    for _ in range(2):
        room.bundle_is_there()
        room.version_is_published(revisionId=REVISION)

    room.registering(REQUEST)
    room.registering(REQUEST)

    assert room.registry.told[0] == room.registry.told[1]


def test_a_deletion_withdraws_and_deletes_no_data() -> None:
    """Nobody enters any more; nothing is read and nothing published."""
    room = Room()

    room.registering(request(RequestType="Delete", properties={"Bucket": "", "Machines": None}))

    assert room.registry.told == [("withdraw", None)]


@pytest.mark.parametrize("machines", [{}, {"welcome": MACHINE, "other": MACHINE}, {"other": MACHINE}])
def test_a_bundle_and_machines_that_do_not_fit_are_refused(machines: dict[str, str]) -> None:
    """A journey without its machine would take customers in and leave them standing."""
    room = Room()
    room.bundle_is_there()

    with pytest.raises(RegistrationError, match="not of the same journeys: "):
        room.registering(request(properties={"Machines": machines}))
    assert room.registry.told == []


def leaves_out(room: Room, status: str, **runs: int) -> None:
    """Let journeys be registered that the request leaves out, with so many runs; the stack has a status."""
    room.registry.there = ["welcome", *runs]
    room.under_way = {"welcome": 7, **runs}
    room.bundle_is_there()
    room.version_is_published(revisionId=REVISION)
    room.stack_is(status)


def test_a_journey_that_customers_are_in_is_not_taken_out() -> None:
    """The stack hears which, how many are in it and what to write; nothing is published and nothing registered."""
    room = Room()
    leaves_out(room, "UPDATE_IN_PROGRESS", lapsed=0, trial=3, win_back=1)

    with pytest.raises(RegistrationError) as raised:
        room.registering(request(RequestType="Update", properties={"TakeOut": ["other"]}))

    assert "--context take_out=other,trial,win_back (runs under way: trial 3, win_back 1)" in str(
        raised.value
    )
    assert room.registry.told == []
    with pytest.raises(AssertionError, match="1 responses remaining"):
        room.on_states.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("runs", "meant"), [({"trial": 0}, []), ({"trial": 3}, ["trial"]), ({"a": 1, "b": 1, "c": 0}, ["a", "b"])]
)
def test_a_journey_goes_that_is_empty_or_meant_to_go(runs: dict[str, int], meant: list[str]) -> None:
    """Nobody is asked about the stack then."""
    room = Room()
    leaves_out(room, "UPDATE_IN_PROGRESS", **runs)

    room.registering(request(RequestType="Update", properties={"TakeOut": meant}))

    assert [what for what, _ in room.registry.told] == ["register"]
    with pytest.raises(AssertionError, match="1 responses remaining"):
        room.on_stacks.assert_no_pending_responses()


def test_taking_a_deployment_back_is_never_refused() -> None:
    """A new journey that customers entered before the deployment failed goes: a stack that cannot go back is stuck."""
    room = Room()
    leaves_out(room, "UPDATE_ROLLBACK_IN_PROGRESS", trial=3)

    room.registering(request(RequestType="Update"))

    assert [what for what, _ in room.registry.told] == ["register"]


def replacing(former: str, now: str, *take_out: str) -> dict[str, Any]:
    """Return a request to register another workspace than before."""
    return request(
        RequestType="Update",
        properties={"Workspace": now, "TakeOut": list(take_out)},
        OldResourceProperties={"Workspace": former} if former else {},
    )


def test_another_workspace_is_not_put_in_the_place_of_the_deployed_one() -> None:
    """Journeys of one name would be taken for each other, whether anybody is in them or not."""
    room = Room()
    leaves_out(room, "UPDATE_IN_PROGRESS")

    with pytest.raises(RegistrationError, match='workspace "shop" is deployed, and this is "acme"') as raised:
        room.registering(replacing("shop", "acme", "trial"))

    assert "--context take_out=shop" in str(raised.value)
    assert room.registry.told == []


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (replacing("shop", "shop"), "UPDATE_IN_PROGRESS"),
        (replacing("", "shop"), "UPDATE_IN_PROGRESS"),
        (replacing("shop", "acme", "shop"), "UPDATE_IN_PROGRESS"),
        (replacing("acme", "shop"), "UPDATE_ROLLBACK_IN_PROGRESS"),
    ],
    ids=["the same", "from before workspaces were told", "meant", "taken back"],
)
def test_a_workspace_follows_on_itself_or_by_its_name(asked: dict[str, Any], status: str) -> None:
    """The same one, one that is named as replaced, and the former one after a deployment that failed."""
    room = Room()
    leaves_out(room, status)

    room.registering(asked)

    assert [what for what, _ in room.registry.told] == ["register"]


@pytest.mark.parametrize(
    ("status", "registered"), [("UPDATE_ROLLBACK_IN_PROGRESS", True), ("UPDATE_IN_PROGRESS", False)]
)
def test_a_machine_that_was_changed_back_is_published_as_it_is(status: str, registered: bool) -> None:
    """It has another revision than the one that the former deployment made; else a conflict stays one."""
    room = Room()
    room.bundle_is_there()
    room.on_states.add_client_error("publish_state_machine_version", "ConflictException")
    room.version_is_published()
    room.stack_is(status)

    if registered:
        room.registering(request(RequestType="Update"))
    else:
        with pytest.raises(ClientError, match="ConflictException"):
            room.registering(request(RequestType="Update"))

    assert [what for what, _ in room.registry.told] == ["register"] * registered


@pytest.mark.parametrize("properties", [{"Bucket": ""}, {"Key": None}, {"Machines": "x"}])
def test_a_request_that_says_too_little_is_refused(properties: dict[str, Any]) -> None:
    """The reason names the property."""
    with pytest.raises(ValidationError, match=next(iter(properties))):
        Room().registering(request(properties=properties))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("ThrottlingException", TransientError),
        ("ConflictException", Exception),
        ("StateMachineDeleting", Exception),
        ("StateMachineDoesNotExist", Exception),
        ("InvalidArn", Exception),
        ("ValidationException", Exception),
    ],
)
def test_nothing_is_registered_where_a_version_cannot_be_published(
    code: str, meaning: type[Exception]
) -> None:
    """Customers stay on what they entered so far; the stack hears AWS's own word for it, at once where waiting
    would not help.
    """
    room = Room()
    for _ in range(len(PAUSES) + 1):
        room.bundle_is_there()
        room.on_states.add_client_error("publish_state_machine_version", code)
    room.stack_is("CREATE_IN_PROGRESS")

    with pytest.raises(meaning, match=code):
        room.registering(REQUEST)
    assert room.registry.told == []
    assert room.pauses == (list(PAUSES) if meaning is TransientError else [])


def test_a_deployment_makes_room_for_one_more_version() -> None:
    """Of a machine that has as many as it may have the oldest go, if nobody needs them; else it is said what to do."""
    room = Room()
    room.bundle_is_there()
    full = {"stateMachineArn": MACHINE, "description": VERSION, "revisionId": REVISION}
    room.on_states.add_client_error(
        "publish_state_machine_version", "ServiceQuotaExceededException", expected_params=full
    )
    listed = [
        {"stateMachineVersionArn": f"{MACHINE}:{number}", "creationDate": NOON}
        for number in range(103, 0, -1)
    ]
    room.on_states.add_response("list_state_machine_versions", {"stateMachineVersions": listed})
    room.on_states.add_response(
        "delete_state_machine_version", {}, {"stateMachineVersionArn": f"{MACHINE}:1"}
    )
    room.on_states.add_response(
        "delete_state_machine_version", {}, {"stateMachineVersionArn": f"{MACHINE}:3"}
    )
    room.on_states.add_response(
        "publish_state_machine_version",
        {"stateMachineVersionArn": f"{MACHINE}:104", "creationDate": NOON},
        full,
    )

    room.registering(REQUEST)

    assert room.registry.told == [("register", (["welcome"], {"welcome": f"{MACHINE}:104"}))]
    assert room.old.forgotten == [("welcome", [f"{MACHINE}:1", f"{MACHINE}:3"])]


def test_a_machine_of_which_no_version_can_go_is_said_to_be_full() -> None:
    """In words for whoever deploys journeys; nothing is registered."""
    room = Room()
    room.bundle_is_there()
    room.on_states.add_client_error("publish_state_machine_version", "ServiceQuotaExceededException")
    room.on_states.add_response("list_state_machine_versions", {"stateMachineVersions": []})

    with pytest.raises(MachineFull, match='journey "welcome".*sojourn migrate'):
        room.registering(REQUEST)

    assert room.registry.told == []


def test_nothing_is_registered_of_a_bundle_that_is_not_there() -> None:
    """The reason is S3's."""
    room = Room()
    room.on_s3.add_client_error("get_object", "NoSuchKey")

    with pytest.raises(Exception, match="NoSuchKey"):
        room.registering(REQUEST)
    assert room.registry.told == []


def test_a_registration_that_was_overtaken_is_done_again() -> None:
    """Two deployments at once: the earlier finds that the other came first, and registers after it."""
    room = Room()
    for _ in range(2):
        room.bundle_is_there()
        room.version_is_published(revisionId=REVISION)
    overtaken = [Conflict("somebody else registers")]
    register = room.registry.register

    def contested(*args: Any, **named: Any) -> Registered:
        if overtaken:
            raise overtaken.pop()
        return register(*args, **named)  # type: ignore[no-any-return]

    room.registry.register = contested

    room.registering(REQUEST)

    assert [what for what, _ in room.registry.told] == ["register"]
    assert room.pauses == [PAUSES[0]]


def test_what_a_deployment_changed_is_told_in_the_history() -> None:
    """Which journeys came to which version, under the stack's name; the deed is the request's."""
    room = Room()
    room.bundle_is_there()
    room.version_is_published(revisionId=REVISION)
    room.registry.publications = (published("welcome", "v2", "v1"), published("", "s2", "s1"))

    room.registering(REQUEST)

    told = {"journeys": {"welcome": {"version": "v2", "before": "v1"}}, "settings": True}
    assert room.registry.signed == [Signed("stack Sojourn-dev-journeys", NOON, "", REQUEST["RequestId"])]
    entry = Entry(1, NOON, "stack Sojourn-dev-journeys", "deployed", "welcome", details=told)
    assert room.registry.written == [entry]


def test_a_deployment_that_changes_nothing_is_not_told() -> None:
    """Another machine for a version that stays is no news for anybody."""
    room = Room()
    room.bundle_is_there()
    room.version_is_published(revisionId=REVISION)

    room.registering(REQUEST)

    assert [what for what, _ in room.registry.told] == ["register"]
    assert room.registry.written == []


def test_of_several_journeys_all_are_told_in_one_entry() -> None:
    """It is about none of them alone."""
    room = Room()
    room.bundle_is_there()
    room.version_is_published(revisionId=REVISION)
    room.registry.publications = (published("b"), published("a"))

    room.registering(REQUEST)

    (entry,) = room.registry.written
    assert (entry.did, entry.journey, list(entry.details["journeys"])) == ("deployed", "", ["a", "b"])
    assert entry.details["settings"] is False


def test_what_a_deleted_stack_withdraws_is_told() -> None:
    """By the request that deleted it."""
    room = Room()
    room.registry.publications = (published("welcome", "", "v1"),)

    room.registering(request(RequestType="Delete"))

    assert [(one.did, one.journey) for one in room.registry.written] == [("withdrew", "welcome")]


def test_a_stack_that_leaves_publishing_to_others_registers_no_journeys() -> None:
    """Only the workspace's settings, for whoever publishes; the machines are not its own."""
    room = Room()
    room.bundle_is_there()

    room.registering(request(properties={"Journeys": "published", "Machines": {}, "Revisions": {}}))

    assert room.registry.told == [("register", ([], {}))]
    assert room.registry.settings_left_to == "publish"


def test_journeys_do_not_change_hands_while_customers_are_in_them() -> None:
    """A stack that stops deploying journeys takes their machines with it."""
    room = Room()
    room.registry.there = ["welcome"]
    room.under_way = {"welcome": 7}
    room.bundle_is_there()
    room.stack_is("UPDATE_IN_PROGRESS")

    with pytest.raises(RegistrationError, match="runs under way: welcome 7"):
        room.registering(request(properties={"Journeys": "published", "Machines": {}, "Revisions": {}}))

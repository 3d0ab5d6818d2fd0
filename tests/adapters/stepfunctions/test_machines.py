from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sojourn.adapters.stepfunctions.machines import (
    LONGEST_NAME,
    MachineDeleting,
    Machines,
    Surroundings,
    is_there,
)
from sojourn.errors import AuthorError, NotAllowed, Throttled, TransientError
from tests.support.control_room import AROUND, PREFIX, ROLE, FakeStates

DEFINITION = {
    "StartAt": "hello",
    "States": {"hello": {"Type": "Task", "Resource": "${StepFunctionArn}", "End": True}},
}
OTHER = {"StartAt": "bye", "States": {"bye": {"Type": "Succeed"}}}


@pytest.fixture
def states() -> FakeStates:
    """Give a Step Functions without machines."""
    return FakeStates()


@pytest.fixture
def machines(states: FakeStates) -> Machines:
    """Give what makes machines there."""
    return Machines(states.client(), AROUND)


def test_a_new_journey_gets_a_machine_with_a_version(machines: Machines, states: FakeStates) -> None:
    """It has the role and the log it is told, and ARNs where placeholders stood."""
    arn = machines.publish("welcome", "v1", DEFINITION)

    name, asked = states.asked[-1]
    assert (arn, name, asked["name"]) == (f"{PREFIX}welcome:1", "CreateStateMachine", "sojourn-test_welcome")
    assert (asked["roleArn"], asked["publish"], asked["versionDescription"]) == (ROLE, True, "v1")
    assert '"Resource":"arn:step"' in asked["definition"]
    (destination,) = asked["loggingConfiguration"]["destinations"]
    assert destination["cloudWatchLogsLogGroup"]["logGroupArn"].endswith(":log-group:published:*")


def test_a_changed_journey_gets_another_version_in_one_call(machines: Machines, states: FakeStates) -> None:
    """The machine stays, and so does the version that customers are in."""
    machines.publish("welcome", "v1", DEFINITION)
    calls = len(states.asked)

    arn = machines.publish("welcome", "v2", OTHER)

    assert (arn, [name for name, _ in states.asked[calls:]]) == (f"{PREFIX}welcome:2", ["UpdateStateMachine"])


def test_what_begins_anywhere_is_a_machine_of_its_own(machines: Machines) -> None:
    """So usual runs pay no transition more; no journey can have its name, as names hold no full stop."""
    assert machines.publish("welcome", "v1", DEFINITION, anywhere=True) == f"{PREFIX}welcome.at:1"


def test_a_long_name_leaves_room_for_both(machines: Machines) -> None:
    """Two long journeys do not share a machine where the ending would not fit."""
    longest = "j" * (LONGEST_NAME - len("sojourn-test_"))

    first, second = (machines.arn(longest[:-1] + end, anywhere=True) for end in "ab")

    assert {len(arn.rpartition(":")[2]) for arn in (first, second)} == {LONGEST_NAME}
    assert first != second
    with pytest.raises(AuthorError, match="shorten it by 1"):
        machines.arn(longest + "j")


def test_too_many_at_once_is_said_to_be_so(machines: Machines, states: FakeStates) -> None:
    """Whoever asks hears after how many seconds there is room."""
    states.busy = 10

    with pytest.raises(Throttled) as busy:
        machines.publish("welcome", "v1", DEFINITION)

    assert busy.value.seconds == 1.0


def test_a_machine_that_is_being_deleted_is_no_machine(machines: Machines, states: FakeStates) -> None:
    """AWS keeps its name until its executions have ended."""
    states.deleting.add(f"{PREFIX}welcome")

    with pytest.raises(MachineDeleting, match="wait for that, or rename"):
        machines.publish("welcome", "v1", DEFINITION)


def test_somebody_else_may_make_it_between_two_calls(states: FakeStates) -> None:
    """Then it is changed after all."""
    client = states.client()
    machines = Machines(client, AROUND)

    def meanwhile(**_: object) -> None:
        states.machines.setdefault(f"{PREFIX}welcome", {"versions": 1, "definition": OTHER})

    client.meta.events.register("before-parameter-build.stepfunctions.CreateStateMachine", meanwhile)
    try:
        arn = machines.publish("welcome", "v1", DEFINITION)
    finally:
        client.meta.events.unregister("before-parameter-build.stepfunctions.CreateStateMachine", meanwhile)

    assert (arn, [name for name, _ in states.asked]) == (
        f"{PREFIX}welcome:2", ["UpdateStateMachine", "CreateStateMachine", "UpdateStateMachine"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("InvalidDefinition", AuthorError),
        ("ServiceQuotaExceededException", AuthorError),
        ("ConflictException", Throttled),
        ("InvalidArn", ClientError),
        ("InternalError", TransientError),
        ("AccessDeniedException", NotAllowed),
    ],
)
def test_every_refusal_means_something(code: str, raised: type[Exception]) -> None:
    """What somebody must mend ends a publication; what passes is tried again."""
    client = boto3.client("stepfunctions", region_name="us-east-1")
    machines = Machines(client, Surroundings(PREFIX, ROLE, "", {}))
    stub = Stubber(client)
    stub.add_client_error("update_state_machine", code, http_status_code=400)

    with stub, pytest.raises(raised):
        machines.publish("welcome", "v1", OTHER)


def test_a_version_is_there_or_was_deleted(machines: Machines, states: FakeStates) -> None:
    """A run can be started on one that is there."""
    arn = machines.publish("welcome", "v1", DEFINITION)
    before = is_there(states.client(), arn, "v1")
    states.gone.add(arn)

    assert (before, is_there(states.client(), arn, "v1")) == (True, False)


def test_a_number_that_another_definition_has_is_not_there(machines: Machines, states: FakeStates) -> None:
    """A machine was deleted and made anew under its name: whether AWS counts on then nobody knows."""
    former = machines.publish("welcome", "v1", DEFINITION)
    states.machines.clear()

    assert former == machines.publish("welcome", "v2", OTHER)
    assert not is_there(states.client(), former, "v1")
    assert is_there(states.client(), former, "v2")


def test_a_version_that_nobody_described_is_taken_for_the_one_it_was(
    machines: Machines, states: FakeStates
) -> None:
    """A stack of an earlier release made it."""
    arn = machines.publish("welcome", "", DEFINITION)

    assert is_there(states.client(), arn, "v1")

"""The calls of the whole folder against the roles as they are on AWS, without what the emulator needs besides."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping

import pytest

from infra.allowed import Permission, allowed_actions
from infra.constructs.naming import FUNCTIONS
from infra.local_cloud.deployment import STAGE
from infra.local_cloud.emulator import ACCOUNT, REGION
from tests.cloud.conftest import WORKSPACE
from tests.infra.conftest import synthesised
from tests.support.cloud import Cloud
from tests.support.granted import allows, arn, needed

Roles = Mapping[str, tuple[Permission, ...]]

NAMES = {
    "<AWS::Partition>": "aws",
    "<AWS::Region>": REGION,
    "<AWS::AccountId>": ACCOUNT,
    "<Table.Arn>": arn("dynamodb", f"table/sojourn-{STAGE}"),
    "<Bus.Arn>": arn("events", f"event-bus/sojourn-{STAGE}"),
    "<Delivery.Arn>": arn("firehose", f"deliverystream/sojourn-{STAGE}-changes"),
    "<QueuesEvents.Arn>": arn("sqs", f"sojourn-{STAGE}-events"),
    "<QueuesSweeps.Arn>": arn("sqs", f"sojourn-{STAGE}-sweeps"),
    "<QueuesEventsDead.Arn>": arn("sqs", f"sojourn-{STAGE}-events-dead"),
    "<QueuesOperations.Arn>": arn("sqs", f"sojourn-{STAGE}-operations"),
}
"""What the templates' references are called in the emulated account; the bucket and two roles are asked for."""

OF_A_SEGMENT = (
    "what a change of segment may do to a run, as in `route`: see tests/aws_runtime/test_sweeping.py"
)
OF_AN_ENTRY = "what entering, or a row about a known customer, may need, as in `api`: see tests/aws_runtime"
OF_A_MOVE = "what goes on, or ends, may need it: see tests/application/test_pausing.py and test_migrating.py"
OF_A_FULL_MACHINE = (
    "for a machine with a thousand versions: see tests/aws_runtime/publishing/test_old_versions.py"
)
BY_OTHERS = "the service does it in the function's name: "
NOT_SEEN: Mapping[tuple[str, str], str] = {
    ("*", "logs:*"): BY_OTHERS + "Lambda writes its log",
    ("*", "xray:*"): BY_OTHERS + "Lambda sends its traces",
    ("*", "kms:*"): BY_OTHERS + "whatever keeps data under the key uses it through itself",
    ("route", "sqs:ReceiveMessage"): BY_OTHERS + "Lambda takes from the queue",
    ("route", "sqs:DeleteMessage"): BY_OTHERS + "Lambda takes from the queue",
    ("route", "sqs:GetQueueAttributes"): BY_OTHERS + "Lambda takes from the queue",
    ("feedback", "sqs:ReceiveMessage"): BY_OTHERS + "Lambda takes from the queue",
    ("feedback", "sqs:DeleteMessage"): BY_OTHERS + "Lambda takes from the queue",
    ("feedback", "sqs:GetQueueAttributes"): BY_OTHERS + "Lambda takes from the queue",
    (
        "feedback",
        "sqs:SendMessage",
    ): "for what the bus does not take, or nobody can read: see tests/aws_runtime",
    (
        "feedback",
        "sns:GetEndpointAttributes",
    ): "the emulator signs no message of a topic: see tests/adapters/feedback",
    ("sweep", "sqs:ReceiveMessage"): BY_OTHERS + "Lambda takes from the queue",
    ("sweep", "sqs:DeleteMessage"): BY_OTHERS + "Lambda takes from the queue",
    ("sweep", "sqs:GetQueueAttributes"): BY_OTHERS + "Lambda takes from the queue",
    ("sweep", "states:SendTaskSuccess"): OF_A_SEGMENT,
    ("sweep", "states:StopExecution"): OF_A_SEGMENT,
    ("sweep", "scheduler:*"): OF_A_SEGMENT,
    ("sweep", "iam:PassRole"): OF_A_SEGMENT,
    ("sweep", "dynamodb:DeleteItem"): OF_A_SEGMENT,
    (
        "sweep",
        "dynamodb:ConditionCheckItem",
    ): "while somebody becomes another: see tests/application/test_traits.py",
    (
        "send",
        "dynamodb:ConditionCheckItem",
    ): "while somebody becomes another: see tests/contracts/test_merging.py",
    (
        "publish",
        "scheduler:DeleteSchedule",
    ): "for who is erased before they begin: see tests/adapters/stepfunctions",
    (
        "publish",
        "secretsmanager:*",
    ): "functions keep a key for minutes, and others ask for the current one: see tests/functions/test_publish.py",
    ("operate", "sqs:ReceiveMessage"): BY_OTHERS + "Lambda takes from the queue",
    ("operate", "sqs:DeleteMessage"): BY_OTHERS + "Lambda takes from the queue",
    ("operate", "sqs:GetQueueAttributes"): BY_OTHERS + "Lambda takes from the queue",
    ("operate", "dynamodb:Query"): OF_A_MOVE,
    ("operate", "events:PutEvents"): OF_A_MOVE,
    ("operate", "scheduler:DeleteSchedule"): OF_A_MOVE,
    ("operate", "states:SendTaskSuccess"): OF_A_MOVE,
    ("operate", "states:ListStateMachineVersions"): OF_A_FULL_MACHINE,
    ("operate", "states:DeleteStateMachineVersion"): OF_A_FULL_MACHINE,
    ("register", "states:ListStateMachineVersions"): OF_A_FULL_MACHINE,
    ("register", "states:DeleteStateMachineVersion"): OF_A_FULL_MACHINE,
    ("audience", "dynamodb:Query"): OF_AN_ENTRY,
    ("audience", "dynamodb:DeleteItem"): OF_AN_ENTRY,
    ("audience", "dynamodb:ConditionCheckItem"): OF_AN_ENTRY,
    ("audience", "scheduler:*"): OF_AN_ENTRY,
    ("audience", "iam:PassRole"): OF_AN_ENTRY,
    ("audience", "states:SendTaskSuccess"): OF_AN_ENTRY,
    ("audience", "states:StopExecution"): OF_AN_ENTRY,
    (
        "audience",
        "s3:PutObject",
    ): "for rows that could not be entered: see tests/aws_runtime/test_audience.py",
    ("export", "dynamodb:DescribeStream"): BY_OTHERS + "Lambda reads the stream",
    ("export", "dynamodb:GetRecords"): BY_OTHERS + "Lambda reads the stream",
    ("export", "dynamodb:GetShardIterator"): BY_OTHERS + "Lambda reads the stream",
    ("export", "dynamodb:ListStreams"): BY_OTHERS + "Lambda reads the stream",
    ("export", "sqs:SendMessage"): BY_OTHERS + "Lambda puts aside what it could not hand over for half a day",
    ("close", "sqs:SendMessage"): BY_OTHERS + "Lambda puts aside what failed three times",
    (
        "send",
        "sns:DeleteEndpoint",
    ): "the emulator publishes to disabled endpoints: see tests/adapters/senders",
}
"""Permissions that no call of this folder needs, by function and action, and why they are there all the same."""


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Roles:
    """Give what every function's role allows on AWS, by the function's name."""
    assembly = synthesised(tmp_path_factory.mktemp("aws"), stage=STAGE, workspace=WORKSPACE)
    found = allowed_actions(assembly.template("engine"))
    return {name: found[f"sojourn-{STAGE}-{name}"] for name in FUNCTIONS}


@pytest.fixture(scope="module")
def names(cloud: Cloud) -> Mapping[str, str]:
    """Give what stands for the templates' references."""
    operate = cloud.client("lambda").get_function_configuration(FunctionName=f"sojourn-{STAGE}-operate")
    told = operate["Environment"]["Variables"]
    return {
        **NAMES,
        "<SchedulesRole.Arn>": told["SOJOURN_SCHEDULE_ROLE_ARN"],
        "<FunctionsPublishedMachinesRole.Arn>": told["SOJOURN_MACHINES_ROLE_ARN"],
        "<Uploads.Arn>": f"arn:aws:s3:::{told['SOJOURN_UPLOADS_BUCKET']}",
    }


def test_every_call_is_allowed(cloud: Cloud, roles: Roles, names: Mapping[str, str]) -> None:
    """No function called what its role on AWS does not allow."""
    refused = {
        (function, need)
        for function, held in roles.items()
        for call in cloud.calls(function)
        for need in needed(call)
        if not any(allows(permission, need, names) for permission in held)
    }

    assert set() == refused


def test_every_function_called_something(cloud: Cloud, roles: Roles) -> None:
    """The log knows all of them, so that the comparison is about something."""
    silent = [function for function in roles if not cloud.calls(function)]

    assert silent == []


def test_every_permission_is_used(cloud: Cloud, roles: Roles, names: Mapping[str, str]) -> None:
    """What no call needed is listed above with its reason, and nothing is listed that was needed."""
    needs = {
        function: {need for call in cloud.calls(function) for need in needed(call)} for function in roles
    }
    unused = {
        (function, permission)
        for function, held in roles.items()
        for permission in held
        if not any(allows(permission, need, names) for need in needs[function])
    }

    unexplained = {(f, one.action, one.resource) for f, one in unused if not reasons(f, one.action)}
    assert set() == unexplained
    explained = {key for function, one in unused for key in reasons(function, one.action)}
    assert set(NOT_SEEN) == explained


def reasons(function: str, action: str) -> list[tuple[str, str]]:
    """Return the entries that explain why a function has an action."""
    return [
        (who, what)
        for who, what in NOT_SEEN
        if fnmatch.fnmatch(function, who) and fnmatch.fnmatch(action, what)
    ]

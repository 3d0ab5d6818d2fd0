"""The control API, who may call it, and what carries out what takes longer than a call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.allowed import Permission, allowed_actions
from infra.constructs.queues import OPERATE_HIDDEN
from infra.settings import SettingsError, settings_from
from sojourn.adapters.dynamodb import engine_keys
from sojourn.aws_runtime.publishing.archive import LARGEST
from sojourn.aws_runtime.publishing.calls import LONGEST_BODY
from sojourn.aws_runtime.publishing.routes import ADMINS, EDITORS, ROUTES
from tests.infra.conftest import Assembly, synthesised
from tests.support.granted import Needed, allows

ROLES = ("viewer", "editor", "publisher", "admin")
EVERY = frozenset(ROUTES.values())
LONGEST_POLICY = 6_144
"""Characters without white space; IAM's own limit."""


def policies(assembly: Assembly) -> dict[str, tuple[Permission, ...]]:
    """Return what each role for people allows."""
    found = allowed_actions(assembly.template("engine"))
    return {role: found[f"sojourn-dev-{role}"] for role in ROLES}


def routes(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Return the routes of the control API, by key."""
    found = assembly.resources("engine", "AWS::ApiGatewayV2::Route").items()
    return {one["RouteKey"]: one for name, one in found if "FunctionsControl" in name}


def test_iam_guards_every_route(dev: Assembly) -> None:
    """Nobody calls without a signature, and there is no route besides for what is not listed."""
    found = routes(dev)

    assert set(found) == set(ROUTES)
    assert {one["AuthorizationType"] for one in found.values()} == {"AWS_IAM"}


def test_the_log_of_calls_says_who_called_for_what_and_no_more(dev: Assembly) -> None:
    """Bodies hold workspaces and reasons; paths and addresses are not needed."""
    (stage,) = [
        one
        for name, one in dev.resources("engine", "AWS::ApiGatewayV2::Stage").items()
        if "FunctionsControl" in name
    ]

    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert (logged["by"], logged["route"]) == ("$context.identity.userArn", "$context.routeKey")
    assert not any(word in str(logged) for word in ("path", "body", "sourceIp"))
    assert 0 < stage["DefaultRouteSettings"]["ThrottlingRateLimit"] <= 100


@pytest.mark.parametrize(("role", "may"), [
    ("viewer", set()), ("editor", EDITORS), ("publisher", EVERY - ADMINS), ("admin", EVERY),
])  # fmt: skip
def test_a_role_may_call_its_routes_and_no_others(dev: Assembly, role: str, may: set[str]) -> None:
    """An editor drafts and cannot publish; a publisher erases nobody; a viewer changes nothing."""
    called = {
        name
        for key, name in ROUTES.items()
        for one in policies(dev)[role]
        if one.action == "execute-api:Invoke"
        and allows(one, Needed("execute-api:Invoke", reached(one, key)), {})
    }

    assert called == set(may)


def reached(one: Permission, key: str) -> str:
    """Return the ARN that API Gateway asks IAM for, with the API that a permission names."""
    method, path = key.split(" ")
    api = one.resource.split("/")[0]
    return f"{api}/$default/{method}" + path.format(
        journey="welcome", id="20260306T090000000Z-abcdef", source="web"
    )


def test_people_write_into_the_table_by_the_control_api_alone(dev: Assembly) -> None:
    """Whatever somebody may, an admin too: so the history knows of all that was done, and has one writer."""
    writing = {
        "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
        "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete",
    }  # fmt: skip

    held = {role: {one.action for one in permissions} for role, permissions in policies(dev).items()}

    assert [(role, actions & writing) for role, actions in held.items() if actions & writing] == []
    assert set(held) == set(ROLES)


def test_an_admin_puts_events_as_an_application_does_and_reaches_nothing_else_by_themselves(
    dev: Assembly,
) -> None:
    """No secret, no execution, no schedule: what is done with these is a call, and stands in the history."""
    held = policies(dev)

    more = {(one.action, one.resource) for one in held["admin"]} - {
        (one.action, one.resource) for one in held["publisher"]
    }
    assert {action for action, _ in more} == {
        "execute-api:Invoke",
        "events:DescribeEventBus",
        "events:PutEvents",
    }


def test_a_viewer_reads_what_is_published_and_customers(dev: Assembly) -> None:
    """And no record of the stream; the key is used by way of DynamoDB, to read."""
    viewer = policies(dev)["viewer"]
    reads = [one for one in viewer if one.action.startswith("dynamodb:") and one.conditions]

    assert {one.action for one in viewer} == {
        "cloudformation:DescribeStacks", "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "kms:Decrypt",
        "sqs:GetQueueAttributes",
    }  # fmt: skip
    assert all("LeadingKeys" in " ".join(one.conditions) for one in reads)
    assert not any(
        allows(one, Needed(one.action, one.resource, {"dynamodb:LeadingKeys": engine_keys.record("r")}), {})
        for one in reads
    )


def test_every_role_fits_into_a_policy(dev: Assembly) -> None:
    """With the longest names that IAM, a region and a stage may have."""
    for one in dev.resources("engine", "AWS::IAM::ManagedPolicy").values():
        document = json.dumps(resolved(one["PolicyDocument"]), separators=(",", ":"))
        assert len(document) < LONGEST_POLICY, one["ManagedPolicyName"]


def resolved(value: Any) -> Any:
    """Return a template's value with names in it as long as they get."""
    match value:
        case {"Fn::Join": ["", parts]}:
            return "".join(map(resolved, parts))
        case {"Ref": "AWS::Partition"}:
            return "aws-us-gov"
        case {"Ref": "AWS::Region"}:
            return "ap-northeast-3"
        case {"Ref": "AWS::AccountId"}:
            return "1" * 12
        case {"Ref": _}:
            return "n" * 20
        case {"Fn::GetAtt": _} | {"Fn::ImportValue": _}:
            return "arn:aws:service:ap-northeast-3:111111111111:" + "n" * 40
        case dict():
            return {name: resolved(one) for name, one in value.items()}
        case list():
            return [resolved(one) for one in value]
        case _:
            return value


def test_only_what_operates_makes_machines_and_with_one_role(dev: Assembly) -> None:
    """A role that machines take on can be handed to nobody else, and no other to a machine."""
    allowed = allowed_actions(dev.template("engine"))
    making = {
        name
        for name, permissions in allowed.items()
        if any(
            one.action in {"states:CreateStateMachine", "states:UpdateStateMachine"} for one in permissions
        )
    }
    passed = {
        (one.resource, one.conditions)
        for one in allowed["sojourn-dev-operate"]
        if one.action == "iam:PassRole" and "states" in str(one.conditions)
    }

    assert making == {"sojourn-dev-operate"}
    assert passed == {
        (
            "<FunctionsPublishedMachinesRole.Arn>",
            ("StringEquals iam:PassedToService states.amazonaws.com",),
        )
    }


def test_the_stacks_journeys_keep_their_own_role(dev: Assembly) -> None:
    """A version of a machine goes on with the role that it was made with."""
    (role,) = dev.resources("journeys", "AWS::IAM::Role").values()

    assert role["Description"] == "A journey's machine calls step and send"


def test_an_operation_goes_on_soon_after_whoever_worked_on_it_died(dev: Assembly) -> None:
    """One message an invocation, which comes again when the function can be sure not to work on it any more."""
    functions = {
        one["FunctionName"]: one for one in dev.resources("engine", "AWS::Lambda::Function").values()
    }
    queues = {one["QueueName"]: one for one in dev.resources("engine", "AWS::SQS::Queue").values()}
    operate, queue = functions["sojourn-dev-operate"], queues["sojourn-dev-operations"]

    assert queue["VisibilityTimeout"] == OPERATE_HIDDEN > operate["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queues["sojourn-dev-operations-dead"]["RedriveAllowPolicy"]["redrivePermission"] == "byQueue"


def test_what_was_uploaded_is_closed_and_forgotten_in_the_end(dev: Assembly) -> None:
    """Nobody outside gets at it, nobody without TLS; the key is ours; after 400 days it goes."""
    (bucket,) = dev.resources("engine", "AWS::S3::Bucket").values()
    (policy,) = dev.resources("engine", "AWS::S3::BucketPolicy").values()
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "aws:kms" in str(bucket["BucketEncryption"])
    assert "aws:SecureTransport" in str(policy)
    assert rules["uploads"]["ExpirationInDays"] == 400


def test_a_whole_workspace_fits_into_a_call(dev: Assembly) -> None:
    """Lambda takes 6 MB, with what API Gateway says of a call around the body."""
    assert LARGEST * 4 / 3 < LONGEST_BODY < 6 * 1024 * 1024 - 500_000


def test_journeys_that_are_published_are_not_deployed(tmp_path: Path) -> None:
    """The stack brings no machine, output or alarm of a journey then, and tells the registration why."""
    published = synthesised(tmp_path, journeys="published")

    (registration,) = published.resources("journeys", "Custom::SojournJourneys").values()
    assert (registration["Journeys"], registration.get("Machines", {})) == ("published", {})
    assert published.resources("journeys", "AWS::StepFunctions::StateMachine") == {}
    assert not any(
        name.startswith("journey-")
        for one in published.resources("observability", "AWS::CloudWatch::Alarm").values()
        for name in [one["AlarmName"].removeprefix("sojourn-dev-")]
    )


def test_how_journeys_get_there_is_one_of_two_words() -> None:
    """Anything else stops synthesis."""
    with pytest.raises(SettingsError, match="write deployed or published"):
        settings_from({"journeys": "both"}.get)

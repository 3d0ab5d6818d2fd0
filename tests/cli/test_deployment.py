from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSOTokenLoadError,
    UnknownServiceError,
)

from sojourn.cli.deployment import PARTS, Deployment, in_words
from sojourn.cli.usage import UsageError
from tests.support.aws_deployment import Deployed, aws_deployment, created_stack
from tests.support.aws_table import REGION, TABLE


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with aws_deployment() as found:
        yield found


def answered(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


def hints(wrong: UsageError) -> str:
    return " ".join(wrong.hints)


def test_a_deployment_is_found_by_its_stage(deployed: Deployed) -> None:
    """What its stacks put out is known by name, whichever of them has it."""
    found = Deployment.find("dev", REGION)

    assert (found.output("TableName"), found.output("EventsQueueUrl")) == (TABLE, deployed.heard)


def test_the_region_of_the_environment_is_taken(deployed: Deployed) -> None:
    """Nobody has to name it twice."""
    assert Deployment.find("dev").region == REGION


def test_clients_are_of_its_region(deployed: Deployed) -> None:
    """And each is made once."""
    found = Deployment.find("dev", REGION)

    assert found.client("sqs").meta.region_name == REGION
    assert found.client("sqs") is found.client("sqs")


@pytest.mark.parametrize(("stage", "region"), [("prod", REGION), ("dev", "eu-central-1")])
def test_a_deployment_that_is_not_there(deployed: Deployed, stage: str, region: str) -> None:
    """It is said which was looked for, where, and how it is made."""
    with pytest.raises(UsageError) as raised:
        Deployment.find(stage, region)

    assert f'"{stage}" in {region}' in str(raised.value)
    assert f"cdk deploy --all --context stage={stage}" in hints(raised.value)


def test_an_output_that_is_not_there(deployed: Deployed) -> None:
    """An older deployment may lack one."""
    with pytest.raises(UsageError, match="no output WriteKeys") as raised:
        Deployment.find("dev", REGION).output("WriteKeys")

    assert "deploy it again" in hints(raised.value)


def test_a_stack_that_has_no_outputs_is_none_the_less_there(deployed: Deployed) -> None:
    """A part may put nothing out."""
    created_stack("engine", {}, "bare")

    assert Deployment.find("bare", REGION).stage == "bare"


class HalfMade:
    """A session whose stacks were never finished."""

    region_name = REGION

    def client(self, service: str, **_: Any) -> Any:
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        return {"Stacks": [{"StackName": StackName, "StackStatus": "ROLLBACK_COMPLETE"}]}


def test_a_deployment_that_failed_is_none() -> None:
    """A first deployment that was rolled back left a stack with nothing in it."""
    with pytest.raises(UsageError, match="no finished stack Sojourn-dev-engine"):
        Deployment.find("dev", REGION, HalfMade())


def test_without_a_region(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said how to name one."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)

    with pytest.raises(UsageError, match="no AWS region is named") as raised:
        Deployment.find("dev", session=boto3.Session())

    assert "--region" in hints(raised.value)


@pytest.mark.parametrize(
    ("error", "said", "hint"),
    [
        (NoCredentialsError(), "AWS has no credentials of yours", "aws sso login"),
        (
            SSOTokenLoadError(profile_name="x", error_msg="gone"),
            "AWS has no credentials of yours",
            "aws sso login",
        ),
        (answered("ExpiredToken", "expired"), "AWS does not take these credentials", "aws sso login"),
        (
            answered("AccessDenied", "may not\ndo it"),
            "AWS does not allow this: may not do it",
            "docs/commands.md",
        ),
        (EndpointConnectionError(endpoint_url="there"), "AWS cannot be reached", "region"),
        (ProfileNotFound(profile="shop"), "profile", "AWS_PROFILE"),
        (NoRegionError(), "no AWS region", "--region"),
        (UnknownServiceError(service_name="a", known_service_names="b"), "AWS cannot be asked", ""),
    ],
)
def test_what_aws_refuses_is_said_in_words(error: Exception, said: str, hint: str) -> None:
    """On one line, with what to do about it."""
    with pytest.raises(UsageError) as raised, in_words():
        raise error

    assert said in str(raised.value)
    assert hint in hints(raised.value)
    assert "\n" not in str(raised.value)


def test_what_else_aws_answers_is_left_as_it_is() -> None:
    """A command may know what to make of it."""
    with pytest.raises(ClientError), in_words():
        raise answered("ValidationException", "no")


def test_the_parts_are_those_that_are_deployed() -> None:
    """Whoever adds a stack adds its name where commands look for outputs."""
    stacks = {path.stem for path in (Path(__file__).parents[1] / "golden" / "infra").glob("*.json")}

    assert stacks == set(PARTS)

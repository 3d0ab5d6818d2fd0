"""What `make cloud-up` does and says around a deployment; the deployment itself is what tests/cloud is about."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from infra.local_cloud.__main__ import WAIT_SCALE, told
from infra.local_cloud.deployment import verify
from infra.local_cloud.emulator import REGION, Emulator
from infra.settings import ROOT

API = "http://{}.execute-api.127.0.0.1:4566"
OUTPUTS = {"BusName": "the-bus", "TrackingUrl": API.format("abc"), "ControlUrl": API.format("def")}


def said(folder: Path, workspace: Path, *journeys: str) -> list[str]:
    """Return what somebody reads of an emulator in a folder, by lines."""
    process: Any = None
    return told(Emulator(4566, folder, WAIT_SCALE, process), workspace, OUTPUTS, *journeys).splitlines()


def test_a_shell_is_pointed_at_it_and_at_nothing_else(tmp_path: Path) -> None:
    """A profile of the shell would go before the keys; boto3 and the AWS CLI read the region from two variables."""
    lines = said(tmp_path, tmp_path / "shop")

    assert "unset AWS_PROFILE" in lines
    exported = dict(
        line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export ")
    )
    assert exported["AWS_ENDPOINT_URL"] == exported["AWS_ENDPOINT_URL_S3"] == "http://127.0.0.1:4566"
    assert exported["AWS_REGION"] == exported["AWS_DEFAULT_REGION"] == REGION


def test_it_says_where_the_command_and_segments_clients_find_it(tmp_path: Path) -> None:
    """The stage is not the usual one, and the APIs' own names lead nowhere."""
    lines = said(tmp_path, tmp_path / "shop")

    assert "export SOJOURN_STAGE=local" in lines
    assert "export SOJOURN_CONTROL_URL='http://127.0.0.1:4566/_aws/execute-api/def/$default'" in lines
    assert "http://127.0.0.1:4566/_aws/execute-api/abc/$default" in lines


def test_it_says_how_short_waits_are(tmp_path: Path) -> None:
    """An hour and a day, in real seconds."""
    assert "an hour takes 3.6 seconds, a day 86.4." in " ".join(said(tmp_path, tmp_path / "shop"))


def test_the_command_for_a_changed_workspace_can_be_pasted(tmp_path: Path) -> None:
    """It names the folder that functions run from, and the workspace, whatever signs are in their names."""
    folder, workspace = tmp_path / "it's here", tmp_path / "my shop"

    (line,) = (line for line in said(folder, workspace) if "cdk deploy" in line)

    words = shlex.split(line)
    assert words[words.index("--output") + 1] == str(folder / "cdk.out")
    assert {"local=true", "stage=local", f"region={REGION}", f"workspace={workspace}"} <= set(words)


def test_journeys_that_are_published_are_said_to_be(tmp_path: Path) -> None:
    """None is there at first, and a deployment that would bring them as the stack's takes their place."""
    lines, usual = said(tmp_path, tmp_path / "shop", "published"), said(tmp_path, tmp_path / "shop")

    (publish,) = (line for line in lines if "sojourn publish" in line)
    (deploy,) = (line for line in lines if "cdk deploy" in line)
    assert shlex.split(publish)[1:3] == ["publish", str(tmp_path / "shop")]
    assert "journeys=published" in shlex.split(deploy)
    assert not any("sojourn publish" in line for line in usual)


@mock_aws
def test_every_sender_is_verified_once() -> None:
    """An address that SES knows already is no mistake."""
    ses = boto3.client("sesv2", region_name=REGION)

    verify(ses, ["hello@shop.example"])
    verify(ses, ["hello@shop.example", "news@shop.example"])

    known = {one["IdentityName"] for one in ses.list_email_identities()["EmailIdentities"]}
    assert known == {"hello@shop.example", "news@shop.example"}


def test_make_takes_a_workspace() -> None:
    """`make cloud-up` deploys the samples, or what WORKSPACE names; JOURNEYS says how journeys get there."""

    def planned(*variables: str) -> str:
        command = ["make", "--dry-run", "--no-print-directory", "cloud-up", *variables]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[-1]

    assert planned().rstrip().endswith("-m infra.local_cloud journeys")
    assert planned("WORKSPACE=shop").rstrip().endswith("-m infra.local_cloud shop")
    assert planned("JOURNEYS=published").endswith("-m infra.local_cloud journeys --journeys published")

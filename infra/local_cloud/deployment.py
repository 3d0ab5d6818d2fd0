"""Deploys Sojourn to the embedded AWS with the real `cdk`: bootstrap, deploy, outputs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from infra import packaging
from infra.local_cloud.emulator import ACCOUNT, REGION, Emulator, kept_environment
from infra.settings import ROOT, Settings, SettingsError

CDK = ROOT / "node_modules" / ".bin" / "cdk"
STAGE = "local"
ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
"""The bucket that `cdk bootstrap` makes: its name in every account that nobody has customised."""
WATCH = Path(__file__).with_name("watch.py")
"""For `SOJOURN_RUN_FIRST`. A file, not a module: whoever imports it is watched."""
QUIET = {
    # Node 20 works; what its age means is for whoever runs it to know, not for every log of a test.
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    "NODE_NO_WARNINGS": "1",
    "CDK_DISABLE_CLI_TELEMETRY": "true",
}


class DeploymentFailed(RuntimeError):
    """`cdk` ended with an error; the message is what it wrote last."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment came to.

    Args:
        outputs: of all stacks together, by name.
        said: what `cdk` wrote.
    """

    outputs: Mapping[str, str]
    said: str


def layer() -> None:
    """Build the layer of dependencies for this machine, unless it is there and fits the lock.

    Raises:
        DeploymentFailed: it cannot be built.
    """
    with suppress(SettingsError):
        packaging.dependencies(Settings(local=True))
        return
    _run(["scripts/build_layers.sh", sys.prefix, "local"], ROOT, os.environ)


def bootstrap(emulated: Emulator) -> str:
    """Prepare the emulated account as every account has to be prepared once; return what `cdk` said."""
    # Away from cdk.json: `cdk` would synthesise the app, which it needs no part of.
    said = _cdk(emulated, "bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=emulated.folder)
    # It denies plain HTTP, and the emulator speaks nothing else.
    client(emulated, "s3").delete_bucket_policy(Bucket=ASSETS)
    return said


def deploy(emulated: Emulator, workspace: Path, *, context: Mapping[str, str] | None = None) -> Deployment:
    """Deploy all stacks.

    Every deployment to one emulator uses one output folder, where functions find the engine: it must stay there for
    as long as they live.

    Args:
        workspace: the folder of journeys.
        context: more of CDK's context.

    Raises:
        DeploymentFailed: `cdk` says no.
    """
    outputs = emulated.folder / "outputs.json"
    said = _cdk(
        emulated, *deploying(emulated, workspace, context), "--progress", "events", "--concurrency", "2",
        "--outputs-file", str(outputs),
    )  # fmt: skip
    stacks = json.loads(outputs.read_text(encoding="utf-8")) if outputs.exists() else {}
    return Deployment({name: value for stack in stacks.values() for name, value in stack.items()}, said)


def deploying(emulated: Emulator, workspace: Path, context: Mapping[str, str] | None = None) -> list[str]:
    """Return what `cdk` is told to deploy a workspace."""
    settings = {
        "local": "true",
        "stage": STAGE,
        "region": REGION,
        "workspace": str(workspace),
        **(context or {}),
    }
    return [
        "deploy", "--all", "--require-approval", "never", "--output", str(templates(emulated)),
        *(part for name, value in settings.items() for part in ("--context", f"{name}={value}")),
    ]  # fmt: skip


def verify(ses: Any, addresses: Iterable[str]) -> None:
    """Let SES know senders: it verifies every address here at once."""
    for address in addresses:
        with suppress(ses.exceptions.AlreadyExistsException):
            ses.create_email_identity(EmailIdentity=address)


def templates(emulated: Emulator) -> Path:
    """Return the folder that what was synthesised last is in."""
    return emulated.folder / "cdk.out"


def answering(emulated: Emulator, url: str) -> str:
    """Return where an HTTP API answers whose own name leads nowhere: the emulator takes its id and stage from the path.

    Args:
        url: what the deployment says of it, such as its output `TrackingUrl`.
    """
    return f"{emulated.url}/_aws/execute-api/{urlsplit(url).netloc.partition('.')[0]}/$default"


def client(emulated: Emulator, service: str) -> Any:
    """Return a boto3 client that talks to the emulator as its root user."""
    return boto3.client(
        service,
        endpoint_url=emulated.url,
        region_name=REGION,
        aws_access_key_id=emulated.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=emulated.environment["AWS_SECRET_ACCESS_KEY"],
    )


def _cdk(emulated: Emulator, *arguments: str, folder: Path = ROOT) -> str:
    environment = kept_environment() | emulated.environment | QUIET
    return _run([str(CDK), *arguments, "--no-notices", "--no-color"], folder, environment)


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command and all it starts; return what it wrote."""
    with subprocess.Popen(
        command, cwd=folder, env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        try:
            said: str = process.communicate()[0]
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise DeploymentFailed(f"{' '.join(command)}: exit status {process.returncode}\n{said[-4000:]}")
    return said

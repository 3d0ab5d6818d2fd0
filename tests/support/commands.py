"""The command `sojourn` as people type it who look after a deployment on the embedded AWS, each by a role of theirs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local_cloud.deployment import STAGE, answering
from infra.local_cloud.emulator import kept_environment
from tests.support.cloud import Cloud

COMMAND = Path(sys.executable).with_name("sojourn")
LONGEST = 1_800.0
"""Seconds that a command may take, which waits for what it began."""
HEARD = 5.0
"""Seconds after which every function knows what was published or told (docs/publishing.md)."""
WIDE = "200"
"""Columns: no line is broken."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command came to.

    Args:
        status: its exit status.
        text: what it answered; errors: what it said besides.
    """

    status: int
    text: str
    errors: str

    @property
    def json(self) -> Any:
        """The answer to `--json`."""
        assert self.text, self.errors
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever types.

    Args:
        environment: their shell's: whose credentials they have, and where AWS is.
    """

    environment: Mapping[str, str]

    def types(self, *words: str) -> Said:
        """Run `sojourn` with these words."""
        done = subprocess.run(
            [str(COMMAND), *words], env=self.environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    def does(self, *words: str) -> Said:
        """Run `sojourn`, which has to come to a good end."""
        said = self.types(*words)
        assert said.status == 0, f"sojourn {' '.join(words)}: {said.status}\n{said.text}\n{said.errors}"
        return said


def person(cloud: Cloud, role: str) -> Person:
    """Return somebody with one of the managed policies that the stack makes, and nothing else.

    Args:
        role: `viewer`, `editor`, `publisher` or `admin`.
    """
    iam, name = cloud.client("iam"), f"people-{role}"
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    policy = cloud.first.outputs[f"{role.capitalize()}PolicyArn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    given = cloud.client("sts").assume_role(RoleArn=made["Arn"], RoleSessionName=f"some-{role}")[
        "Credentials"
    ]
    return Person({
        **kept_environment(),
        **cloud.emulated.environment,
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
        "SOJOURN_STAGE": STAGE,
        "SOJOURN_CONTROL_URL": answering(cloud.emulated, cloud.first.outputs["ControlUrl"]),
        "COLUMNS": WIDE,
    })  # fmt: skip


def published(by: Person, path: Path, message: str) -> Mapping[str, str]:
    """Publish a workspace, or one journey; return the versions that are live then."""
    operation = by.does("publish", str(path), "-m", message, "--yes", "--json").json["operation"]
    assert operation["state"] == "done", operation
    return {name: told["version"] for name, told in operation["result"]["published"].items()}

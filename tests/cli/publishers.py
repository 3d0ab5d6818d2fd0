"""A deployment that is published to by commands: the table, the control API behind a gateway, and two people.

What `sojourn new` makes is published there twice, the second time with another title; of that there is a draft, too,
and a publication that waits for approval.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import boto3

from sojourn.application.publishing import WAITING, Operation
from sojourn.aws_runtime.publishing.backing import OWNER
from sojourn.aws_runtime.publishing.works import WORKS
from sojourn.aws_runtime.settings import Settings
from sojourn.domain.time.instants import parse_date_time
from tests.support.aws_deployment import Deployed, aws_deployment, created_stack
from tests.support.aws_table import REGION, items
from tests.support.control_gateway import Gateway
from tests.support.control_room import AROUND, BEN, PREFIX, ROLE, ControlRoom
from tests.support.controlled import clients, controlled

WAITS = "20260301T083000000Z-a1b2c3"
"""The id of a publication that waits for somebody's approval; examples of commands name it."""
ENTERS = "20260301T084500000Z-d4e5f6"
"""The id of an audience that nobody has taken up; examples of commands name it."""
TRIP = (
    "journey: spring-trip\ntitle: Before the spring trip\ntopic: getting-started\n"
    "enter: {on: api, key: event.booking}\nsteps: [{wait: {until: entry.departure - 7 days}}]\n"
)
CUSTOMERS = "user_id,booking,departure:date\nc-42,1001,2026-07-01\n"
UPLOADS = "sojourn-dev-uploads"
TESTERS = 'test: {when: customer.first_name == "Tess"}\n'


@cache
def starter(*, testers: bool = True) -> dict[str, str]:
    """Return the files that `sojourn new` makes; with a segment `test` unless it is not wanted."""
    folder = Path(str(files("sojourn.cli"))) / "starter"
    found = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    # `sojourn new journeys` calls it after the folder.
    found["workspace.yaml"] = found["workspace.yaml"].replace("workspace: starter", "workspace: journeys")
    return {**found, "segments.yaml": found["segments.yaml"] + TESTERS} if testers else found


def titled(title: str) -> dict[str, str]:
    """Return those files with another title of the journey."""
    journey = starter()["welcome/journey.yaml"].replace("title: Welcome new customers", f"title: {title}")
    return {**starter(), "welcome/journey.yaml": journey}


@dataclass(frozen=True)
class Published:
    """A deployment, and who publishes to it."""

    deployed: Deployed
    room: ControlRoom
    gateway: Gateway


@contextmanager
def published_to() -> Iterator[Published]:
    """Give the deployment `dev` as a stack leaves it that deploys no journeys, with the control API before it."""
    with aws_deployment() as deployed:
        room = ControlRoom(deployed.dynamodb, deployed.table)
        room.deployed({name: text for name, text in starter().items() if "/" not in name}, settings=OWNER)
        settings = Settings(
            stage="dev", table=deployed.table, bus="sojourn-test", schedule_group="sojourn-test", machines=PREFIX,
            machines_role_arn=ROLE, step_arn=AROUND.placeholders["${StepFunctionArn}"], send_arn="arn:send",
        )  # fmt: skip
        made = {
            kind: cache(partial(WORKS[kind], room.backing, settings, clients()))
            for kind in ("resume", "stop")
        }
        room.works = {**room.works, **made}
        with controlled(deployed, room) as gateway:
            yield Published(deployed, room, gateway)


@dataclass(frozen=True)
class Past:
    """What a past leaves: the table's rows, the files that were sent, the machines, and the time."""

    rows: list[dict[str, Any]]
    files: dict[str, bytes]
    machines: dict[str, dict[str, Any]]
    at: datetime


@cache
def past() -> Past:
    """Return what two publications of `welcome`, a draft of it and one that waits leave; it is made once."""
    with published_to() as published, redirect_stdout(io.StringIO()):
        # Functions tell their figures on the standard output, where a command's answer goes.
        room = published.room
        room.publish(titled("Hello"), message="Say hello")
        room.publish(starter(), message="Say it better")
        room.publish(titled("A draft"), message="Warmer still", draft=True, route="draft")
        (draft,) = room.backing.operations.list(1)
        asked = {**draft.asked, "draft": False, "expected": {}, "expected_revision": None}
        version = draft.result["published"]["welcome"]["version"]
        changes = {"welcome": {"version": version, "before": room.live()["welcome"]}}
        planned = {"journeys": changes, "settings": False, "unchanged": []}
        at = parse_date_time("2026-03-01T08:30:00Z")
        room.backing.operations.create(
            Operation(
                WAITS, "publish", BEN, at, "welcome", "A warmer welcome", WAITING, asked, result={"planned": planned}
            )
        )  # fmt: skip
        later = parse_date_time("2026-03-01T08:45:00Z")
        room.backing.operations.create(
            Operation(
                ENTERS, "audience", BEN, later, "welcome", "From the fair", asked={"segment": "customers"}
            )
        )
        rows = items(published.deployed.dynamodb, published.deployed.table)
        return Past(rows, dict(room.files), dict(room.states.machines), room.at)


def for_audiences(published: Published) -> None:
    """Let there be a journey `spring-trip` that audiences enter, and a bucket for their files."""
    files = {name: text for name, text in starter().items() if "/" not in name}
    published.room.deployed({**files, "spring-trip/journey.yaml": TRIP}, settings=OWNER)
    boto3.client("s3", region_name=REGION).create_bucket(Bucket=UPLOADS)
    created_stack("observability", {"UploadsBucketName": UPLOADS})


@contextmanager
def with_a_past() -> Iterator[Published]:
    """Give that deployment with two versions of `welcome`, a draft of it, and a publication that waits."""
    before = past()
    with published_to() as published:
        for row in before.rows:
            published.deployed.dynamodb.put_item(TableName=published.deployed.table, Item=row)
        published.room.files |= before.files
        published.room.states.machines |= deepcopy(before.machines)
        published.room.at = before.at
        yield published

"""EventBridge Scheduler as it is on AWS, for MiniStack: every schedule comes, and calls what it names.

MiniStack keeps schedules and calls few of them: it knows no universal targets, no time zone and no
`<aws.scheduler.scheduled-time>`, and CloudFormation says nothing there when it refuses one. Here a schedule calls its
target through boto3, as the role that it names, so that permissions count. What cannot be called is among the dead
letters at once; AWS tries it again before that.

Time is as short as a state machine's waits are (`SFN_WAIT_SCALE`): a one-time schedule is what is left of a wait, and a
rate comes as much sooner, but no more often than every `SOONEST` seconds. A `cron` goes by the clock on the wall. Like
`amended.py`, which lets it begin, it imports nothing of ours.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.lambda_runtime import execution_credentials  # type: ignore[import-untyped]
from ministack.services import eventbridge, scheduler  # type: ignore[import-untyped]
from ministack.services.cloudformation import provisioners  # type: ignore[import-untyped]

# MiniStack is pinned, and offers no other way to what it keeps to itself.
# ruff: noqa: SLF001
LOOK_EVERY = 0.25
"""Seconds between two looks at what is due."""
SOONEST = 15.0
"""Seconds: no rate comes more often, however short time is, unless it is written so."""
SCHEDULED = "<aws.scheduler.scheduled-time>"
UNIVERSAL = ":aws-sdk:sfn:startExecution"
"""What the ARN of the one universal target ends with that we use."""
REGION = os.environ.get("MINISTACK_REGION", "us-east-1")

logger = logging.getLogger("timetable")
_fired: dict[tuple[Any, ...], datetime] = {}
_schedules: Any = scheduler._schedules


def begin() -> None:
    """Take the place of MiniStack's own Scheduler."""
    scheduler._SCHEDULE_TICK_INTERVAL = LOOK_EVERY
    scheduler._tick_schedules = call_what_is_due
    made = provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"]
    made["create"] = lambda logical_id, asked, stack: _made(logical_id, asked)
    made["update"] = lambda physical_id, before, asked, stack: _made(physical_id, asked)


def call_what_is_due() -> None:
    """Call the targets of all schedules whose time has come."""
    now, scale = datetime.now(UTC), float(os.environ.get("SFN_WAIT_SCALE", "1"))
    # Where tests tell the time, each customer has one of their own.
    told = f"sojourn-{os.environ.get('SOJOURN_TOLD_STAGE', '')}"
    there = dict(_schedules._data)
    for key in _fired.keys() - {(*key, one["LastModificationDate"]) for key, one in there.items()}:
        del _fired[key]
    for key, schedule in there.items():
        name = (*key, schedule["LastModificationDate"])
        at = due(schedule, _fired.get(name), scale)
        if at is None or at > now or schedule["State"] != "ENABLED" or schedule["GroupName"] == told:
            continue
        _fired[name] = at
        if once(schedule) and schedule["ActionAfterCompletion"] == "DELETE":
            _schedules._data.pop(key, None)
        _call(schedule, at)


def once(schedule: Mapping[str, Any]) -> bool:
    """Say whether a schedule comes once."""
    return str(schedule["ScheduleExpression"]).startswith("at(")


def due(schedule: Mapping[str, Any], before: datetime | None, scale: float) -> datetime | None:
    """Return when a schedule comes next; None where it does not come any more.

    Args:
        schedule: as MiniStack keeps it.
        before: when it came last; None where it never did since it was written.
        scale: real seconds for each second of a wait.
    """
    expression = str(schedule["ScheduleExpression"])
    zone = ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
    written = datetime.fromtimestamp(schedule["LastModificationDate"], UTC)
    if once(schedule):
        if before is not None:
            return None
        left = datetime.fromisoformat(expression[3:-1]).replace(tzinfo=zone) - written
        return written + max(left, timedelta()) * scale
    if (every := eventbridge._parse_rate_seconds(expression)) is not None:
        seconds = max(every * scale, min(every, SOONEST))
        # On AWS the first comes at once.
        return written if before is None else before + timedelta(seconds=seconds)
    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        return None
    following: datetime | None = eventbridge._cron_next_fire(fields, (before or written).astimezone(zone))
    return following


def _call(schedule: Mapping[str, Any], at: datetime) -> None:
    target, role = schedule["Target"], schedule["Target"]["RoleArn"]
    text = str(target.get("Input", "{}")).replace(SCHEDULED, f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    try:
        if target["Arn"].endswith(UNIVERSAL):
            asked = {name[:1].lower() + name[1:]: value for name, value in json.loads(text).items()}
            _client("stepfunctions", role).start_execution(**asked)
        else:
            _put(role, target["Arn"], text)
    except (BotoCoreError, ClientError, ValueError):
        logger.exception("schedule %s", schedule["Name"])
        if dead := target.get("DeadLetterConfig", {}).get("Arn"):
            _put(role, dead, text)


def _put(role: str, queue: str, text: str) -> None:
    account, name = queue.split(":")[4:]
    client = _client("sqs", role)
    client.send_message(QueueUrl=f"{client.meta.endpoint_url}/{account}/{name}", MessageBody=text)


@lru_cache
def _client(service: str, role: str) -> Any:
    """Return a client that has a role's own permissions; they are looked up with each call."""
    # MiniStack makes credentials of a role for functions only.
    given = execution_credentials({
        "Role": role, "FunctionArn": f"arn:aws:lambda:{REGION}:{role.split(':')[4]}:function:scheduler",
        "FunctionName": "scheduler",
    })  # fmt: skip
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return boto3.Session(*(given[key] for key in keys), REGION).client(service)


def _made(physical_id: str, asked: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Make or change a schedule of a stack; its name tells which of the two."""
    name, group = str(asked.get("Name") or physical_id), str(asked.get("GroupName") or "default")
    there = f"{group}/{name}" in _schedules
    status, _, body = (scheduler._update_schedule if there else scheduler._create_schedule)(name, asked)
    if status != 200:
        raise ValueError(f"schedule {name}: {json.loads(body)['Message']}")
    return name, {"Arn": scheduler._schedule_arn(group, name)}

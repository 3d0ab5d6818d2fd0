from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sojourn.adapters.stepfunctions.executions import Schedules, StepFunctionsExecutions
from sojourn.errors import LostRace
from tests.support.patience import AT_ONCE

NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/any"
WAITING = {
    "StartAt": "wait",
    "States": {"wait": {"Type": "Wait", "Seconds": 60, "Next": "end"}, "end": {"Type": "Succeed"}},
}


class StillClock:
    def now(self) -> datetime:
        return NOW

    def pause(self, seconds: float) -> None:
        raise AssertionError


@pytest.fixture
def aws() -> Iterator[tuple[Any, Any, StepFunctionsExecutions]]:
    config: Any = {"stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):
        states = boto3.client("stepfunctions", region_name=REGION)
        scheduler = boto3.client("scheduler", region_name=REGION)
        scheduler.create_schedule_group(Name="group")
        machine = states.create_state_machine(name="machine", definition=json.dumps(WAITING), roleArn=ROLE)
        executions = StepFunctionsExecutions(
            states, scheduler, lambda journey, version: machine["stateMachineArn"], StillClock(),
            Schedules("group", ROLE),
        )  # fmt: skip
        yield states, scheduler, executions
        for one in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            states.stop_execution(executionArn=one["executionArn"])


def running(states: Any) -> list[str]:
    machine = states.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    found = states.list_executions(stateMachineArn=machine)["executions"]
    return [one["name"] for one in found if one["status"] == "RUNNING"]


def ends(states: Any) -> bool:
    """Wait until nothing runs: moto ends a stopped execution in a thread of its own."""
    give_up = time.monotonic() + AT_ONCE
    while running(states) and time.monotonic() < give_up:
        time.sleep(0.02)
    return running(states) == []


def test_a_second_start_of_one_name_starts_nothing(aws: tuple[Any, Any, StepFunctionsExecutions]) -> None:
    """Started twice with the same state, once with another, once after its end: there is one execution."""
    states, _, executions = aws

    executions.start("welcome", "v1", "run-1", {"run": "run-1"})
    executions.start("welcome", "v1", "run-1", {"run": "run-1"})
    executions.start("welcome", "v1", "run-1", {"run": "another"})
    assert running(states) == ["run-1"]
    executions.stop("welcome", "v1", "run-1", "goal")
    executions.start("welcome", "v1", "run-1", {"run": "run-1"})

    assert ends(states)


def test_an_execution_to_come_is_planned_once_and_can_be_called_off(
    aws: tuple[Any, Any, StepFunctionsExecutions],
) -> None:
    """A second plan changes nothing; a stop deletes it; a second stop changes nothing."""
    states, scheduler, executions = aws
    at = NOW + timedelta(days=400)

    executions.start("welcome", "v1", "run-1", {}, at)
    executions.start("welcome", "v1", "run-1", {}, at)
    planned = [one["Name"] for one in scheduler.list_schedules(GroupName="group")["Schedules"]]
    executions.stop("welcome", "v1", "run-1", "goal")
    executions.stop("welcome", "v1", "run-1", "goal")

    assert planned == ["run-1"]
    assert scheduler.list_schedules(GroupName="group")["Schedules"] == []
    assert ends(states)


def test_a_token_that_nobody_waits_with_is_a_lost_race(aws: tuple[Any, Any, StepFunctionsExecutions]) -> None:
    """The wait was over, or never was."""
    _, _, executions = aws

    with pytest.raises(LostRace):
        executions.succeed("no-token", {})

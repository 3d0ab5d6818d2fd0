"""The daily sweep: when it begins, who carries it on, where it goes when it cannot."""

from __future__ import annotations

import json

import pytest

from infra.settings import Settings, SettingsError, settings_from
from tests.infra.conftest import Assembly


def test_the_schedule_begins_a_sweep_every_night_on_the_workspaces_clock(dev: Assembly) -> None:
    """One sweep a night, named by the instant it was due, whatever Scheduler delivers twice."""
    (schedule,) = [
        one
        for one in dev.resources("engine", "AWS::Scheduler::Schedule").values()
        if one["Name"] == "sojourn-dev-sweep"
    ]

    assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert json.loads(schedule["Target"]["Input"]) == {"begin": "<aws.scheduler.scheduled-time>"}
    assert "DeadLetterConfig" in schedule["Target"]


def test_a_few_at_once_carry_it_on_each_with_one_message(dev: Assembly) -> None:
    """A message is a part of all customers: as long a work as a function may do."""
    (function,) = [
        one
        for one in dev.resources("engine", "AWS::Lambda::Function").values()
        if one["FunctionName"] == "sojourn-dev-sweep"
    ]
    queue = {
        made["QueueName"]: made
        for made in dev.resources("engine", "AWS::SQS::Queue").values()
    }["sojourn-dev-sweeps"]  # fmt: skip
    (source,) = [
        one
        for one in dev.resources("engine", "AWS::Lambda::EventSourceMapping").values()
        if one.get("ScalingConfig") == {"MaximumConcurrency": 4}
    ]

    assert (source["BatchSize"], source["FunctionResponseTypes"]) == (1, ["ReportBatchItemFailures"])
    assert queue["VisibilityTimeout"] == 6 * function["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_customers_are_listed_by_an_index_of_keys(dev: Assembly) -> None:
    """So a change of a customer writes nothing there."""
    (table,) = dev.resources("data", "AWS::DynamoDB::GlobalTable").values()
    (index,) = table["GlobalSecondaryIndexes"]

    assert index["IndexName"] == "by_part"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["part", "pk"]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


@pytest.mark.parametrize("written", ["3:00", "24:00", "three", "03:00:00"])
def test_when_it_begins_is_a_time_of_day(written: str) -> None:
    """Anything else stops synthesis, and says what to write."""
    with pytest.raises(SettingsError, match="write a time of day, such as 03:00"):
        settings_from({"sweep_at": written}.get)


def test_lambda_knows_no_less_than_two_at_once() -> None:
    """As for the queue of events."""
    with pytest.raises(SettingsError, match="sweep_concurrency"):
        Settings(sweep_concurrency=1)

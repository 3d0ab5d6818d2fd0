"""The machine of audiences: its definition is one that Step Functions takes, and it may do what it must and no more."""

from __future__ import annotations

import json
from typing import Any

from infra.constructs.audience import SECONDS
from infra.constructs.schedule_tick import EVERY_MINUTES
from sojourn.adapters.stepfunctions.audience_machine import audience_machine
from sojourn.application.occurrences import AHEAD
from sojourn.aws_runtime.audience import batches
from sojourn.aws_runtime.audience.waiting import ROWS_DAYS
from tests.infra.conftest import Assembly
from tests.support.asl_checks import asl_validator_problems, cfn_lint_problems, filled


def _role(dev: Assembly) -> list[dict[str, Any]]:
    (role,) = (
        role
        for role in dev.resources("engine", "AWS::IAM::Role").values()
        if "machine of audiences" in role.get("Description", "")
    )
    (policy,) = role["Policies"]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


def test_the_definition_is_one_that_step_functions_takes() -> None:
    """As npm's validator and cfn-lint's schema say; moto's grammar knows no Express children and no batches."""
    definition = filled(audience_machine())

    assert asl_validator_problems(definition) + cfn_lint_problems(definition) == []


def test_children_are_express_and_nothing_of_their_input_is_kept() -> None:
    """A thousand batches are a thousand short executions; what they are given is customers' data."""
    states = audience_machine()["States"]

    for name in ("rows", "parquet"):
        assert states[name]["ItemProcessor"]["ProcessorConfig"] == {
            "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS",
        }  # fmt: skip
        assert "ResultWriter" not in states[name]
        assert states[name]["ResultPath"] is None


def test_it_reads_rows_and_calls_one_function(dev: Assembly) -> None:
    """Besides, it starts the executions of its own maps."""
    actions = {action for one in _role(dev) for action in _many(one["Action"])}
    (reads,) = (one for one in _role(dev) if "s3:GetObject" in _many(one["Action"]))
    (starts,) = (one for one in _role(dev) if "states:StartExecution" in _many(one["Action"]))

    assert {one for one in actions if one.startswith(("s3:", "states:", "lambda:"))} == {
        "lambda:InvokeFunction", "s3:GetObject", "states:StartExecution", "states:DescribeExecution",
        "states:StopExecution",
    }  # fmt: skip
    assert json.dumps(reads["Resource"]).endswith('/audiences/*"]]}')
    assert "sojourn-dev-audience" in json.dumps(starts["Resource"])


def test_rows_expire_sooner_than_what_was_published(dev: Assembly) -> None:
    """They are customers' data, and the table has what came of them."""
    (bucket,) = dev.resources("engine", "AWS::S3::Bucket").values()

    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    assert (rules["audiences"]["Prefix"], rules["audiences"]["ExpirationInDays"]) == ("audiences/", ROWS_DAYS)
    # The bucket keeps older versions, and what expires becomes one.
    assert rules["audiences"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_whoever_operates_may_begin_audiences_and_knows_how_fast(dev: Assembly) -> None:
    """By the machine's name, which is made after `operate`."""
    functions = dev.resources("engine", "AWS::Lambda::Function").values()
    told = {one["FunctionName"]: one["Environment"]["Variables"] for one in functions}

    assert "sojourn-dev-audience" in json.dumps(told["sojourn-dev-operate"]["SOJOURN_AUDIENCE_MACHINE_ARN"])
    assert {told[f"sojourn-dev-{name}"]["SOJOURN_ENTRIES_RATE"] for name in ("operate", "audience")} == {
        "200"
    }


def test_a_batch_ends_before_its_execution() -> None:
    """An Express execution lives for five minutes, the function for two: it may try once more."""
    assert batches.ENOUGH < SECONDS
    assert 2 * SECONDS < 5 * 60


def test_schedules_are_looked_through_more_often_than_they_are_looked_ahead(dev: Assembly) -> None:
    """Whatever one tick is late or lost, nothing begins late."""
    schedules = dev.resources("engine", "AWS::Scheduler::Schedule").values()
    (tick,) = (one for one in schedules if one["Name"] == "sojourn-dev-schedules")

    assert tick["ScheduleExpression"] == f"rate({EVERY_MINUTES} minutes)"
    assert "schedules" in json.loads(tick["Target"]["Input"])
    assert AHEAD.total_seconds() > 2 * EVERY_MINUTES * 60


def _many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]

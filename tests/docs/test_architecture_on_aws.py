from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.allowed import Permission, allowed_actions, text
from sojourn.adapters.dynamodb import engine_keys, keys
from tests.docs.deployed import STAGE, functions, resources, template
from tests.docs.pages import DOCS, blocks, read
from tests.support.table_costs import USE_CASES, cost_of

PAGE = DOCS / "architecture.md"
WAKES = blocks(PAGE, "mermaid")[-1]
ARROW = re.compile(r"^\s*(\w+)(?:\[.*?\])? --> (\w+)", re.MULTILINE)
REACHES = {
    "dynamodb:UpdateItem": "table", "states:StartExecution": "executions", "states:StopExecution": "executions",
    "states:DescribeExecution": "executions", "states:SendTaskSuccess": "executions",
    "scheduler:CreateSchedule": "schedules", "events:PutEvents": "bus", "secretsmanager:GetSecretValue": "secret",
    "ses:SendEmail": "providers", "sns:Publish": "providers", "sqs:SendMessage": "dead letters",
    "sns:GetEndpointAttributes": "devices",
    "states:PublishStateMachineVersion": "versions", "states:UpdateStateMachine": "machines",
    "s3:GetObject": "bundle", "firehose:PutRecordBatch": "lines",
}  # fmt: skip
"""What a permission is called on the page; what comes along with one of these is not told."""
_QUEUES = {
    "<QueuesEvents.Arn>": "queue", "<QueuesSweeps.Arn>": "sweeps", "<QueuesOperations.Arn>": "operations",
}  # fmt: skip
"""Queues that wake others, by their names there."""
OTHERS = {
    "A schedule starts a journey's machine": "schedules", "A schedule begins the daily sweep": "nights",
    "A journey's machine calls step and send": "machines",
    "A published journey's machine calls step and send": "machines",
    "The machine of audiences reads their rows and calls audience": "audiences",
    "A schedule lets the schedules of journeys be looked through": "minutes",
}  # fmt: skip
"""Roles of others than functions, by what they are described as."""
PEOPLE = {"viewer", "editor", "publisher", "admin"}
"""Roles of people, who wake nobody by themselves."""
ON_THE_ACCOUNTS_BUS = {"aws.states": "machines", "aws.ses": "ses"}
"""Who tells something on the account's own bus, by its name in the picture."""
_TOLD = "<QueuesFeedback.Arn>"
"""The queue of what is told: the picture has a name of its own for it, as there is a function called so."""
WAKING = {
    "executions": "machines",
    "schedules": "schedules",
    "bus": "bus",
    "queue": "events",
    "sweeps": "sweeps",
    "operations": "operations",
    "audiences": "audiences",
}
"""What a function reaches that wakes others, by its name in the picture; asking about an execution does not."""


def named(reference: Any) -> str:
    """Return what a reference of a template is called on the page."""
    return named_text(text(reference))


def named_text(reference: str) -> str:
    """Return what a reference is called on the page, written as `infra.allowed` does."""
    if reference == _TOLD:
        return "told"
    found = re.fullmatch(r"<(?:Functions|Queues)?(\w+)\.(?:Stream)?Arn>", reference)
    assert found is not None, reference
    return found[1].lower()


def reached_by(one: Permission) -> str:
    """Return what a permission reaches, "" where it only comes along with another."""
    if any(engine_keys.WRITE_KEYS in condition for condition in one.conditions):
        return "keys"
    if any(keys.link("phone", "") in condition for condition in one.conditions):
        return "numbers"
    if one.action in ("states:StartExecution", "states:StopExecution") and "-audience" in one.resource:
        return "audiences"
    if one.action.startswith("s3:") and "Uploads" in one.resource:
        return "uploads"
    if "Send" in one.action and one.resource in _QUEUES:
        return _QUEUES[one.resource]
    return REACHES.get(one.action, "")


def reached() -> dict[str, set[str]]:
    """Return what each function may reach, by the page's words."""
    allowed = allowed_actions(template("engine"))
    return {
        name: {what for one in allowed[f"{STAGE}-{name}"] if (what := reached_by(one))}
        for name in functions()
    }


def wakes() -> set[tuple[str, str]]:
    """Return who wakes whom, and who puts something where that wakes others, as the templates say it."""
    return {*from_sources(), *from_rules(), *from_topics(), *from_deployments(), *from_roles()}


def from_sources() -> Iterator[tuple[str, str]]:
    for made in resources("AWS::Lambda::EventSourceMapping").values():
        function = {"Fn::GetAtt": [made["FunctionName"]["Ref"], "Arn"]}
        yield named(made["EventSourceArn"]), named(function)
    for made in resources("AWS::Lambda::Url").values():
        yield "anybody", named(made["TargetFunctionArn"])
    signed = {
        made["Target"]["Fn::Join"][1][1]["Ref"]
        for made in resources("AWS::ApiGatewayV2::Route").values()
        if made.get("AuthorizationType") == "AWS_IAM"
    }
    for name, made in resources("AWS::ApiGatewayV2::Integration").items():
        yield "people" if name in signed else "anybody", named(made["IntegrationUri"])


def from_rules() -> Iterator[tuple[str, str]]:
    for made in resources("AWS::Events::Rule").values():
        # Step Functions reports on the account's own bus.
        by = "bus" if "EventBusName" in made else ON_THE_ACCOUNTS_BUS[made["EventPattern"]["source"][0]]
        yield from ((by, named(target["Arn"])) for target in made["Targets"])


def from_topics() -> Iterator[tuple[str, str]]:
    for made in resources("AWS::SNS::Subscription").values():
        if made["Protocol"] == "sqs":
            yield "topic", named(made["Endpoint"])


def from_deployments() -> Iterator[tuple[str, str]]:
    for made in resources("Custom::SojournJourneys").values():
        yield "cloudformation", named(made["ServiceToken"])


def from_roles() -> Iterator[tuple[str, str]]:
    for part in ("engine", "journeys"):
        for name, allowed in allowed_actions(template(part)).items():
            by = name.removeprefix(f"{STAGE}-")
            if by in PEOPLE:
                continue
            by = by if by in functions() else OTHERS[name]
            for one in allowed:
                if one.action == "lambda:InvokeFunction":
                    yield by, named_text(one.resource)
                elif one.action != "states:DescribeExecution" and reached_by(one) in WAKING:
                    yield by, WAKING[reached_by(one)]


def test_the_picture_shows_who_wakes_whom() -> None:
    """Every source, rule, state machine and permission that wakes a function is an arrow, and no arrow is made up."""
    assert set(ARROW.findall(WAKES.text)) == wakes()


def test_the_table_of_functions_is_what_is_deployed() -> None:
    """Each function's row has its time, its memory and what its role reaches."""
    row = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| (\d+) s \| (\d+) MB \|$", re.MULTILINE)
    told = {
        name: (set(reaches.split(", ")), int(seconds), int(megabytes))
        for name, reaches, seconds, megabytes in row.findall(read(PAGE))
    }

    made = functions()
    assert told == {
        name: (reaches, made[name]["Timeout"], made[name]["MemorySize"])
        for name, reaches in reached().items()
    }


def test_every_function_is_harmless_a_second_time() -> None:
    """Why it may be called twice is told for each."""
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \|$", read(PAGE).partition("### Asked for twice")[2], re.MULTILINE
    )

    assert sorted(rows) == sorted(functions())


def test_the_grammar_of_keys_is_that_of_the_code() -> None:
    """The page's keys are those at the heads of the modules that spell them, to the letter."""
    (shown,) = (block for block in blocks(PAGE, "text") if block.text.startswith("partition "))
    heads = f"{keys.__doc__}{engine_keys.__doc__}".splitlines()
    heading, *rows = [line.removeprefix("    ") for line in heads if line.startswith("    ")]
    spelled = [heading, *(row for row in rows if row != heading)]

    assert shown.text.splitlines() == spelled


@pytest.mark.parametrize("use_case", USE_CASES)
def test_a_use_case_costs_what_the_page_says(use_case: str) -> None:
    """Calls and units are those that the adapter makes on moto."""
    said = re.search(rf"^\| {re.escape(use_case)} \| (\d+) \| (\d+) \| (\d+) \|$", read(PAGE), re.MULTILINE)
    cost = cost_of(use_case)

    assert said is not None
    assert tuple(map(float, said.groups())) == (len(cost.operations), cost.reads, cost.writes)

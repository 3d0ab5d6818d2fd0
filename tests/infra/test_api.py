from __future__ import annotations

from typing import Any

import pytest

from infra.constructs.program_routes import ENTRIES, TASKS
from tests.infra.conftest import Assembly


def function(assembly: Assembly, name: str) -> tuple[str, dict[str, Any]]:
    """Return a function's logical id and properties."""
    (found,) = [
        (id_, one)
        for id_, one in assembly.resources("engine", "AWS::Lambda::Function").items()
        if one["FunctionName"] == f"sojourn-{assembly.stage}-{name}"
    ]
    return found


@pytest.mark.parametrize("key", [TASKS.key, ENTRIES.key])
def test_what_programs_call_has_routes_of_its_own(dev: Assembly, key: str) -> None:
    """A POST for tasks, one for entries, to a function that may do more than the one that tells of events."""
    name, properties = function(dev, "api")
    (route,) = [
        one for one in dev.resources("engine", "AWS::ApiGatewayV2::Route").values() if one["RouteKey"] == key
    ]
    integrations = dev.resources("engine", "AWS::ApiGatewayV2::Integration")
    target = integrations[route["Target"]["Fn::Join"][1][1]["Ref"]]

    assert target["IntegrationUri"] == {"Fn::GetAtt": [name, "Arn"]}
    assert target["PayloadFormatVersion"] == "2.0"
    assert properties["Timeout"] * 1_000 < target["TimeoutInMillis"]


def test_only_those_routes_may_call_the_function(dev: Assembly) -> None:
    """Its permissions name the API, the method and the path."""
    name, _ = function(dev, "api")
    permissions = dev.resources("engine", "AWS::Lambda::Permission").values()
    ours = [one for one in permissions if one["FunctionName"] == {"Fn::GetAtt": [name, "Arn"]}]

    assert {one["Principal"] for one in ours} == {"apigateway.amazonaws.com"}
    assert sorted(one["SourceArn"]["Fn::Join"][1][-1] for one in ours) == [
        "/$default/POST/v1/journeys/*/entries",
        "/$default/POST/v1/tasks/*/*",
    ]


def test_the_route_of_tasks_is_the_resource_it_always_was(dev: Assembly) -> None:
    """CloudFormation makes the new before it takes the old away, and the API has each route once."""
    routes = dev.resources("engine", "AWS::ApiGatewayV2::Route")
    (name,) = [name for name, one in routes.items() if one["RouteKey"] == TASKS.key]

    assert name == "FunctionsTaskRoutesRouteAA58B847"


def test_whoever_raises_a_task_knows_where_it_is_ended(dev: Assembly) -> None:
    """The address in the event is the API's."""
    (api,) = [
        id_
        for id_, one in dev.resources("engine", "AWS::ApiGatewayV2::Api").items()
        if one["Name"] == "sojourn-dev-track"
    ]
    _, step = function(dev, "step")

    assert step["Environment"]["Variables"]["SOJOURN_TASKS_URL"] == {"Fn::GetAtt": [api, "ApiEndpoint"]}


def test_what_answers_programs_is_told_what_a_run_goes_on_by(dev: Assembly) -> None:
    """The table, the schedules and the secret that ids are made with; no bus, no queue, no provider."""
    _, api = function(dev, "api")

    told = {name for name in api["Environment"]["Variables"] if name.startswith("SOJOURN_")}
    assert {"SOJOURN_TABLE", "SOJOURN_SCHEDULE_GROUP", "SOJOURN_SIGNING_SECRET"} <= told
    assert not told & {"SOJOURN_BUS", "SOJOURN_EVENTS_URL", "SOJOURN_LINKS_URL"}


def test_somebody_is_woken_when_programs_are_not_answered(dev: Assembly) -> None:
    """Errors that nobody expects, and calls that were held back."""
    alarms = {one["AlarmName"] for one in dev.resources("observability", "AWS::CloudWatch::Alarm").values()}

    assert {"sojourn-dev-api-errors", "sojourn-dev-api-throttled"} <= alarms

from __future__ import annotations

from typing import Any

from infra.constructs.task_routes import ROUTE
from tests.infra.conftest import Assembly


def function(assembly: Assembly, name: str) -> tuple[str, dict[str, Any]]:
    """Return a function's logical id and properties."""
    (found,) = [
        (id_, one)
        for id_, one in assembly.resources("engine", "AWS::Lambda::Function").items()
        if one["FunctionName"] == f"sojourn-{assembly.stage}-{name}"
    ]
    return found


def test_the_calls_that_end_tasks_have_a_route_of_their_own(dev: Assembly) -> None:
    """One POST for the three of them, to a function that may do more than the one that tells of events."""
    name, properties = function(dev, "tasks")
    (route,) = [
        one
        for one in dev.resources("engine", "AWS::ApiGatewayV2::Route").values()
        if one["RouteKey"] == ROUTE
    ]
    integrations = dev.resources("engine", "AWS::ApiGatewayV2::Integration")
    target = integrations[route["Target"]["Fn::Join"][1][1]["Ref"]]

    assert target["IntegrationUri"] == {"Fn::GetAtt": [name, "Arn"]}
    assert target["PayloadFormatVersion"] == "2.0"
    assert properties["Timeout"] * 1_000 < target["TimeoutInMillis"]


def test_only_that_route_may_call_the_function(dev: Assembly) -> None:
    """Its permission names the API, the method and the path."""
    name, _ = function(dev, "tasks")
    permissions = dev.resources("engine", "AWS::Lambda::Permission").values()
    (ours,) = [one for one in permissions if one["FunctionName"] == {"Fn::GetAtt": [name, "Arn"]}]

    assert ours["Principal"] == "apigateway.amazonaws.com"
    assert ours["SourceArn"]["Fn::Join"][1][-1] == "/$default/POST/v1/tasks/*/*"


def test_whoever_raises_a_task_knows_where_it_is_ended(dev: Assembly) -> None:
    """The address in the event is the API's."""
    (api,) = dev.resources("engine", "AWS::ApiGatewayV2::Api")
    _, step = function(dev, "step")

    assert step["Environment"]["Variables"]["SOJOURN_TASKS_URL"] == {"Fn::GetAtt": [api, "ApiEndpoint"]}


def test_what_ends_tasks_is_told_what_a_run_goes_on_by(dev: Assembly) -> None:
    """The table, the schedules and the secret that ids are made with; no bus, no queue, no provider."""
    _, tasks = function(dev, "tasks")

    told = {name for name in tasks["Environment"]["Variables"] if name.startswith("SOJOURN_")}
    assert {"SOJOURN_TABLE", "SOJOURN_SCHEDULE_GROUP", "SOJOURN_SIGNING_SECRET"} <= told
    assert not told & {"SOJOURN_BUS", "SOJOURN_EVENTS_URL", "SOJOURN_LINKS_URL"}


def test_somebody_is_woken_when_tasks_cannot_be_ended(dev: Assembly) -> None:
    """Errors that nobody expects, and calls that were held back."""
    alarms = {one["AlarmName"] for one in dev.resources("observability", "AWS::CloudWatch::Alarm").values()}

    assert {"sojourn-dev-tasks-errors", "sojourn-dev-tasks-throttled"} <= alarms

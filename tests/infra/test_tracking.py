from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.allowed import allowed_actions
from infra.settings import Settings, SettingsError, settings_from
from sojourn.adapters.dynamodb import engine_keys
from tests.infra.conftest import Assembly, synthesised


def only(assembly: Assembly, kind: str) -> dict[str, Any]:
    """Return the properties of the one resource of a type, beside those of the routes to `api` and `publish`."""
    found = assembly.resources("engine", f"AWS::ApiGatewayV2::{kind}")
    (ours,) = [one for name, one in found.items() if not is_others(name)]
    return ours


def is_others(name: str) -> bool:
    """Say whether a resource belongs to other routes, or another API."""
    return "TaskRoutes" in name or "FunctionsControl" in name


def api_of(assembly: Assembly) -> str:
    """Return the logical id of the API."""
    (found,) = [
        name for name in assembly.resources("engine", "AWS::ApiGatewayV2::Api") if not is_others(name)
    ]
    return found


def test_whatever_is_asked_the_function_answers(dev: Assembly) -> None:
    """One route leads to `track`, in payload format 2.0, and API Gateway waits longer than the function may take."""
    functions = dev.resources("engine", "AWS::Lambda::Function")
    (name,) = [name for name, one in functions.items() if one["FunctionName"] == "sojourn-dev-track"]
    integration = only(dev, "Integration")

    assert only(dev, "Route")["RouteKey"] == "$default"
    assert integration["IntegrationUri"] == {"Fn::GetAtt": [name, "Arn"]}
    assert integration["PayloadFormatVersion"] == "2.0"
    assert functions[name]["Timeout"] * 1_000 < integration["TimeoutInMillis"] <= 30_000


def test_only_that_api_may_call_the_function(dev: Assembly) -> None:
    """Its permission names API Gateway and the one route of this API."""
    permissions = dev.resources("engine", "AWS::Lambda::Permission").items()
    (ours,) = [
        one
        for name, one in permissions
        if one["Principal"] == "apigateway.amazonaws.com" and not is_others(name)
    ]

    assert {"Ref": api_of(dev)} in ours["SourceArn"]["Fn::Join"][1]
    assert ours["SourceArn"]["Fn::Join"][1][-1] == "/$default/$default"


def test_calls_are_throttled_and_logged_without_what_they_say(dev: Assembly) -> None:
    """The rate is the settings'; a line of the log names neither caller nor path nor body."""
    stage = only(dev, "Stage")

    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1_000}
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert logged["status"] == "$context.status"
    assert not any(word in str(logged) for word in ("identity", "authorizer", "path", "body", "Ip"))
    assert stage["AutoDeploy"] is True


def test_what_tracks_may_read_write_keys_and_nothing_else_of_the_table(dev: Assembly) -> None:
    """No customer can be read or written by whoever the world may call."""
    allowed = allowed_actions(dev.template("engine"))["sojourn-dev-track"]

    of_table = [one for one in allowed if one.action.startswith("dynamodb:")]
    assert [one.action for one in of_table] == ["dynamodb:GetItem"]
    assert f"{engine_keys.WRITE_KEYS}*" in str(of_table[0])
    assert {one.action for one in allowed if one.action.startswith(("events:", "sqs:"))} == {
        "events:PutEvents", "sqs:SendMessage",
    }  # fmt: skip


def test_what_tracks_is_told_no_secret(dev: Assembly) -> None:
    """The table, the bus and the queue behind it."""
    functions = dev.resources("engine", "AWS::Lambda::Function").values()
    (track,) = [one for one in functions if one["FunctionName"] == "sojourn-dev-track"]

    told = {name for name in track["Environment"]["Variables"] if name.startswith("SOJOURN_")}
    assert told == {"SOJOURN_STAGE", "SOJOURN_TABLE", "SOJOURN_BUS", "SOJOURN_EVENTS_URL"}


def test_the_pages_of_all_sites_may_call_unless_the_operator_says_which(
    dev: Assembly, tmp_path: Path
) -> None:
    """API Gateway answers browsers' questions itself."""
    chosen = synthesised(tmp_path, track_origins=("https://www.acme.example",), track_rate=7, track_burst=9)

    cors = only(dev, "Api")["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["*"]
    assert {"authorization", "content-type"} <= set(cors["AllowHeaders"])
    assert "AllowCredentials" not in cors
    assert only(chosen, "Api")["CorsConfiguration"]["AllowOrigins"] == ["https://www.acme.example"]
    assert only(chosen, "Stage")["DefaultRouteSettings"]["ThrottlingRateLimit"] == 7


def test_the_output_says_where_to_call(dev: Assembly) -> None:
    """`TrackingUrl` is what clients call their host."""
    value = dev.template("engine")["Outputs"]["TrackingUrl"]["Value"]
    assert value == {"Fn::GetAtt": [api_of(dev), "ApiEndpoint"]}


@pytest.mark.parametrize(
    ("said", "origins"),
    [
        ("https://www.acme.example,http://localhost:3000", ("http://localhost:3000", "https://www.acme.example")),
        (["https://a.example"], ("https://a.example",)),
        ("*", ("*",)),
    ],
)  # fmt: skip
def test_origins_are_read_from_the_context(said: object, origins: tuple[str, ...]) -> None:
    """As a list in cdk.json, or with commas between."""
    settings: Settings = settings_from({"track_origins": said}.get)

    assert settings.track_origins == origins


@pytest.mark.parametrize("said", ["www.acme.example", "https://www.acme.example/", "https://a.example b"])
def test_what_is_no_origin_stops_synthesis(said: str) -> None:
    """A browser compares letter by letter: a slash at the end would match no page."""
    with pytest.raises(SettingsError, match=r"track_origins .*write \* or https"):
        settings_from({"track_origins": said}.get)

"""A function behind routes of an HTTP API: how it is asked, by which routes, how often, and that nothing else may."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.log import log_group
from infra.constructs.nag import accept
from infra.constructs.policies import arn
from infra.settings import Settings

LONGEST_CALL_MS = 29_000
"""API Gateway waits for half a minute at most; the function should be done before."""
LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "length": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "integration": "$context.integrationStatus",
    "error": "$context.error.messageString",
}
"""What is logged of a call: nothing of who called, nor of what was said."""


@dataclass(frozen=True)
class Route:
    """One route.

    Args:
        key: as API Gateway has it: `POST /v1/things/{id}`, or `$default` for whatever no other route takes.
        open_because: why nobody needs to sign in at the gateway; empty where IAM is asked who may call.
        id_: of the construct, together with "Route" and "Permission".
    """

    key: str
    open_because: str = ""
    id_: str = ""

    @property
    def pattern(self) -> str:
        """What the route's calls look like to whom they invoke: method and path, with `*` for each part named."""
        method, _, path = self.key.partition(" ")
        parts = ["*" if part.startswith("{") else part for part in path.split("/")]
        return method + "/".join(parts)


def route_to(
    scope: Construct, api: apigateway.CfnApi, answering: EngineFunction, *routes: Route
) -> list[apigateway.CfnRoute]:
    """Let a function answer these routes of an API."""
    integration = apigateway.CfnIntegration(
        scope,
        "Integration",
        api_id=api.ref,
        integration_type="AWS_PROXY",
        integration_uri=answering.function.function_arn,
        payload_format_version="2.0",
        timeout_in_millis=LONGEST_CALL_MS,
    )
    made = []
    for route in routes:
        one = apigateway.CfnRoute(
            scope,
            f"{route.id_}Route",
            api_id=api.ref,
            route_key=route.key,
            target=f"integrations/{integration.ref}",
            authorization_type=None if route.open_because else "AWS_IAM",
        )
        if route.open_because:
            accept(one, "AwsSolutions-APIG4", route.open_because)
        lambda_.CfnPermission(
            scope,
            f"{route.id_}Permission",
            action="lambda:InvokeFunction",
            function_name=answering.function.function_arn,
            principal=iam.ServicePrincipal("apigateway.amazonaws.com").service,
            source_arn=arn("execute-api", f"{api.ref}/$default/{route.pattern}"),
        )
        made.append(one)
    return made


def only_stage(
    scope: Construct, settings: Settings, api: apigateway.CfnApi, name: str, routes: Sequence[apigateway.CfnRoute], *,
    rate: int, burst: int, logged: Mapping[str, str] = LOGGED,
) -> None:  # fmt: skip
    """Let an API be called: its only stage, deployed by itself, with a log of calls and a rate.

    Args:
        name: of the API, and of its log.
        routes: all of them, as they are to be there first.
        rate: so many calls a second in the long run, and *burst* at once.
    """
    log = log_group(scope, settings, f"/aws/apigateway/{name}")
    stage = apigateway.CfnStage(
        scope,
        "Stage",
        api_id=api.ref,
        stage_name="$default",
        auto_deploy=True,
        access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log.log_group_arn, format=json.dumps(logged)
        ),
        default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
            throttling_rate_limit=rate, throttling_burst_limit=burst
        ),
    )
    for route in routes:
        stage.add_dependency(route)

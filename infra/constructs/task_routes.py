"""The calls that end people's tasks, as routes of the HTTP API that there is."""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.nag import accept
from infra.constructs.policies import arn
from infra.constructs.tracking import LONGEST_CALL_MS, TrackingApi

ROUTE = "POST /v1/tasks/{task_id}/{call}"


class TaskRoutes(Construct):
    """One route to a function of its own, which may do more than the one that tells of events."""

    def __init__(self, scope: Construct, id_: str, api: TrackingApi, answering: EngineFunction) -> None:
        super().__init__(scope, id_)
        integration = apigateway.CfnIntegration(
            self,
            "Integration",
            api_id=api.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=answering.function.function_arn,
            payload_format_version="2.0",
            timeout_in_millis=LONGEST_CALL_MS,
        )
        route = apigateway.CfnRoute(
            self, "Route", api_id=api.api.ref, route_key=ROUTE, target=f"integrations/{integration.ref}"
        )
        accept(
            route,
            "AwsSolutions-APIG4",
            "the function asks for a write key with the right to it, and the task's id",
        )
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=answering.function.function_arn,
            principal=iam.ServicePrincipal("apigateway.amazonaws.com").service,
            source_arn=arn("execute-api", f"{api.api.ref}/$default/POST/v1/tasks/*/*"),
        )

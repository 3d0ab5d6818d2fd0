"""The HTTP API of `track`: open to everybody who has a write key, which the function itself looks at."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aws_cdk import aws_apigatewayv2 as apigateway
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.http_routes import Route, route_to
from infra.constructs.log import log_group
from infra.settings import Settings

_WHY_OPEN = "the function asks for a write key, and the table whose it is"
HEADERS = ("authorization", "content-encoding", "content-type")
"""What a browser may send from another site."""
A_DAY = 86_400
"""Seconds for which a browser need not ask again whether it may call."""
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


class TrackingApi(Construct):
    """An HTTP API with one route, as the function answers whatever is asked; browsers' questions it answers itself.

    Calls beyond the rate are told to come again later (429), which Segment's clients do.
    """

    def __init__(self, scope: Construct, id_: str, settings: Settings, answering: EngineFunction) -> None:
        super().__init__(scope, id_)
        name = settings.name("track")
        self.api = apigateway.CfnApi(
            self,
            "Resource",
            name=name,
            description=f"Sojourn ({settings.stage}): what customers do comes in from apps and web sites",
            protocol_type="HTTP",
            cors_configuration=_cors(settings.track_origins),
        )
        (route,) = route_to(self, self.api, answering, Route("$default", _WHY_OPEN))
        log = log_group(self, settings, f"/aws/apigateway/{name}")
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(LOGGED)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=settings.track_rate, throttling_burst_limit=settings.track_burst
            ),
        )
        stage.add_dependency(route)
        self.url = self.api.attr_api_endpoint
        """Without a slash at its end."""


def _cors(origins: Sequence[str]) -> apigateway.CfnApi.CorsProperty | None:
    """Let the pages of these origins call; without any, no page of another site may."""
    if not origins:
        return None
    return apigateway.CfnApi.CorsProperty(
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "OPTIONS"],
        allow_headers=list(HEADERS),
        max_age=A_DAY,
    )

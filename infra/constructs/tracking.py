"""The HTTP API of `track`: open to everybody who has a write key, which the function itself looks at."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_apigatewayv2 as apigateway
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.http_routes import Route, only_stage, route_to
from infra.settings import Settings

_WHY_OPEN = "the function asks for a write key, and the table whose it is"
HEADERS = ("authorization", "content-encoding", "content-type")
"""What a browser may send from another site."""
A_DAY = 86_400
"""Seconds for which a browser need not ask again whether it may call."""


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
        only_stage(
            self, settings, self.api, name, [route], rate=settings.track_rate, burst=settings.track_burst
        )
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

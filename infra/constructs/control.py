"""The control API: what changes a deployment while it runs. Every route is for those whom IAM lets call it.

The routes are the permissions: a role that names some of them may do just that (`infra.constructs.roles`). So there is
one for each thing that somebody may be allowed and somebody else not.
"""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as apigateway
from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.http_routes import LOGGED, Route, only_stage, route_to
from infra.constructs.policies import arn
from infra.settings import Settings
from sojourn.aws_runtime.publishing.routes import ROUTES

A_SECOND, AT_ONCE = 20, 40
"""Calls: people make them, and programs that ask how far something is."""
CALLED = LOGGED | {"route": "$context.routeKey", "by": "$context.identity.userArn"}
"""What is logged of a call: who called for what, and nothing of what was said."""


class ControlApi(Construct):
    """An HTTP API whose routes IAM guards, answered by one function."""

    def __init__(self, scope: Construct, id_: str, settings: Settings, answering: EngineFunction) -> None:
        super().__init__(scope, id_)
        name = settings.name("control")
        self.api = apigateway.CfnApi(
            self,
            "Resource",
            name=name,
            description=f"Sojourn ({settings.stage}): journeys are published, paused, stopped and taken back",
            protocol_type="HTTP",
        )
        routes = [Route(key, id_=name_.title().replace("_", "")) for key, name_ in ROUTES.items()]
        made = route_to(self, self.api, answering, *routes)
        only_stage(self, settings, self.api, name, made, rate=A_SECOND, burst=AT_ONCE, logged=CALLED)
        self.url = self.api.attr_api_endpoint
        """Without a slash at its end."""

    def arn_of(self, key: str) -> str:
        """Return the ARN that IAM is asked for where somebody calls a route."""
        return arn("execute-api", f"{self.api.ref}/$default/{Route(key).pattern}")

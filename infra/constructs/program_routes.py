"""What programs call with a write key, as routes of the HTTP API that there is."""

from __future__ import annotations

from constructs import Construct

from infra.constructs.function import EngineFunction
from infra.constructs.http_routes import Route, route_to
from infra.constructs.tracking import TrackingApi

TASKS = Route(
    "POST /v1/tasks/{task_id}/{call}",
    "the function asks for a write key with the right to it, and the task's id",
)
ENTRIES = Route(
    "POST /v1/journeys/{journey}/entries",
    "the function asks for a write key with the right to it",
    "Entries",
)


class ProgramRoutes(Construct):
    """Routes to a function of their own, which may do more than the one that tells of events."""

    def __init__(self, scope: Construct, id_: str, api: TrackingApi, answering: EngineFunction) -> None:
        super().__init__(scope, id_)
        route_to(self, api.api, answering, TASKS, ENTRIES)

"""Answers the control API: each call by its route. What a call needs is made, and imported, with the first call."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from sojourn.aws_runtime.api.http import Answer
from sojourn.aws_runtime.clients import Clients
from sojourn.aws_runtime.publishing.calls import ControlCall, answer
from sojourn.aws_runtime.settings import Settings

if TYPE_CHECKING:
    from sojourn.aws_runtime.publishing.reach import Reach

Answering = Mapping[str, Callable[[ControlCall], Answer]]
"""The name of a route -> what answers its calls."""


def control_api() -> ControlApi:
    """Make what answers."""
    settings = Settings.read(
        os.environ, "table", "operations_url", "uploads_bucket", "bus", "schedule_group", "signing_secret"
    )
    clients = Clients()
    clients.now("dynamodb")
    return ControlApi(cache(partial(_answering, settings, clients)))


def _answering(settings: Settings, clients: Clients) -> Answering:
    # Imported here: a copy of the function need not know it until somebody calls.
    from sojourn.adapters.stepfunctions.machines import is_there
    from sojourn.aws_runtime.publishing.backing import backing

    stood_on = backing(
        clients.now("dynamodb"), settings.table, clients.later("s3"), settings.uploads_bucket,
        clients.later("sqs"), settings.operations_url,
    )  # fmt: skip

    def reached() -> Reach:
        # Imported here: most calls need nothing but the table.
        from sojourn.aws_runtime.publishing.reach import reach

        return reach(settings, clients, clients.now("dynamodb"))

    machines = partial(is_there, clients.later("stepfunctions"))
    return answering(stood_on, machines, cache(reached), settings.senders)


def answering(
    backing: Any, is_there: Callable[[str, str], bool], reach: Callable[[], Reach], permitted: str = ""
) -> Answering:  # fmt: skip
    """Return what answers each route.

    Args:
        backing: a `Backing`.
        is_there: whether a state machine's version can be started, and is that of a version of the journey.
        reach: makes what an admin's deeds reach besides the table, and is asked with the first that does.
        permitted: as whom the stack lets messages be sent; nothing where it says nothing.
    """
    from sojourn.aws_runtime.publishing.admin import of_admins
    from sojourn.aws_runtime.publishing.audiences import Audiences
    from sojourn.aws_runtime.publishing.controls import Controls
    from sojourn.aws_runtime.publishing.migrations import Migrations
    from sojourn.aws_runtime.publishing.publications import Publications

    publications, controls = Publications(backing, is_there, permitted), Controls(backing)
    return {
        "publish": publications.publish,
        "draft": publications.publish,
        "approve": publications.approve,
        "cancel": publications.cancel,
        "rollback": publications.rollback,
        "withdraw_draft": publications.withdraw_draft,
        "pause": controls.pause,
        "resume": controls.resume,
        "stop": controls.stop,
        "migrate": Migrations(backing).migrate,
        "pause_all": controls.pause,
        "resume_all": controls.resume,
        "audience": Audiences(backing).start,
        **of_admins(backing, reach),
    }


class ControlApi:
    """Answers calls; `made` gives what answers each route, and is asked with the first call."""

    def __init__(self, made: Callable[[], Answering]) -> None:
        self._made = made

    def __call__(self, event: Mapping[str, Any]) -> Answer:
        """Answer a call; never raises."""
        return answer(event, lambda call: self._made()[call.name](call))

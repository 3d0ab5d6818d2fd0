"""What the deeds of an admin reach besides the table: executions, the bus, the signing secret.

It is made with the first call that needs it; a call that pauses must not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.adapters.eventbridge.replays import Replays
    from sojourn.adapters.links.stored import StoredSecret
    from sojourn.application.ports import Executions
    from sojourn.aws_runtime.clients import Clients
    from sojourn.aws_runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Reach:
    """All of it.

    Args:
        executions: only to be stopped.
        replays: where events go again that were kept aside.
        secret: the keys that sign.
        random: makes so many bytes that nobody can guess.
        seconds: a clock that only goes forward.
    """

    executions: Executions
    replays: Replays
    secret: StoredSecret
    random: Callable[[int], bytes]
    seconds: Callable[[], float]


def reach(settings: Settings, clients: Clients, dynamodb: Any) -> Reach:
    """Make it of what the function is told."""
    import secrets
    import time

    from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
    from sojourn.adapters.eventbridge.replays import Replays
    from sojourn.adapters.links.stored import StoredSecret
    from sojourn.adapters.stepfunctions.executions import Schedules, StepFunctionsExecutions, anywhere
    from sojourn.aws_runtime.clock import SystemClock

    catalogue = DynamoCatalogue(dynamodb, settings.table)
    executions = StepFunctionsExecutions(
        clients.later("stepfunctions"), clients.later("scheduler"), catalogue.machine, SystemClock(),
        # It starts nothing, so it needs no role to start with.
        Schedules(settings.schedule_group, role_arn=""), anywhere(catalogue.at_machine),
    )  # fmt: skip
    return Reach(
        executions, Replays(clients.later("events"), settings.bus),
        StoredSecret(clients.later("secretsmanager"), settings.signing_secret), secrets.token_bytes, time.monotonic,
    )  # fmt: skip

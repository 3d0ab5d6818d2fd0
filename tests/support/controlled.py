"""The control API in front of a deployment on moto, as commands find it: what its function reaches is moto's as well.

with aws_deployment() as deployed, controlled(deployed): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sojourn.aws_runtime.clients import Clients
from sojourn.aws_runtime.publishing.reach import reach
from sojourn.aws_runtime.settings import Settings
from tests.support.aws_deployment import BUS, GROUP, SECRET, Deployed, created_stack
from tests.support.control_gateway import Gateway, control_gateway
from tests.support.control_room import ControlRoom


@cache
def clients() -> Clients:
    """Return the functions' clients, made once: that takes longer than all else here."""
    return Clients()


@contextmanager
def controlled(deployed: Deployed, room: ControlRoom | None = None) -> Iterator[Gateway]:
    """Give the gateway of a deployment's control API.

    Args:
        room: what answers; another one, where None.
    """
    room = room or ControlRoom(deployed.dynamodb, deployed.table)
    settings = Settings(table=deployed.table, bus=BUS, schedule_group=GROUP, signing_secret=SECRET)
    room.reach = cache(lambda: reach(settings, clients(), deployed.dynamodb))
    with control_gateway(room) as gateway:
        created_stack("journeys", {"ControlUrl": gateway.url})
        yield gateway

"""What an admin's deeds reach besides the table, as the function makes it."""

from __future__ import annotations

from typing import Any

import pytest

from sojourn.adapters.dynamodb.catalogue import DynamoCatalogue
from sojourn.aws_runtime.publishing.anywhere import AnywhereMachines
from sojourn.aws_runtime.publishing.reach import reach
from sojourn.aws_runtime.settings import Settings
from tests.support.control_room import ControlRoom, workspace


class Stopping:
    """Stands for every client: it notes which executions are stopped."""

    def __init__(self) -> None:
        self.stopped: list[str] = []

    def later(self, service: str) -> Any:
        """Return the client of a service."""
        return self

    def stop_execution(self, executionArn: str, error: str, cause: str) -> None:  # noqa: N803 - AWS's word
        """Stop one."""
        self.stopped.append(executionArn.rpartition("execution:")[2])


@pytest.mark.parametrize("name", ["run-1", "run-1-1.at"])
def test_a_run_is_stopped_on_whichever_machine_it_is(room: ControlRoom, name: str) -> None:
    """Who was moved, or went on after a pause, is in the machine that begins anywhere: that ends as well."""
    room.publish(workspace())
    (version,) = room.live().values()
    at_machine = DynamoCatalogue(room.client, room.table).at_machine
    AnywhereMachines(room.backing, room.machines, at_machine, room.pauses.append).for_runs_of(
        "welcome", lambda: 300.0
    )
    clients = Stopping()
    settings = Settings(table=room.table, bus="bus", schedule_group="group", signing_secret="secret")

    reach(settings, clients, room.client).executions.stop("welcome", version, name, "erased")  # type: ignore[arg-type]

    machine = "sojourn-test_welcome" + (".at" if name.endswith(".at") else "")
    assert clients.stopped == [f"{machine}:{name}"]
